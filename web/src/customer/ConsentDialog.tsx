import { Trans, useLingui } from '@lingui/react/macro'
import { Checkbox, Modal, NativeSelect, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { tell } from '../app/toasts'
import { useConsentNames } from '../customers/conditions'
import { type ConsentChannel, type ConsentHow, ConsentPreferencesDocument, ConsentShopsDocument, RecordConsentDocument } from '../gql/graphql'
import { forgetPages } from '../lib/pages'
import { Form, refusalOf } from '../ui/Form'
import type { Person } from './Customer'

/** The calendar day where the reader is. */
function today(): string {
  const d = new Date()
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`
}

/** Writes down a yes or a no that somebody gave. */
export default function ConsentDialog({ person, close, done }: { person: Person; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const { channels } = useConsentNames()
  const [{ data: shops }] = useQuery({ query: ConsentShopsDocument })
  const [{ data: asked }] = useQuery({ query: ConsentPreferencesDocument, variables: { retired: false } })
  const [given, setGiven] = useState(true)
  const [channel, setChannel] = useState<ConsentChannel>('EMAIL')
  const [preference, setPreference] = useState('')
  const [shop, setShop] = useState('')
  const [since, setSince] = useState(today())
  const [how, setHow] = useState<ConsentHow>('FORM')
  const [proof, setProof] = useState('')
  const [askByEmail, setAsk] = useState(true)
  const [liftObjection, setLift] = useState(false)
  const [objected, setObjected] = useState(false)
  const [, record] = useMutation(RecordConsentDocument)
  const list = shops?.shops ?? []
  // The shop that knows the person, where there is one.
  const shopId = shop || (list.find((s) => person.identities.some((i) => i.source.id === s.id)) ?? list[0])?.id || ''
  const ways: Record<ConsentHow, string> = { FORM: t`On a form`, PHONE: t`On the telephone`, IN_SHOP: t`In the shop`, LETTER: t`By letter` }
  const mails = given && channel === 'EMAIL'
  return (
    <Modal opened onClose={close} title={t`What did the person say?`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        fields={['shopId', 'preference', 'since', 'how', 'proof', 'liftObjection', 'askByEmail']}
        cancel={close}
        disabled={!shopId}
        save={mails && askByEmail ? <Trans>Write down and ask for confirmation</Trans> : <Trans>Write down</Trans>}
        submit={async () => {
          const input = { shopId, channel, preference, given, since, how, proof, liftObjection: given && liftObjection, askByEmail: mails && askByEmail }
          const { data, error } = await record({ id: person.id, input })
          const refusal = refusalOf(data?.recordConsent, error)
          if (refusal) {
            if (refusal.field === 'liftObjection') setObjected(true)
            return refusal
          }
          forgetPages()
          tell(
            mails && askByEmail ? (
              <Trans>Written down. The person is asked to confirm it by e-mail.</Trans>
            ) : given ? (
              <Trans>Written down.</Trans>
            ) : (
              <Trans>Written down: it holds at once.</Trans>
            ),
          )
          close()
          done()
          return null
        }}
      >
        {(errorOf) => (
          <>
            <SegmentedControl
              fullWidth
              aria-label={t`What did the person say?`}
              value={given ? 'yes' : 'no'}
              data={[
                { value: 'yes', label: t`Yes` },
                { value: 'no', label: t`No` },
              ]}
              onChange={(v) => setGiven(v === 'yes')}
            />
            <NativeSelect
              label={t`Channel`}
              value={channel}
              data={Object.entries(channels).map(([value, label]) => ({ value, label }))}
              onChange={(e) => {
                setChannel(e.currentTarget.value as ConsentChannel)
                setPreference('')
              }}
            />
            <NativeSelect
              label={t`About`}
              value={preference}
              error={errorOf('preference')}
              data={[{ value: '', label: t`the channel as a whole` }, ...(asked?.consentPreferences ?? []).filter((p) => p.channel === channel).map((p) => ({ value: p.key, label: p.name }))]}
              onChange={(e) => setPreference(e.currentTarget.value)}
            />
            <NativeSelect
              label={t`Given to`}
              description={t`The legal entity of this shop; no other may use it.`}
              value={shopId}
              error={errorOf('shopId')}
              data={list.map((s) => ({ value: s.id, label: s.name }))}
              onChange={(e) => setShop(e.currentTarget.value)}
            />
            <TextInput type="date" required label={t`On`} min="2000-01-01" max={today()} value={since} error={errorOf('since')} onChange={(e) => setSince(e.currentTarget.value)} />
            <NativeSelect
              label={t`How`}
              value={how}
              error={errorOf('how')}
              data={Object.entries(ways).map(([value, label]) => ({ value, label }))}
              onChange={(e) => setHow(e.currentTarget.value as ConsentHow)}
            />
            <Textarea
              label={t`Proof`}
              description={given ? t`Where it can be found, or who can tell.` : t`May be empty.`}
              required={given}
              autosize
              minRows={2}
              maxLength={500}
              value={proof}
              error={errorOf('proof')}
              onChange={(e) => setProof(e.currentTarget.value)}
            />
            {mails && (
              <Checkbox
                label={t`Ask for confirmation by e-mail`}
                description={t`One mail without advertising. It counts once they press the button behind its link; unconfirmed it is erased after 14 days. Germany, Austria and Switzerland need it.`}
                checked={askByEmail}
                error={errorOf('askByEmail')}
                onChange={(e) => setAsk(e.currentTarget.checked)}
              />
            )}
            {given && objected && (
              <Checkbox
                label={t`They ask for it themselves, though they objected before`}
                checked={liftObjection}
                error={errorOf('liftObjection')}
                onChange={(e) => setLift(e.currentTarget.checked)}
              />
            )}
          </>
        )}
      </Form>
    </Modal>
  )
}
