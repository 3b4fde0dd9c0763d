import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { AuditEventsDocument } from '../gql/graphql'
import { DataTable } from '../ui/DataTable'
import { Panel } from '../ui/Panel'
import { Copy, When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'

const pageSize = 50

/** Acts in words; one that has none yet is shown as the server calls it. */
function useActNames(): Record<string, string> {
  const { t } = useLingui()
  return {
    add_label: t`added a label`,
    add_note: t`wrote a note`,
    assign_order: t`assigned an order`,
    change_merchant: t`changed the business`,
    change_password: t`changed their password`,
    change_role: t`changed a role`,
    change_shop_settings: t`changed a shop’s settings`,
    choose_password: t`chose a password`,
    connect_shop: t`connected a shop`,
    create_token: t`created a token`,
    disable_user: t`disabled a user`,
    enable_user: t`allowed a user to sign in again`,
    invite_user: t`invited a user`,
    merge_profiles: t`merged profiles`,
    release_order: t`released an order`,
    remove_label: t`removed a label`,
    reset_password: t`made a link for a new password`,
    revoke_token: t`revoked a token`,
    set_main_currency: t`changed the main currency`,
    two_factor_off: t`switched two-factor sign-in off`,
    two_factor_on: t`switched two-factor sign-in on`,
    unmerge_profiles: t`unmerged profiles`,
  }
}

function useSubjectNames(): Record<string, string> {
  const { t } = useLingui()
  return { merchant: t`Business`, order: t`Order`, profile: t`Customer`, shop: t`Shop`, token: t`Token`, user: t`User`, merge: t`Merge` }
}

/** Who did what, newest first. */
export default function Audit() {
  const acts = useActNames()
  const subjects = useSubjectNames()
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
        <DataTable heads={[{ name: <Trans>When</Trans> }, { name: <Trans>Who</Trans> }, { name: <Trans>What</Trans> }, { name: <Trans>To what</Trans> }]}>
          {data.auditEvents.nodes.map((e) => (
            <tr key={e.id}>
              <td>
                <When at={e.at} />
              </td>
              <td>{e.actor}</td>
              <td>
                {acts[e.action] ?? <code>{e.action}</code>}
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
