import { Trans, useLingui } from '@lingui/react/macro'
import { Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation } from 'urql'
import { Link } from 'wouter'
import { tell } from '../app/toasts'
import { type ProfileFilter, SegmentSaveDocument } from '../gql/graphql'
import { Form, refusalOf } from '../ui/Form'

/** Keeps the filter of the list under a name, for campaigns. */
export default function SaveSegment({ filter, close }: { filter: ProfileFilter; close: () => void }) {
  const { t } = useLingui()
  const [name, setName] = useState('')
  const [, save] = useMutation(SegmentSaveDocument)
  return (
    <Modal opened onClose={close} title={t`Save as segment`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        fields={['name']}
        save={<Trans>Save</Trans>}
        cancel={close}
        submit={async () => {
          const { data, error } = await save({ name, filter })
          const refusal = refusalOf(data?.segmentSave, error)
          if (!refusal) {
            tell(
              <Trans>
                Saved. <Link href="/campaigns/segments">Show the segments</Link>
              </Trans>,
            )
            close()
          }
          return refusal
        }}
      >
        {(errorOf) => (
          <>
            <p className="quiet">
              <Trans>A segment is the filter, not the list: whoever fits later is in it then.</Trans>
            </p>
            <TextInput data-autofocus required label={t`Name`} maxLength={100} autoComplete="off" value={name} error={errorOf('name')} onChange={(e) => setName(e.currentTarget.value)} />
          </>
        )}
      </Form>
    </Modal>
  )
}
