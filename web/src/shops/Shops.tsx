import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Tooltip } from '@mantine/core'
import { Play, Plus, RefreshCw } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { ShopsDocument, type ShopsQuery } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { useFormat } from '../lib/format'
import { Page } from '../ui/Page'
import { Copy, PlatformMark, platformNames, ShopBadge, When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import { useSyncActs } from './acts'
import { Whole } from './Progress'
import { isActive, useProgress } from './progress'
import { Rights } from './Rights'
import { WhyFailed } from './WhyFailed'
import css from './Shops.module.css'

const ConnectDialog = lazy(() => import('./ConnectDialog'))

/** The merchant's shops and how they are. */
export default function Shops() {
  const { t } = useLingui()
  const { can } = useSession()
  const [connecting, connectOne, stopConnecting] = useOpened('connect')
  const [{ data, error, fetching }, ask] = useQuery({ query: ShopsDocument, requestPolicy: 'cache-and-network' })
  const reload = () => ask({ requestPolicy: 'network-only' })
  const shops = data?.shops ?? []
  const well = shops.filter((s) => s.state !== 'ATTENTION' && s.state !== 'DISCONNECTED').length
  const paused = shops.filter((s) => s.state === 'PAUSED').length
  const connect = can('OWNER') && (
    <Button leftSection={<Plus size={14} aria-hidden />} onClick={() => connectOne('shop')}>
      <Trans>Connect a shop</Trans>
    </Button>
  )
  return (
    <Page
      title={t`Shops`}
      sentence={
        shops.length > 0 &&
        (well === shops.length && paused > 0 ? (
          <Plural value={paused} one="# pull is paused" other="# pulls are paused" />
        ) : well === shops.length ? (
          <Plural value={shops.length} one="Your shop is in sync" other="All # shops are in sync" />
        ) : (
          <Plural value={shops.length - well} one="# shop needs attention" other="# shops need attention" />
        ))
      }
      actions={shops.length > 0 && connect}
    >
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton />)}
      {data && shops.length === 0 && (
        <Empty title={<Trans>No shop is connected</Trans>} action={connect}>
          <Trans>Connect a Shopify or PrestaShop shop: its customers, orders and carts are pulled, and everybody becomes one profile.</Trans>
        </Empty>
      )}
      <div className={css.list}>
        {shops.map((shop) => (
          <ShopCard key={shop.id} shop={shop} reload={reload} />
        ))}
      </div>
      {connecting !== null && (
        <Suspense>
          <ConnectDialog close={stopConnecting} connected={reload} />
        </Suspense>
      )}
    </Page>
  )
}

function ShopCard({ shop, reload }: { shop: ShopsQuery['shops'][number]; reload: () => void }) {
  const { t } = useLingui()
  const format = useFormat()
  const { can } = useSession()
  const acts = useSyncActs(reload)
  const run = useProgress(shop.id, shop.runs[0], reload)
  const active = isActive(run)
  return (
    <article className={css.shop} aria-labelledby={`shop-${shop.id}`}>
      <div className={css.top}>
        <span className={css.glyph}>
          <PlatformMark platform={shop.platform} />
        </span>
        <div className={css.names}>
          <h2 id={`shop-${shop.id}`} className={css.name}>
            <Link href={`/shops/${shop.id}`}>{shop.name}</Link>
          </h2>
          <p className={css.minor}>
            {platformNames[shop.platform]} · <Copy value={shop.url} />
          </p>
        </div>
        <ShopBadge state={run && active ? (run.state === 'PAUSED' ? 'PAUSED' : 'PULLING') : shop.state} />
        {can('MARKETER') && run?.state === 'PAUSED' && (
          <Button variant="default" leftSection={<Play size={14} aria-hidden />} onClick={() => acts.resume(run.id)}>
            <Trans>Resume</Trans>
          </Button>
        )}
        {can('MARKETER') && !active && shop.state !== 'DISCONNECTED' && (
          <Tooltip label={t`Pull what changed`}>
            <Button variant="default" leftSection={<RefreshCw size={14} aria-hidden />} onClick={() => acts.sync(shop.id, false)}>
              <Trans>Sync</Trans>
            </Button>
          </Tooltip>
        )}
      </div>
      {run && active && <Whole run={run} />}
      {run && <WhyFailed run={run} nextTryAt={shop.nextTryAt} />}
      <dl className={css.facts}>
        <div>
          <dt>{t`Customers`}</dt>
          <dd>
            <Link href={`/customers?shop=${shop.id}`}>{format.number(shop.counts.customers)}</Link>
          </dd>
        </div>
        <div>
          <dt>{t`Orders`}</dt>
          <dd>
            <Link href={`/orders?shop=${shop.id}`}>{format.number(shop.counts.orders)}</Link>
          </dd>
        </div>
        <div>
          <dt>{t`Carts`}</dt>
          <dd>
            <Link href={`/carts?shop=${shop.id}&state=all`}>{format.number(shop.counts.carts)}</Link>
          </dd>
        </div>
        <div>
          <dt>{t`Products`}</dt>
          <dd>{format.number(shop.counts.products)}</dd>
        </div>
        <div>
          <dt>{t`Last sync`}</dt>
          <dd>{shop.lastSyncedAt ? <When at={shop.lastSyncedAt} relative /> : <Trans>never</Trans>}</dd>
        </div>
        <div>
          <dt>{t`Currency`}</dt>
          <dd>{shop.currency}</dd>
        </div>
        <div>
          <dt>{t`Time zone`}</dt>
          <dd>{shop.timeZone.replaceAll('_', ' ')}</dd>
        </div>
      </dl>
      {shop.missingRightsHelp.length > 0 && (
        <details className={css.rights} open={shop.missingRightsHelp.length <= 2}>
          <summary>
            <Plural value={shop.missingRightsHelp.length} one="# right is missing" other="# rights are missing" />
          </summary>
          <Rights rights={shop.missingRightsHelp} />
        </details>
      )}
    </article>
  )
}
