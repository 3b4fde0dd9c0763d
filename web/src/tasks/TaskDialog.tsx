import { Trans, useLingui } from '@lingui/react/macro'
import { Modal, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { tell } from '../app/toasts'
import { AddTaskDocument, ChangeTaskDocument, ColleaguesDocument, type TaskRowFragment } from '../gql/graphql'
import { Form, refusalOf } from '../ui/Form'

/** A new task about somebody, or changes to one. */
export function TaskDialog({ profile, task, close, done }: { profile?: string; task: TaskRowFragment | null; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const [{ data: staff }] = useQuery({ query: ColleaguesDocument })
  const [title, setTitle] = useState(task?.title ?? '')
  const [dueOn, setDueOn] = useState(task?.dueOn ?? '')
  const [assignee, setAssignee] = useState(task?.assigneeId ?? '')
  const [, add] = useMutation(AddTaskDocument)
  const [, change] = useMutation(ChangeTaskDocument)
  async function save() {
    const input = { title, dueOn: dueOn || null, assigneeId: assignee || null }
    const { payload, error } = task
      ? await change({ id: task.id, input }).then(({ data, error }) => ({ payload: data?.changeTask, error }))
      : await add({ profile: profile ?? '', input }).then(({ data, error }) => ({ payload: data?.addTask, error }))
    const refusal = refusalOf(payload, error)
    if (refusal) return refusal
    tell(<Trans>Saved.</Trans>)
    close()
    done()
    return null
  }
  return (
    <Modal opened onClose={close} title={task ? t`Change the task` : t`New task`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form fields={['title', 'dueOn', 'assigneeId']} cancel={close} save={<Trans>Save</Trans>} submit={save}>
        {(errorOf) => (
          <>
            <TextInput
              data-autofocus
              required
              label={t`What is to be done`}
              placeholder={t`Call back about the delivery`}
              maxLength={200}
              value={title}
              error={errorOf('title')}
              onChange={(e) => setTitle(e.currentTarget.value)}
            />
            <TextInput type="date" label={t`Due`} value={dueOn} error={errorOf('dueOn')} onChange={(e) => setDueOn(e.currentTarget.value)} />
            <NativeSelect
              label={t`Who does it`}
              value={assignee}
              error={errorOf('assigneeId')}
              data={[{ value: '', label: t`whoever has time` }, ...(staff?.colleagues ?? []).map((c) => ({ value: c.id, label: c.name }))]}
              onChange={(e) => setAssignee(e.currentTarget.value)}
            />
          </>
        )}
      </Form>
    </Modal>
  )
}
