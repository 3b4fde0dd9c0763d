import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, CloseButton } from '@mantine/core'
import { CheckSquare, FileDown, Tag, UsersRound } from 'lucide-react'
import { useState } from 'react'
import { useQuery } from 'urql'
import { useSession } from '../app/session'
import { CustomerCountDocument, type ProfileFilter } from '../gql/graphql'
import { useFormat } from '../lib/format'
import css from './Bulk.module.css'
import { BulkDialog, type BulkWhat } from './BulkDialog'
import { type Chosen, mostIds, peopleOf } from './chosen'
import ExportDialog from './ExportDialog'

type Props = { chosen: Chosen; filter: ProfileFilter | undefined; asSegment: boolean; choose: (next: Chosen | null) => void; done: () => void }

/** What can be done with those who are ticked. */
export default function BulkBar({ chosen, filter, asSegment, choose, done }: Props) {
  const { t } = useLingui()
  const { can } = useSession()
  const format = useFormat()
  const [what, setWhat] = useState<BulkWhat | 'export' | null>(null)
  const [{ data }] = useQuery({ query: CustomerCountDocument, variables: { filter, asSegment }, requestPolicy: 'cache-and-network' })
  const matching = data?.profiles.totalCount ?? null
  const count = chosen.all ? (matching ?? 0) : chosen.ids.size
  const people = peopleOf(chosen, filter, asSegment, count)
  return (
    <div className={css.bar} role="toolbar" aria-label={t`What to do with those chosen`}>
      <span className={css.count} data-testid="chosen">
        <b>
          <Plural value={count} one="# person chosen" other="# people chosen" />
        </b>
        {!chosen.all && matching !== null && matching > chosen.ids.size && (
          <Button variant="subtle" size="compact-sm" onClick={() => choose({ ids: new Set(), all: true })}>
            {filter ? <Trans>Choose all {format.number(matching)} who match</Trans> : <Trans>Choose all {format.number(matching)}</Trans>}
          </Button>
        )}
        {!chosen.all && chosen.ids.size === mostIds && (
          <span className="quiet">
            <Trans>More cannot be ticked one by one.</Trans>
          </span>
        )}
      </span>
      <Button variant="default" size="compact-sm" leftSection={<Tag size={14} aria-hidden />} onClick={() => setWhat('label')}>
        <Trans>Labels</Trans>
      </Button>
      <Button variant="default" size="compact-sm" leftSection={<UsersRound size={14} aria-hidden />} onClick={() => setWhat('group')}>
        <Trans>Group</Trans>
      </Button>
      <Button variant="default" size="compact-sm" leftSection={<CheckSquare size={14} aria-hidden />} onClick={() => setWhat('task')}>
        <Trans>Task</Trans>
      </Button>
      {can('MARKETER') && (
        <Button variant="default" size="compact-sm" leftSection={<FileDown size={14} aria-hidden />} onClick={() => setWhat('export')}>
          <Trans>Export</Trans>
        </Button>
      )}
      <CloseButton aria-label={t`Choose nobody`} onClick={() => choose(null)} />
      {what === 'export' && <ExportDialog filter={chosen.all ? filter : undefined} asSegment={chosen.all && asSegment} ids={chosen.all ? null : [...chosen.ids]} close={() => setWhat(null)} />}
      {what && what !== 'export' && <BulkDialog what={what} people={people} count={count} close={() => setWhat(null)} done={done} />}
    </div>
  )
}
