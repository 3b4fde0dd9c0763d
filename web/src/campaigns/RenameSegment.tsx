import { Trans, useLingui } from '@lingui/react/macro'
import { Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation } from 'urql'
import { tell } from '../app/toasts'
import { type ProfileFilter, SegmentChangeDocument } from '../gql/graphql'
import { Form, refusalOf } from '../ui/Form'

/** Gives a segment another name; its filter stays. */
export function RenameSegment({ segment, close, done }: { segment: { id: string; name: string; filter: unknown }; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const [name, setName] = useState(segment.name)
  const [, change] = useMutation(SegmentChangeDocument)
  return (
    <Modal opened onClose={close} title={t`Rename ${segment.name}`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        fields={['name']}
        save={<Trans>Rename</Trans>}
        cancel={close}
        submit={async () => {
          const { data, error } = await change({ id: segment.id, name, filter: segment.filter as ProfileFilter })
          const refusal = refusalOf(data?.segmentSave, error)
          if (refusal) return refusal
          tell(<Trans>The segment is called {name.trim()} now.</Trans>)
          done()
          close()
          return null
        }}
      >
        {(errorOf) => (
          <TextInput
            data-autofocus
            required
            label={t`Name`}
            maxLength={100}
            autoComplete="off"
            value={name}
            error={errorOf('name')}
            onChange={(e) => setName(e.currentTarget.value)}
          />
        )}
      </Form>
    </Modal>
  )
}
