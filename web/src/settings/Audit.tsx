import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useQuery } from 'urql'
import { AuditEventsDocument } from '../gql/graphql'
import { Panel } from '../ui/Panel'
import { Copy, When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'

const pageSize = 50

/** Who did what, newest first. */
export default function Audit() {
  const [trail, setTrail] = useState<(string | null)[]>([null])
  const after = trail.at(-1) ?? null
  const [{ data, error, fetching }, ask] = useQuery({ query: AuditEventsDocument, variables: { first: pageSize, after }, requestPolicy: 'cache-and-network' })
  const next = data?.auditEvents.pageInfo
  return (
    <Panel title={<Trans>Audit</Trans>} flush>
      {!data && (error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton />)}
      {data?.auditEvents.nodes.length === 0 && (
        <Empty title={<Trans>Nothing yet</Trans>}>
          <Trans>What people and programs change will be here.</Trans>
        </Empty>
      )}
      {data && data.auditEvents.nodes.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <div className={table.wide} tabIndex={0} role="group">
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">
                  <Trans>When</Trans>
                </th>
                <th scope="col">
                  <Trans>Who</Trans>
                </th>
                <th scope="col">
                  <Trans>What</Trans>
                </th>
                <th scope="col">
                  <Trans>To what</Trans>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.auditEvents.nodes.map((e) => (
                <tr key={e.id}>
                  <td>
                    <When at={e.at} />
                  </td>
                  <td>{e.actor}</td>
                  <td>
                    <code>{e.action}</code>
                  </td>
                  <td>
                    {e.subjectKind} {e.subjectId && <Copy value={e.subjectId} />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
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
