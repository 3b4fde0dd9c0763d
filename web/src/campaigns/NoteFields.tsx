import { Trans, useLingui } from '@lingui/react/macro'
import { Autocomplete, TextInput } from '@mantine/core'
import { useQuery } from 'urql'
import { ColleaguesDocument, LabelsInUseDocument } from '../gql/graphql'
import css from './Builder.module.css'
import { Choice, Count, Line, useRefused } from './fields'
import type { StepDraft } from './plan'

type Props = { step: StepDraft; at: number; put: (step: StepDraft) => void }

/** What a step notes about the person, where it writes nothing. */
export function NoteFields({ step, at, put }: Props) {
  return (
    <>
      {step.notes === 'label' ? <LabelField {...{ step, at, put }} /> : <TaskFields {...{ step, at, put }} />}
      <p className="quiet">
        <Trans>Nothing reaches the person: neither consent nor quiet hours hold it back. The holdout gets none.</Trans>
      </p>
    </>
  )
}

function LabelField({ step, at, put }: Props) {
  const { t } = useLingui()
  const [{ data }] = useQuery({ query: LabelsInUseDocument })
  const refused = useRefused(`steps.${at}.label`)
  const label = (
    <Autocomplete
      size="xs"
      className={css.note}
      aria-label={t`Label of step ${at + 1}`}
      maxLength={60}
      data={(data?.labels ?? []).map((l) => l.name)}
      value={step.label}
      error={refused !== null}
      onChange={(value) => put({ ...step, label: value })}
    />
  )
  return (
    <Line fields={[`steps.${at}.label`]} help={<Trans>A word that there is, or a new one.</Trans>}>
      <Trans>named {label}</Trans>
    </Line>
  )
}

function TaskFields({ step, at, put }: Props) {
  const { t } = useLingui()
  const [{ data }] = useQuery({ query: ColleaguesDocument })
  const { task } = step
  const set = (change: Partial<StepDraft['task']>) => put({ ...step, task: { ...task, ...change } })
  const refused = useRefused(`steps.${at}.task.title`)
  const number = at + 1
  const title = (
    <TextInput
      size="xs"
      className={css.note}
      aria-label={t`Task of step ${number}`}
      placeholder={t`Call and ask how they are`}
      maxLength={200}
      value={task.title}
      error={refused !== null}
      onChange={(e) => set({ title: e.currentTarget.value })}
    />
  )
  const days = (
    <Count
      label={t`Days until the task of step ${number} is due`}
      value={task.dueInDays}
      max={365}
      change={(dueInDays) => set({ dueInDays })}
      field={`steps.${at}.task.dueInDays`}
    />
  )
  const who = (
    <Choice
      label={t`Who does the task of step ${number}`}
      value={task.assigneeId}
      data={[{ value: '', label: t`whoever has time` }, ...(data?.colleagues ?? []).map((c) => ({ value: c.id, label: c.name }))]}
      change={(assigneeId) => set({ assigneeId })}
      field={`steps.${at}.task.assigneeId`}
    />
  )
  return (
    <Line fields={[`steps.${at}.task.title`, `steps.${at}.task.dueInDays`, `steps.${at}.task.assigneeId`]}>
      <Trans>
        {title} due after {days} days, for {who}
      </Trans>
    </Line>
  )
}
