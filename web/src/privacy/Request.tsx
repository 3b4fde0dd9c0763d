import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal, Switch, Textarea, TextInput } from '@mantine/core'
import { ArrowLeft, Download } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { PickPerson } from '../customers/PickPerson'
import { PrivacyEraseDocument, PrivacyFinishDocument, PrivacyIdentifyDocument, PrivacyRefuseDocument, PrivacyRequestDocument, PrivacyRestrictDocument, type PrivacyRowFragment, type PrivacyShopFragment } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { Form, refusalOf, toldRefusal } from '../ui/Form'
import { Page } from '../ui/Page'
import pageCss from '../ui/Page.module.css'
import { Panel } from '../ui/Panel'
import { Said } from '../ui/said'
import { Empty, Failure, Skeleton } from '../ui/states'
import { When } from '../ui/parts'
import css from './privacy.module.css'
import { EraseShop, ErasedShop } from './EraseShop'
import { Clock, StateBadge, useChannelName, useKindName } from './words'

/** One request, from its receipt to its answer. */
export default function Request({ id }: { id: string }) {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({ query: PrivacyRequestDocument, variables: { id }, requestPolicy: 'cache-and-network' })
  const reload = () => ask({ requestPolicy: 'network-only' })
  const r = data?.privacyRequest
  const erasing = r?.state === 'ERASING'
  const again = useRef(reload)
  again.current = reload
  useEffect(() => {
    if (!erasing) return
    const timer = window.setInterval(() => again.current(), 2_000)
    return () => window.clearInterval(timer)
  }, [erasing])
  const back = (
    <Link href="/privacy" className={pageCss.back} aria-label={t`Back to the register`}>
      <ArrowLeft size={16} aria-hidden />
    </Link>
  )
  const kinds = useKindName()
  return (
    <Page title={r ? kinds[r.kind] : t`Request`} back={back} sentence={r && <Head of={r} />}>
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={6} />)}
      {data && !r && <Empty title={<Trans>There is no such request</Trans>} />}
      {r && (r.wholeShop ? <ShopSteps of={r} /> : <Steps of={r} />)}
    </Page>
  )
}

function Head({ of: r }: { of: PrivacyRowFragment }) {
  return (
    <span className={css.head}>
      <StateBadge state={r.state} /> <Clock of={r} />
    </span>
  )
}

function Steps({ of: r }: { of: PrivacyRowFragment }) {
  return (
    <div className={css.steps}>
      <Received of={r} />
      <Identity of={r} />
      {r.kind === 'ACCESS' ? <CopyStep of={r} /> : <EraseStep of={r} />}
      <Refused of={r} />
    </div>
  )
}

function Refused({ of: r }: { of: PrivacyRowFragment }) {
  if (!r.refusal) return null
  return (
    <Panel title={<Trans>Refused</Trans>}>
      <p>{r.refusal}</p>
      <p className="quiet">
        {r.closedBy} · {r.closedAt && <When at={r.closedAt} />}
      </p>
    </Panel>
  )
}

/** All of a shop is to go: nobody is identified, and an owner decides. */
function ShopSteps({ of: r }: { of: PrivacyRowFragment & PrivacyShopFragment }) {
  return (
    <div className={css.steps}>
      <Received of={r} />
      {r.shopPeople && <EraseShop id={r.id} people={r.shopPeople} />}
      {r.shopErasure && <ErasedShop of={r.shopErasure} />}
      <Refused of={r} />
    </div>
  )
}

const isOpen = (r: PrivacyRowFragment) => r.state === 'RECEIVED' || r.state === 'IDENTIFIED'

function Received({ of: r }: { of: PrivacyRowFragment }) {
  const { t } = useLingui()
  const { can } = useSession()
  const format = useFormat()
  const channels = useChannelName()
  const [refusing, setRefusing] = useState(false)
  const [{ fetching }, restrict] = useMutation(PrivacyRestrictDocument)
  return (
    <Panel
      title={<Trans>Received</Trans>}
      action={
        can('OWNER') &&
        isOpen(r) && (
          <Button size="xs" variant="default" onClick={() => setRefusing(true)}>
            <Trans>Refuse…</Trans>
          </Button>
        )
      }
    >
      <p>
        <Trans>
          On {format.day(r.receivedOn)} {channels[r.channel]}
        </Trans>
        {r.requester && (
          <>
            {' · '}
            <Trans>from {r.requester}</Trans>
          </>
        )}
      </p>
      {r.note && <p className={css.words}>{r.note}</p>}
      <p className="quiet">
        <Trans>Entered by {r.createdBy}</Trans> · <When at={r.createdAt} />
      </p>
      {isOpen(r) && !r.wholeShop && (
        <Switch
          mt="sm"
          checked={r.restricted}
          disabled={fetching}
          label={t`Send them nothing while the request runs`}
          onChange={async (e) => {
            const { data, error } = await restrict({ id: r.id, on: e.currentTarget.checked })
            toldRefusal(data?.privacyRestrict, error)
          }}
        />
      )}
      {refusing && <Refuse id={r.id} close={() => setRefusing(false)} />}
    </Panel>
  )
}

function Refuse({ id, close }: { id: string; close: () => void }) {
  const { t } = useLingui()
  const [reason, setReason] = useState('')
  const [, refuse] = useMutation(PrivacyRefuseDocument)
  return (
    <Modal opened onClose={close} title={t`Refuse the request`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        fields={['reason']}
        cancel={close}
        save={<Trans>Refuse</Trans>}
        submit={async () => {
          const { data, error } = await refuse({ id, reason })
          const refusal = refusalOf(data?.privacyRefuse, error)
          if (!refusal) close()
          return refusal
        }}
      >
        {(errorOf) => <Textarea data-autofocus required autosize minRows={3} label={t`Why, as the person is told`} value={reason} error={errorOf('reason')} onChange={(e) => setReason(e.currentTarget.value)} />}
      </Form>
    </Modal>
  )
}

function Identity({ of: r }: { of: PrivacyRowFragment }) {
  const { t } = useLingui()
  const [person, setPerson] = useState<{ id: string; name: string } | null>(r.profile ? { id: r.profile.id, name: r.profile.displayName } : null)
  const [how, setHow] = useState('')
  const [, identify] = useMutation(PrivacyIdentifyDocument)
  if (r.state !== 'RECEIVED')
    return r.identifiedAt ? (
      <Panel title={<Trans>Identity</Trans>}>
        {r.profile && (
          <p>
            <Link href={`/customers/${r.profile.id}`}>{r.profile.displayName}</Link>
          </p>
        )}
        {r.identifiedHow && <p className={css.words}>{r.identifiedHow}</p>}
        <p className="quiet">
          <Trans>Checked by {r.identifiedBy}</Trans> · <When at={r.identifiedAt} />
        </p>
      </Panel>
    ) : null
  return (
    <Panel title={<Trans>Identity</Trans>}>
      <Form
        fields={['how']}
        disabled={!person}
        save={<Trans>I made sure</Trans>}
        submit={async () => {
          const { data, error } = await identify({ id: r.id, profile: person?.id ?? '', how })
          return refusalOf(data?.privacyIdentify, error)
        }}
      >
        {(errorOf) => (
          <>
            {person ? (
              <p className={css.head}>
                <Link href={`/customers/${person.id}`}>{person.name || t`No name`}</Link>
                <Button size="compact-xs" variant="subtle" onClick={() => setPerson(null)}>
                  <Trans>Somebody else</Trans>
                </Button>
              </p>
            ) : (
              <PickPerson label={t`Whom it is about`} pick={(id, name) => setPerson({ id, name })} />
            )}
            <TextInput
              required
              label={t`How you made sure who asks`}
              description={t`Such as: answered from the address on the card. Ask for no more than you need.`}
              value={how}
              error={errorOf('how')}
              onChange={(e) => setHow(e.currentTarget.value)}
            />
          </>
        )}
      </Form>
    </Panel>
  )
}

function CopyStep({ of: r }: { of: PrivacyRowFragment }) {
  const { i18n } = useLingui()
  const [{ fetching }, finish] = useMutation(PrivacyFinishDocument)
  if (!r.copy) return null
  const languages = [
    ['en', 'English'],
    ['fr', 'Français'],
    ['de', 'Deutsch'],
  ].sort(([a]) => (a === i18n.locale ? -1 : 0))
  return (
    <Panel title={<Trans>The copy</Trans>}>
      <p>
        <Trans>Everything that is known of the person, with where it comes from and who was given it. Each download is noted in the audit trail.</Trans>
      </p>
      <div className={css.buttons}>
        {languages.map(([code, name]) => (
          <Button key={code} component="a" href={`${r.copy}.pdf?language=${code}`} download size="xs" variant="default" leftSection={<Download size={14} aria-hidden />}>
            PDF · {name}
          </Button>
        ))}
        <Button component="a" href={`${r.copy}.json`} download size="xs" variant="default" leftSection={<Download size={14} aria-hidden />}>
          JSON
        </Button>
      </div>
      <Button
        mt="md"
        loading={fetching}
        onClick={async () => {
          const { data, error } = await finish({ id: r.id })
          if (!toldRefusal(data?.privacyFinish, error)) tell(<Trans>The request is closed.</Trans>)
        }}
      >
        <Trans>They have it: close the request</Trans>
      </Button>
    </Panel>
  )
}

function EraseStep({ of: r }: { of: PrivacyRowFragment }) {
  const { t } = useLingui()
  const { can } = useSession()
  const [word, setWord] = useState('')
  const [, erase] = useMutation(PrivacyEraseDocument)
  if (r.erasure) return <Erased of={r.erasure} />
  if (!r.confirm) return null
  if (!can('OWNER'))
    return (
      <Panel title={<Trans>Erase</Trans>}>
        <Trans>An owner erases the person.</Trans>
      </Panel>
    )
  const name = r.confirm
  return (
    <Panel title={<Trans>Erase</Trans>}>
      <p>
        <Trans>
          The person goes from every table, file and queue. Open vouchers are revoked in the shops, letters that are not printed yet are called back. Orders stay as amounts without a name. Uploaded
          and exported files are deleted, as they may hold the person. There is no way back.
        </Trans>
      </p>
      <p>
        <Trans>The shops keep their own records: erase the customer there too.</Trans>
      </p>
      <Form
        fields={['confirm']}
        disabled={word.trim() === ''}
        save={<Trans>Erase for good</Trans>}
        submit={async () => {
          const { data, error } = await erase({ id: r.id, confirm: word })
          return refusalOf(data?.privacyErase, error)
        }}
      >
        {(errorOf) => <TextInput label={t`Type “${name}” to erase them`} autoComplete="off" value={word} error={errorOf('confirm')} onChange={(e) => setWord(e.currentTarget.value)} />}
      </Form>
      {r.copy && (
        <p className="quiet">
          <a href={`${r.copy}.json`} download>
            <Trans>Download a copy first</Trans>
          </a>
        </p>
      )}
    </Panel>
  )
}

function Erased({ of: e }: { of: NonNullable<PrivacyRowFragment['erasure']> }) {
  const { i18n } = useLingui()
  const sum = (rows: readonly { rows: number }[]) => rows.reduce((n, x) => n + x.rows, 0)
  const tables = e.erased.length
  const erased = sum(e.erased)
  return (
    <Panel title={<Trans>Erasure</Trans>}>
      {e.finishedAt ? (
        <>
          <p>
            <Trans>
              {erased} rows in {tables} tables are erased. The certificate tells what was erased, what stays without the person, and who else had their data. It names nobody.
            </Trans>
          </p>
          <Button component="a" href={`${e.certificate}?language=${i18n.locale}`} download variant="default" leftSection={<Download size={14} aria-hidden />}>
            <Trans>Certificate</Trans>
          </Button>
        </>
      ) : (
        <p role="status">
          {e.step === 'VOUCHERS' && <Trans>Vouchers are being revoked in the shops…</Trans>}
          {e.step === 'LETTERS' && <Trans>Letters are being called back…</Trans>}
          {(e.step === 'RECORDS' || e.step === 'DONE') && <Trans>The records are being erased…</Trans>}
        </p>
      )}
      {e.problem && !e.finishedAt && (
        <p className="quiet">
          <Trans>It is tried again by itself.</Trans> <Said sentence={e.problem} text="" />
        </p>
      )}
      <p className="quiet">
        <Trans>Begun by {e.begunBy}</Trans> · <When at={e.begunAt} />
      </p>
    </Panel>
  )
}
