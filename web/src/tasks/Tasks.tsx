import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useQuery } from 'urql'
import { type TaskRowFragment, TasksDocument } from '../gql/graphql'
import { useAddress } from '../lib/address'
import { Page } from '../ui/Page'
import { Empty, Failure, Skeleton } from '../ui/states'
import { TaskDialog } from './TaskDialog'
import { TaskList, today } from './TaskList'
import css from './tasks.module.css'

const views = ['mine', 'all', 'done'] as const

/** What is to be done about customers: the urgent first. */
export default function Tasks() {
  const { t } = useLingui()
  const [address, put] = useAddress()
  const view = views.find((v) => v === address.get('view')) ?? 'mine'
  const after = address.get('after')
  const [{ data, error, fetching }, ask] = useQuery({ query: TasksDocument, variables: { first: 100, after, mine: view === 'mine', done: view === 'done' }, requestPolicy: 'cache-and-network' })
  const [changing, change] = useState<TaskRowFragment | null>(null)
  const reload = () => ask({ requestPolicy: 'network-only' })
  const tasks = data?.tasks.nodes ?? []
  const late = tasks.filter((x) => !x.doneAt && x.dueOn !== null && x.dueOn <= today()).length
  return (
    <Page
      title={t`Tasks`}
      sentence={data && view !== 'done' && (late > 0 ? <Plural value={late} one="# task is for today or late" other="# tasks are for today or late" /> : <Trans>Nothing is due today</Trans>)}
      actions={
        <SegmentedControl
          size="xs"
          value={view}
          aria-label={t`Which tasks`}
          data={[
            { value: 'mine', label: t`Mine` },
            { value: 'all', label: t`Everybody’s` },
            { value: 'done', label: t`Done` },
          ]}
          onChange={(v) => put({ view: v === 'mine' ? null : v, after: null })}
        />
      }
    >
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={6} />)}
      {data && tasks.length === 0 && (
        <Empty title={view === 'done' ? <Trans>Nothing was done yet</Trans> : <Trans>Nothing is to be done</Trans>}>
          <Trans>Open a customer and set a task: what is to be done, by when, by whom. It will be here.</Trans>
        </Empty>
      )}
      {view === 'done' ? <TaskList named tasks={tasks} change={change} reload={reload} /> : <ByDay tasks={tasks} change={change} reload={reload} />}
      {data?.tasks.pageInfo.hasNextPage && (
        <Button variant="default" mt="md" onClick={() => put({ after: data.tasks.pageInfo.endCursor ?? null })}>
          <Trans>Next page</Trans>
        </Button>
      )}
      {changing && <TaskDialog task={changing} close={() => change(null)} done={reload} />}
    </Page>
  )
}

/** Late, today, later, some day. */
function ByDay({ tasks, ...rest }: { tasks: TaskRowFragment[]; change: (t: TaskRowFragment) => void; reload: () => void }) {
  const { t } = useLingui()
  const now = today()
  const parts: [string, (day: string | null) => boolean][] = [
    [t`Late`, (day) => day !== null && day < now],
    [t`Today`, (day) => day === now],
    [t`Later`, (day) => day !== null && day > now],
    [t`Some day`, (day) => day === null],
  ]
  return (
    <>
      {parts.map(([name, fits]) => {
        const list = tasks.filter((x) => fits(x.dueOn ?? null))
        if (list.length === 0) return null
        return (
          <section key={name} aria-label={name}>
            <h2 className={css.part}>{name}</h2>
            <TaskList named tasks={list} {...rest} />
          </section>
        )
      })}
    </>
  )
}
