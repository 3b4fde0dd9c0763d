import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Checkbox, Menu } from '@mantine/core'
import { Ellipsis } from 'lucide-react'
import { useMutation } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { RemoveTaskDocument, SetTaskDoneDocument, type TaskRowFragment } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { toldRefusal } from '../ui/Form'
import { When } from '../ui/parts'
import css from './tasks.module.css'

/** Today as a calendar day of whoever looks. */
export function today(): string {
  const d = new Date()
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`
}

/** What is to be done, each to be ticked off. */
export function TaskList({ tasks, named, change, reload }: { tasks: TaskRowFragment[]; named?: boolean; change: (t: TaskRowFragment) => void; reload: () => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  const [, setDone] = useMutation(SetTaskDoneDocument)
  const [, remove] = useMutation(RemoveTaskDocument)
  async function tick(task: TaskRowFragment, done: boolean) {
    const { data, error } = await setDone({ id: task.id, done })
    if (toldRefusal(data?.setTaskDone, error)) return
    if (done) tell(<Trans>Done: {task.title}</Trans>, () => tick(task, false))
    reload()
  }
  return (
    <ul className={css.tasks}>
      {tasks.map((task) => (
        <li key={task.id}>
          <Checkbox
            size="xs"
            aria-label={t`Done: ${task.title}`}
            checked={task.doneAt !== null}
            disabled={!can('CLERK')}
            onChange={(e) => tick(task, e.currentTarget.checked)}
          />
          <span className={css.what}>
            <span data-done={task.doneAt !== null}>{task.title}</span>
            {named && task.profile && <Link href={`/customers/${task.profile.id}`}>{task.profile.displayName}</Link>}
            <Facts task={task} />
          </span>
          {can('CLERK') && (
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="subtle" size="sm" aria-label={t`More: ${task.title}`}>
                  <Ellipsis size={14} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => change(task)}>
                  <Trans>Change</Trans>
                </Menu.Item>
                <Menu.Item
                  onClick={async () => {
                    const { data, error } = await remove({ id: task.id })
                    if (toldRefusal(data?.removeTask, error)) return
                    tell(<Trans>The task is removed.</Trans>)
                    reload()
                  }}
                >
                  <Trans>Remove</Trans>
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </li>
      ))}
    </ul>
  )
}

function Facts({ task }: { task: TaskRowFragment }) {
  const format = useFormat()
  const late = !task.doneAt && task.dueOn !== null && task.dueOn < today()
  return (
    <span className={css.facts}>
      {task.doneAt ? (
        <Trans>
          done by {task.doneBy}, <When at={task.doneAt} relative />
        </Trans>
      ) : (
        <>
          {task.dueOn && <span data-late={late}>{late ? <Trans>was due {format.calendarDay(task.dueOn)}</Trans> : <Trans>due {format.calendarDay(task.dueOn)}</Trans>}</span>}
          {task.assignee && <span>{task.assignee}</span>}
        </>
      )}
    </span>
  )
}
