import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal, TextInput } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { type PrivacyRequestsQuery, PrivacyRequestsDocument, type PrivacyRowFragment, SuppressionLiftDocument } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { useFormat } from '../lib/format'
import { Form, refusalOf } from '../ui/Form'
import { Page } from '../ui/Page'
import { Panel } from '../ui/Panel'
import { Empty, Failure, Skeleton } from '../ui/states'
import { NewRequest } from './NewRequest'
import css from './privacy.module.css'
import { Retention } from './Retention'
import { Clock, StateBadge, useChannelName, useKindName } from './words'

/** What people ask about their data, and who is kept out. */
export default function Privacy() {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({ query: PrivacyRequestsDocument, requestPolicy: 'cache-and-network' })
  const [opened, open, close] = useOpened('request')
  const reload = () => ask({ requestPolicy: 'network-only' })
  const list = data?.privacyRequests ?? []
  const openOnes = list.filter((r) => !r.closedAt)
  const late = openOnes.filter((r) => r.late).length
  return (
    <Page
      title={t`Privacy`}
      sentence={
        data &&
        (late > 0 ? (
          <Plural value={late} one="# request is late" other="# requests are late" />
        ) : (
          <Plural value={openOnes.length} _0="No request is open" one="# request is open, within its month" other="# requests are open, within their month" />
        ))
      }
      actions={
        <Button leftSection={<Plus size={14} aria-hidden />} onClick={() => open('new')}>
          <Trans>Enter a request</Trans>
        </Button>
      }
    >
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={6} />)}
      {data && list.length === 0 && (
        <Empty title={<Trans>Nobody asked yet</Trans>}>
          <Trans>When somebody asks for a copy of their data, or to be erased, enter it here: you have a month to answer.</Trans>
        </Empty>
      )}
      {openOnes.length > 0 && <Requests title={<Trans>Open requests</Trans>} list={openOnes} />}
      {list.length > openOnes.length && <Requests title={<Trans>Closed requests</Trans>} list={list.filter((r) => r.closedAt)} />}
      {data && data.suppressed.people > 0 && <KeptOut of={data.suppressed} />}
      <Retention />
      {opened === 'new' && <NewRequest close={close} />}
    </Page>
  )
}

function Requests({ title, list }: { title: React.ReactNode; list: readonly PrivacyRowFragment[] }) {
  const kinds = useKindName()
  const channels = useChannelName()
  const format = useFormat()
  return (
    <Panel flush title={title}>
      <ul className={css.list}>
        {list.map((r) => (
          <li key={r.id}>
            <Link href={`/privacy/${r.id}`} className={css.row}>
              <span className={css.who}>
                <strong>{r.wholeShop ? <Trans>All customers of a shop</Trans> : r.profile?.displayName || r.requester || <Trans>Somebody who is erased</Trans>}</strong>
                <span className="quiet">
                  {kinds[r.kind]} · <Trans>received {format.day(r.receivedOn)}</Trans> {channels[r.channel]}
                </span>
              </span>
              <Clock of={r} />
              <StateBadge state={r.state} />
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function KeptOut({ of: s }: { of: PrivacyRequestsQuery['suppressed'] }) {
  const { t } = useLingui()
  const { can } = useSession()
  const format = useFormat()
  const [lifting, setLifting] = useState(false)
  const [email, setEmail] = useState('')
  const [, lift] = useMutation(SuppressionLiftDocument)
  const times = format.number(s.dropped)
  return (
    <Panel
      title={<Trans>Kept out</Trans>}
      action={
        can('OWNER') && (
          <Button size="xs" variant="default" onClick={() => setLifting(true)}>
            <Trans>Let somebody come back…</Trans>
          </Button>
        )
      }
    >
      <p>
        <Plural value={s.people} one="# person was erased. No pull, import or form brings them back." other="# people were erased. No pull, import or form brings them back." />{' '}
        {s.lastAt ? (
          <Trans>
            Records about them came again {times} times and were left out, last on {format.day(s.lastAt)}.
          </Trans>
        ) : (
          <Trans>No record about them came again.</Trans>
        )}
      </p>
      {lifting && (
        <Modal opened onClose={() => setLifting(false)} title={t`Let somebody come back`} closeButtonProps={{ 'aria-label': t`Close` }}>
          <Form
            fields={['email']}
            cancel={() => setLifting(false)}
            save={<Trans>Let them come back</Trans>}
            submit={async () => {
              const { data, error } = await lift({ email })
              const refusal = refusalOf(data?.suppressionLift, error)
              if (!refusal) {
                tell(<Trans>They may come back. Pull the shops in full to store them again.</Trans>)
                setLifting(false)
              }
              return refusal
            }}
          >
            {(errorOf) => (
              <>
                <p className="quiet">
                  <Trans>Only where the person asks for it themselves, such as by becoming a customer again. If they had objected to e-mail, that holds again.</Trans>
                </p>
                <TextInput type="email" required data-autofocus label={t`Their e-mail address`} value={email} error={errorOf('email')} onChange={(e) => setEmail(e.currentTarget.value)} />
              </>
            )}
          </Form>
        </Modal>
      )}
    </Panel>
  )
}
