import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useQuery } from 'urql'
import { useSession } from '../app/session'
import { type TaskRowFragment, TasksDocument } from '../gql/graphql'
import { TaskDialog } from '../tasks/TaskDialog'
import { TaskList } from '../tasks/TaskList'
import { Panel } from '../ui/Panel'

/** What is to be done about somebody. */
export default function PersonTasks({ id }: { id: string }) {
  const { can } = useSession()
  const [{ data }, ask] = useQuery({ query: TasksDocument, variables: { first: 50, profile: id, mine: false, done: false }, requestPolicy: 'cache-and-network' })
  const [opened, open] = useState<TaskRowFragment | 'new' | null>(null)
  const reload = () => ask({ requestPolicy: 'network-only' })
  const tasks = data?.tasks.nodes ?? []
  return (
    <Panel
      title={<Trans>Tasks</Trans>}
      action={
        can('CLERK') && (
          <Button variant="subtle" size="compact-xs" onClick={() => open('new')}>
            <Trans>Add task</Trans>
          </Button>
        )
      }
    >
      {tasks.length === 0 ? (
        <span className="quiet">
          <Trans>Nothing is to be done.</Trans>
        </span>
      ) : (
        <TaskList tasks={tasks} change={open} reload={reload} />
      )}
      {opened && <TaskDialog profile={id} task={opened === 'new' ? null : opened} close={() => open(null)} done={reload} />}
    </Panel>
  )
}
