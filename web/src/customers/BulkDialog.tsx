import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Autocomplete, Modal, NativeSelect, SegmentedControl, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import {
  BulkAddLabelDocument,
  BulkAddTaskDocument,
  type BulkPartsFragment,
  type BulkPeopleInput,
  BulkRemoveLabelDocument,
  BulkSetGroupDocument,
  ColleaguesDocument,
  CustomerGroupsDocument,
  LabelsInUseDocument,
} from '../gql/graphql'
import { newId } from '../lib/newId'
import { Form, refusalOf } from '../ui/Form'
import css from './Bulk.module.css'
import { BulkRuns } from './BulkRuns'

export type BulkWhat = 'label' | 'group' | 'task'
type Props = { what: BulkWhat; people: BulkPeopleInput; count: number; close: () => void; done: () => void }

/** Does something to many people: first says to how many, then how far it is. */
export function BulkDialog({ what, people, count, close, done }: Props) {
  const { t } = useLingui()
  // One key for this dialog: pressed twice, or sent twice, it is one run.
  const [key] = useState(newId)
  const [started, setStarted] = useState<string | null>(null)
  const titles = { label: t`Change labels`, group: t`Change the group`, task: t`Set a task about each` }
  function start(run: BulkPartsFragment | null | undefined) {
    if (!run) return
    setStarted(run.id)
    done()
  }
  const fields = { people, bulkKey: key, count, close, start }
  return (
    <Modal opened onClose={close} title={titles[what]} closeButtonProps={{ 'aria-label': t`Close` }}>
      {started ? <BulkRuns only={started} changed={done} /> : what === 'label' ? <Labels {...fields} /> : what === 'group' ? <Group {...fields} /> : <Task {...fields} />}
    </Modal>
  )
}

type FieldProps = { people: BulkPeopleInput; bulkKey: string; count: number; close: () => void; start: (run: BulkPartsFragment | null | undefined) => void }

function Concerns({ count }: { count: number }) {
  return (
    <p className={css.concerns}>
      <Plural value={count} one="This concerns # person." other="This concerns # people." /> <Trans>Nothing is sent to anybody. It can be taken back for 30 days.</Trans>
    </p>
  )
}

function Save({ count }: { count: number }) {
  return <Plural value={count} one="Change # person" other="Change # people" />
}

function Labels({ people, bulkKey: key, count, close, start }: FieldProps) {
  const { t } = useLingui()
  const [{ data }] = useQuery({ query: LabelsInUseDocument })
  const [name, setName] = useState('')
  const [on, setOn] = useState('add')
  const [, add] = useMutation(BulkAddLabelDocument)
  const [, remove] = useMutation(BulkRemoveLabelDocument)
  async function submit() {
    const { data, error } = await (on === 'add' ? add : remove)({ key, people, name })
    start(data?.bulk.run)
    return refusalOf(data?.bulk, error)
  }
  return (
    <Form wide fields={['name']} cancel={close} save={<Save count={count} />} disabled={count === 0} submit={submit}>
      {(errorOf) => (
        <>
          <SegmentedControl
            aria-label={t`What to do with the label`}
            value={on}
            onChange={setOn}
            data={[
              { value: 'add', label: t`Add a label` },
              { value: 'remove', label: t`Remove a label` },
            ]}
          />
          <Autocomplete data-autofocus required label={t`Label`} maxLength={60} data={(data?.labels ?? []).map((l) => l.name)} value={name} error={errorOf('name')} onChange={setName} />
          <Concerns count={count} />
        </>
      )}
    </Form>
  )
}

function Group({ people, bulkKey: key, count, close, start }: FieldProps) {
  const { t } = useLingui()
  const [{ data }] = useQuery({ query: CustomerGroupsDocument })
  const [group, setGroup] = useState('')
  const [, set] = useMutation(BulkSetGroupDocument)
  async function submit() {
    const { data, error } = await set({ key, people, group: group || null })
    start(data?.bulk.run)
    return refusalOf(data?.bulk, error)
  }
  return (
    <Form wide cancel={close} save={<Save count={count} />} disabled={count === 0} submit={submit}>
      {() => (
        <>
          <NativeSelect
            data-autofocus
            label={t`Group`}
            description={t`They leave the group they are in.`}
            value={group}
            data={[{ value: '', label: t`none` }, ...(data?.customerGroups ?? []).map((g) => ({ value: g.id, label: g.name }))]}
            onChange={(e) => setGroup(e.currentTarget.value)}
          />
          <Concerns count={count} />
        </>
      )}
    </Form>
  )
}

function Task({ people, bulkKey: key, count, close, start }: FieldProps) {
  const { t } = useLingui()
  const [{ data: staff }] = useQuery({ query: ColleaguesDocument })
  const [title, setTitle] = useState('')
  const [dueOn, setDueOn] = useState('')
  const [assignee, setAssignee] = useState('')
  const [, add] = useMutation(BulkAddTaskDocument)
  async function submit() {
    const { data, error } = await add({ key, people, input: { title, dueOn: dueOn || null, assigneeId: assignee || null } })
    start(data?.bulk.run)
    return refusalOf(data?.bulk, error)
  }
  return (
    <Form wide fields={['title', 'dueOn', 'assigneeId']} cancel={close} save={<Save count={count} />} disabled={count === 0} submit={submit}>
      {(errorOf) => (
        <>
          <TextInput data-autofocus required label={t`What is to be done`} maxLength={200} value={title} error={errorOf('title')} onChange={(e) => setTitle(e.currentTarget.value)} />
          <TextInput type="date" label={t`Due`} value={dueOn} error={errorOf('dueOn')} onChange={(e) => setDueOn(e.currentTarget.value)} />
          <NativeSelect
            label={t`Who does it`}
            value={assignee}
            error={errorOf('assigneeId')}
            data={[{ value: '', label: t`whoever has time` }, ...(staff?.colleagues ?? []).map((c) => ({ value: c.id, label: c.name }))]}
            onChange={(e) => setAssignee(e.currentTarget.value)}
          />
          <Concerns count={count} />
        </>
      )}
    </Form>
  )
}
