import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Checkbox } from '@mantine/core'
import { useState } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { AuditEventsDocument } from '../gql/graphql'
import { DataTable } from '../ui/DataTable'
import { Panel } from '../ui/Panel'
import { Copy, When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'
import { acts } from './acts'

const pageSize = 50

function useSubjectNames(): Record<string, string> {
  const { t } = useLingui()
  return { merchant: t`Business`, order: t`Order`, profile: t`Customer`, shop: t`Shop`, token: t`Token`, user: t`User`, merge: t`Merge`, campaign: t`Campaign`, segment: t`Segment`, follow_up: t`Message`, customer: t`Customer record` }
}

function Act({ of }: { of: string }) {
  const { i18n } = useLingui()
  const words = acts[of]
  return words ? i18n._(words) : <code>{of}</code>
}

/** Who did what, newest first. */
export default function Audit() {
  const { t } = useLingui()
  const subjects = useSubjectNames()
  const [trail, setTrail] = useState<(string | null)[]>([null])
  const [looks, setLooks] = useState(false)
  const after = trail.at(-1) ?? null
  const [{ data, error, fetching }, ask] = useQuery({ query: AuditEventsDocument, variables: { first: pageSize, after, looks }, requestPolicy: 'cache-and-network' })
  const next = data?.auditEvents.pageInfo
  return (
    <Panel
      title={<Trans>Audit</Trans>}
      flush
      action={
        <Checkbox
          size="xs"
          label={t`also who looked at which card`}
          checked={looks}
          onChange={(e) => {
            setLooks(e.currentTarget.checked)
            setTrail([null])
          }}
        />
      }
    >
      {!data && (error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton />)}
      {data?.auditEvents.nodes.length === 0 && (
        <Empty title={<Trans>Nothing yet</Trans>}>
          <Trans>What people and programs change will be here.</Trans>
        </Empty>
      )}
      {data && data.auditEvents.nodes.length > 0 && (
        <DataTable heads={[{ name: <Trans>When</Trans> }, { name: <Trans>Who</Trans> }, { name: <Trans>What</Trans> }, { name: <Trans>To what</Trans> }]}>
          {data.auditEvents.nodes.map((e) => (
            <tr key={e.id}>
              <td>
                <When at={e.at} />
              </td>
              <td>{e.actor}</td>
              <td>
                <Act of={e.action} />
              </td>
              <td>
                <Subject kind={subjects[e.subjectKind] ?? e.subjectKind} of={e.subjectKind} id={e.subjectId} />
              </td>
            </tr>
          ))}
        </DataTable>
      )}
      {(trail.length > 1 || next?.hasNextPage) && (
        <div className={table.more}>
          <Button variant="subtle" disabled={trail.length === 1} onClick={() => setTrail(trail.slice(0, -1))}>
            <Trans>Previous page</Trans>
          </Button>
          <Button variant="subtle" disabled={!next?.hasNextPage} onClick={() => setTrail([...trail, next?.endCursor ?? null])}>
            <Trans>Next page</Trans>
          </Button>
        </div>
      )}
    </Panel>
  )
}

const places: Record<string, string> = { profile: '/customers/', shop: '/shops/' }

function Subject({ kind, of, id }: { kind: string; of: string; id: string }) {
  if (!id) return <>{kind}</>
  const place = places[of]
  return <Copy value={id}>{place ? <Link href={place + id}>{kind}</Link> : <span>{kind}</span>}</Copy>
}
