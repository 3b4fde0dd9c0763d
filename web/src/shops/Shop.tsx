import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { ArrowLeft, Ban, Ellipsis, KeyRound, Pause, Play, RefreshCw, RotateCcw } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { useKeys } from '../app/keys'
import { useSession } from '../app/session'
import { QuarantineDocument, ShopDocument, type ShopQuery } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { isId } from '../lib/link'
import { useOpened } from '../lib/address'
import { DataTable } from '../ui/DataTable'
import { Page } from '../ui/Page'
import pageCss from '../ui/Page.module.css'
import { Figure, Figures, Panel } from '../ui/Panel'
import { Copy, OutLink, platformNames, RunBadge, ShopBadge, When } from '../ui/parts'
import { Said } from '../ui/said'
import { Empty, Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'
import { useSyncActs } from './acts'
import { Objections } from './Objections'
import { Progress, useRecordNames } from './Progress'
import { isActive, useProgress } from './progress'
import { Rights } from './Rights'
import { Webhooks } from './Webhooks'
import { WhyFailed } from './WhyFailed'
import css from './Shop.module.css'

const ConnectDialog = lazy(() => import('./ConnectDialog'))

type OneShop = NonNullable<ShopQuery['shop']>

/** One shop: its pull as it moves, the pulls before, and what could not be read. */
export default function Shop({ id }: { id: string }) {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({ query: ShopDocument, variables: { id }, requestPolicy: 'cache-and-network', pause: !isId(id) })
  const reload = () => ask({ requestPolicy: 'network-only' })
  useKeys({ Escape: () => window.history.back() })
  const back = (
    <Link href="/shops" className={pageCss.back} aria-label={t`Back to shops`}>
      <ArrowLeft size={16} aria-hidden />
    </Link>
  )
  const unknown = !isId(id) || data?.shop === null || error?.graphQLErrors.some((e) => e.extensions.code === 'NOT_FOUND')
  if (data?.shop) return <Detail shop={data.shop} reload={reload} back={back} />
  return (
    <Page title={t`Shop`} back={back}>
      {unknown ? (
        <Empty
          title={<Trans>No shop has this id</Trans>}
          action={
            <Button component={Link} href="/shops" variant="default">
              <Trans>Show all shops</Trans>
            </Button>
          }
        >
          <Trans>It does not exist, or you may not see it.</Trans>
        </Empty>
      ) : error && !fetching ? (
        <Failure error={error} retry={reload} />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

function Detail({ shop, reload, back }: { shop: OneShop; reload: () => void; back: React.ReactNode }) {
  const { t } = useLingui()
  const format = useFormat()
  const { can } = useSession()
  const [renewing, renew, stopRenewing] = useOpened('credentials')
  const acts = useSyncActs(reload)
  const run = useProgress(shop.id, shop.runs[0], reload)
  const active = isActive(run)
  // What is under way or went wrong comes first.
  const urgent = active || run?.state === 'FAILED'
  const pull = run && (
    <Panel
      title={active ? <Trans>Pull in progress</Trans> : <Trans>Last pull</Trans>}
      action={
        <span className={css.head}>
          {run.full ? <Trans>everything</Trans> : <Trans>what changed</Trans>} <RunBadge state={run.state} />
        </span>
      }
    >
      <WhyFailed run={run} nextTryAt={shop.nextTryAt} />
      <Progress run={run} />
    </Panel>
  )
  return (
    <Page
      title={shop.name}
      back={back}
      sentence={
        <span className={css.sentence}>
          <ShopBadge state={run && active ? (run.state === 'PAUSED' ? 'PAUSED' : 'PULLING') : shop.state} />
          {platformNames[shop.platform]} · <OutLink href={shop.url}>{shop.url}</OutLink>
        </span>
      }
      actions={
        can('MARKETER') && (
          <>
            {run && active && run.state === 'PAUSED' && (
              <Button leftSection={<Play size={14} aria-hidden />} onClick={() => acts.resume(run.id)}>
                <Trans>Resume</Trans>
              </Button>
            )}
            {run && active && run.state !== 'PAUSED' && (
              <Button variant="default" leftSection={<Pause size={14} aria-hidden />} onClick={() => acts.pause(run.id)}>
                <Trans>Pause</Trans>
              </Button>
            )}
            {!active && shop.state !== 'DISCONNECTED' && (
              <Button leftSection={<RefreshCw size={14} aria-hidden />} onClick={() => acts.sync(shop.id, false)}>
                <Trans>Sync</Trans>
              </Button>
            )}
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="default" size={30} aria-label={t`More`}>
                  <Ellipsis size={16} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {active && run ? (
                  <Menu.Item leftSection={<Ban size={14} aria-hidden />} onClick={() => acts.cancel(run.id)}>
                    <Trans>Cancel this pull</Trans>
                  </Menu.Item>
                ) : (
                  <Menu.Item leftSection={<RotateCcw size={14} aria-hidden />} onClick={() => acts.sync(shop.id, true)}>
                    <Trans>Pull everything anew</Trans>
                  </Menu.Item>
                )}
                {can('OWNER') && (
                  <Menu.Item leftSection={<KeyRound size={14} aria-hidden />} onClick={() => renew('new')}>
                    <Trans>Enter new credentials</Trans>
                  </Menu.Item>
                )}
              </Menu.Dropdown>
            </Menu>
          </>
        )
      }
    >
      <Figures>
        <Figure name={t`Customers`} help={t`Customers and guests of this shop that are stored.`} href={`/customers?shop=${shop.id}`}>
          {format.number(shop.counts.customers)}
        </Figure>
        <Figure name={t`Orders`} help={t`Orders of this shop that are stored.`} href={`/orders?shop=${shop.id}`}>
          {format.number(shop.counts.orders)}
        </Figure>
        <Figure name={t`Carts`} help={t`Carts of this shop that are stored.`} href={`/carts?shop=${shop.id}&state=all`}>
          {format.number(shop.counts.carts)}
        </Figure>
        <Figure name={t`Last sync`} help={shop.lastSyncedAt ? format.exact(shop.lastSyncedAt) : t`never`}>
          {shop.lastSyncedAt ? <When at={shop.lastSyncedAt} relative /> : '–'}
        </Figure>
        <Figure name={t`Currency and time zone`} help={t`The shop’s own.`}>
          <span className={css.small}>
            {shop.currency} · {shop.timeZone.replaceAll('_', ' ')}
          </span>
        </Figure>
      </Figures>
      {urgent && pull}
      {shop.missingRightsHelp.length > 0 && (
        <Panel title={<Plural value={shop.missingRightsHelp.length} one="# right is missing" other="# rights are missing" />}>
          <Rights rights={shop.missingRightsHelp} />
        </Panel>
      )}
      <Objections shop={shop} reload={reload} />
      {!urgent && pull}
      <Webhooks shop={shop} reload={reload} />
      <Quarantine id={shop.id} />
      <History runs={shop.runs} />
      {renewing !== null && (
        <Suspense>
          <ConnectDialog shop={shop} close={stopRenewing} connected={reload} />
        </Suspense>
      )}
    </Page>
  )
}

function History({ runs }: { runs: OneShop['runs'] }) {
  const format = useFormat()
  return (
    <Panel title={<Trans>Pulls</Trans>} flush>
      <DataTable
        heads={[
          { name: <Trans>Begun</Trans> },
          { name: <Trans>State</Trans> },
          { name: <Trans>Read</Trans> },
          { name: <Trans>Records</Trans>, right: true },
          { name: <Trans>Took</Trans>, right: true },
        ]}
      >
        {runs.map((r) => (
          <tr key={r.id}>
            <td>{r.startedAt ? <When at={r.startedAt} relative /> : '–'}</td>
            <td>
              <RunBadge state={r.state} /> {r.error && (
                <span className={css.error}>
                  <Said sentence={r.cause} text={r.error} />
                </span>
              )}
            </td>
            <td>{r.full ? <Trans>everything</Trans> : <Trans>what changed</Trans>}</td>
            <td className={table.right}>{format.number(r.steps.reduce((n, s) => n + s.done, 0))}</td>
            <td className={table.right}>
              {r.startedAt && r.finishedAt ? format.duration(Math.max(1, Math.round((Date.parse(r.finishedAt) - Date.parse(r.startedAt)) / 1000))) : '–'}
            </td>
          </tr>
        ))}
      </DataTable>
    </Panel>
  )
}

function Quarantine({ id }: { id: string }) {
  const records = useRecordNames()
  const [after, setAfter] = useState<string | null>(null)
  const [{ data, error }, ask] = useQuery({ query: QuarantineDocument, variables: { first: 25, after, shopIds: [id] }, requestPolicy: 'cache-and-network' })
  if (error && !data) {
    return (
      <Panel title={<Trans>Quarantine</Trans>}>
        <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} />
      </Panel>
    )
  }
  const rows = data?.quarantine.nodes ?? []
  const next = data?.quarantine.pageInfo
  return (
    <div id="quarantine">
      <Panel title={<Trans>Quarantine</Trans>} flush>
        {rows.length === 0 ? (
          <p className={css.none}>
            <Trans>Every row of this shop could be read.</Trans>
          </p>
        ) : (
          <>
            <DataTable
              heads={[
                { name: <Trans>Record</Trans> },
                { name: <Trans>Field</Trans> },
                { name: <Trans>Reason</Trans> },
                { name: <Trans>First met</Trans> },
                { name: <Trans>Last met</Trans> },
                { name: <Trans>Times</Trans>, right: true },
              ]}
            >
              {rows.map((q) => (
                <tr key={q.id}>
                  <td>
                    {records[q.kind]} <Copy value={q.externalId} />
                  </td>
                  <td>
                    <code>{q.field}</code>
                  </td>
                  <td>
                    <Said sentence={q.cause} text={q.reason} />
                  </td>
                  <td>
                    <When at={q.firstAt} />
                  </td>
                  <td>
                    <When at={q.lastAt} />
                  </td>
                  <td className={table.right}>{q.times}</td>
                </tr>
              ))}
            </DataTable>
            {(after || next?.hasNextPage) && (
              <div className={table.more}>
                {after && (
                  <Button variant="subtle" onClick={() => setAfter(null)}>
                    <Trans>First page</Trans>
                  </Button>
                )}
                {next?.hasNextPage && (
                  <Button variant="subtle" onClick={() => setAfter(next.endCursor)}>
                    <Trans>Next page</Trans>
                  </Button>
                )}
              </div>
            )}
          </>
        )}
      </Panel>
    </div>
  )
}
