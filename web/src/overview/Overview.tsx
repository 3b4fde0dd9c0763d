import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, NativeSelect } from '@mantine/core'
import { lazy, Suspense, useMemo } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { OverviewDocument, type OverviewQuery, OverviewShopsDocument } from '../gql/graphql'
import { useAddress } from '../lib/address'
import { type Format, useFormat } from '../lib/format'
import { sumDecimals } from '../lib/decimal'
import { lastMonths } from '../lib/months'
import { Page } from '../ui/Page'
import { Figure, Figures, Panel } from '../ui/Panel'
import { PlatformMark, ShopBadge, When } from '../ui/parts'
import { Failure, Skeleton } from '../ui/states'
import { Checklist } from './Checklist'
import css from './Overview.module.css'

const MonthChart = lazy(() => import('../ui/MonthChart'))

const shown = 12

/** The two minutes in the morning: how it goes, and whether anything needs a hand. */
export default function Overview() {
  const { t } = useLingui()
  const { merchant } = useSession()
  const format = useFormat()
  const [address, change] = useAddress()
  const months = useMemo(() => lastMonths(shown), [])
  const [{ data, error, fetching }, ask] = useQuery({ query: OverviewDocument, variables: { months: shown }, requestPolicy: 'cache-and-network' })
  const [{ data: shopData }] = useQuery({ query: OverviewShopsDocument })

  if (!data) {
    return <Page title={t`Overview`}>{error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton rows={10} />}</Page>
  }
  const { overview, salesByMonth } = data
  const currencies = [...new Set([...salesByMonth.map((s) => s.currencyCode), merchant.mainCurrency])].sort()
  const wanted = address.get('currency')
  const currency = currencies.find((c) => c === wanted) ?? merchant.mainCurrency
  const perMonth = months.map((month) => ({ month, sales: salesByMonth.find((s) => s.currencyCode === currency && s.month.startsWith(month)) }))
  const year = sumDecimals(perMonth.flatMap((m) => m.sales?.net.amount ?? []))
  const carts = (state: string) => overview.carts.find((c) => c.state === state)
  const worth = (state: string) => format.list(carts(state)?.value.map(format.wholeMoney) ?? [])
  return (
    <Page title={t`Overview`} sentence={<Sentence sales={perMonth.at(-1)?.sales} currency={currency} format={format} />}>
      <Checklist />
      <Figures>
        <Figure name={t`Customers`} help={t`People over all shops, each counted once.`} href="/customers">
          {format.number(overview.profiles)}
        </Figure>
        <Figure name={t`Orders`} help={t`Orders of all times that are neither cancelled nor tests.`} href="/orders?state=counted">
          {format.number(overview.orders)}
        </Figure>
        <Figure name={t`Net revenue, 12 months`} help={t`Paid orders of the last 12 months less what was returned, in ${currency}.`} href={`/orders?state=counted&from=${months[0]}-01`}>
          {format.wholeMoney({ amount: year, currencyCode: currency })}
        </Figure>
        <Figure name={t`Abandoned carts`} help={t`Carts at rest without an order, as of now: ${worth('ABANDONED')}.`} href="/carts">
          {format.number(carts('ABANDONED')?.count ?? 0)}
        </Figure>
        <Figure name={t`Recovered carts`} help={t`Abandoned carts that became an order: ${worth('RECOVERED')}.`} href="/carts?state=RECOVERED">
          {format.number(carts('RECOVERED')?.count ?? 0)}
        </Figure>
      </Figures>
      <div className={css.columns}>
        <Panel
          title={<Trans>Net revenue by month</Trans>}
          action={
            currencies.length > 1 && (
              <NativeSelect size="xs" aria-label={t`Currency`} data={currencies} value={currency} onChange={(e) => change({ currency: e.currentTarget.value })} />
            )
          }
        >
          <Suspense fallback={<div className={css.chartRoom} />}>
            <MonthChart
              height={180}
              label={t`${currency}, months in each shop’s time zone`}
              months={perMonth.map(({ month, sales: s }) => ({
                month,
                value: Number(s?.net.amount ?? 0),
                text: format.money({ amount: s?.net.amount ?? '0', currencyCode: currency }),
                detail: (
                  <span className="quiet">
                    {' · '}
                    <Plural value={s?.orders ?? 0} one="# order" other="# orders" />
                  </span>
                ),
              }))}
            />
          </Suspense>
        </Panel>
        <Panel
          title={<Trans>Shops</Trans>}
          flush
          action={
            <Button component={Link} href="/shops" variant="subtle" size="compact-xs">
              <Trans>All shops</Trans>
            </Button>
          }
        >
          <ul className={css.shops}>
            {shopData?.shops.map((s) => (
              <li key={s.id}>
                <PlatformMark platform={s.platform} />
                <span className={css.shop}>
                  <Link href={`/shops/${s.id}`}>{s.name}</Link>
                  <span className={css.minor}>
                    {s.lastSyncedAt ? (
                      <Trans>
                        synced <When at={s.lastSyncedAt} relative />
                      </Trans>
                    ) : (
                      <Trans>not synced yet</Trans>
                    )}
                  </span>
                </span>
                <ShopBadge state={s.state} />
              </li>
            ))}
          </ul>
        </Panel>
      </div>
    </Page>
  )
}

function Sentence({ sales, currency, format }: { sales: OverviewQuery['salesByMonth'][number] | undefined; currency: string; format: Format }) {
  const amount = format.wholeMoney({ amount: sales?.net.amount ?? '0', currencyCode: currency })
  return <Plural value={sales?.orders ?? 0} one={`# order this month, ${amount} net`} other={`# orders this month, ${amount} net`} />
}
