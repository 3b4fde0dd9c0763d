import { Trans, useLingui } from '@lingui/react/macro'
import { Checkbox, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation } from 'urql'
import { useLocation } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { type PrivacyChannel, type PrivacyKind, PrivacyRequestAddDocument } from '../gql/graphql'
import { today } from '../tasks/TaskList'
import { Form, refusalOf } from '../ui/Form'
import { useChannelName, useKindName } from './words'

/** Enters what somebody asks, about a known customer or not. */
export function NewRequest({ profile, name, close }: { profile?: string; name?: string; close: () => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  const kinds = useKindName()
  const channels = useChannelName()
  const [, navigate] = useLocation()
  const [kind, setKind] = useState<PrivacyKind>('ACCESS')
  const [channel, setChannel] = useState<PrivacyChannel>('EMAIL')
  const [receivedOn, setReceivedOn] = useState(today())
  const [requester, setRequester] = useState('')
  const [note, setNote] = useState('')
  const [restricted, restrict] = useState(true)
  const [, add] = useMutation(PrivacyRequestAddDocument)
  async function save() {
    const { data, error } = await add({ input: { kind, channel, profileId: profile ?? null, receivedOn, requester, note, restricted } })
    const refusal = refusalOf(data?.privacyRequestAdd, error)
    if (refusal) return refusal
    tell(<Trans>The request is in the register.</Trans>)
    const id = data?.privacyRequestAdd.request?.id
    if (id && can('MARKETER')) navigate(`/privacy/${id}`, { replace: true }) // in place of this dialog
    else close()
    return null
  }
  return (
    <Modal opened onClose={close} title={t`A request about personal data`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form fields={['requester', 'receivedOn', 'note']} cancel={close} save={<Trans>Enter</Trans>} submit={save}>
        {(errorOf) => (
          <>
            {name && (
              <p>
                <Trans>About {name}</Trans>
              </p>
            )}
            <NativeSelect label={t`What they ask for`} value={kind} data={(['ACCESS', 'ERASURE'] as const).map((k) => ({ value: k, label: kinds[k] }))} onChange={(e) => setKind(e.currentTarget.value as PrivacyKind)} />
            <NativeSelect
              label={t`How they asked`}
              value={channel}
              data={(['EMAIL', 'PHONE', 'LETTER', 'IN_PERSON', 'SHOP', 'OTHER'] as const).map((c) => ({ value: c, label: channels[c] }))}
              onChange={(e) => setChannel(e.currentTarget.value as PrivacyChannel)}
            />
            <TextInput type="date" required label={t`Received`} description={t`The month to answer runs from this day.`} value={receivedOn} error={errorOf('receivedOn')} onChange={(e) => setReceivedOn(e.currentTarget.value)} />
            {!profile && <TextInput required label={t`Who asks`} maxLength={200} value={requester} error={errorOf('requester')} onChange={(e) => setRequester(e.currentTarget.value)} />}
            <Textarea label={t`Note`} autosize minRows={2} value={note} error={errorOf('note')} onChange={(e) => setNote(e.currentTarget.value)} />
            <Checkbox label={t`Send them nothing while the request runs`} checked={restricted} onChange={(e) => restrict(e.currentTarget.checked)} />
          </>
        )}
      </Form>
    </Modal>
  )
}
