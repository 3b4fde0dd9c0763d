import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, NativeSelect } from '@mantine/core'
import { lazy, Suspense, useMemo } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { type MonthSalesFragment, OverviewCountsDocument, SalesByMonthDocument, type SalesByMonthQueryVariables, ShopsDocument } from '../gql/graphql'
import { useAddress } from '../lib/address'
import { type Format, timeZone, useFormat } from '../lib/format'
import { lastMonths, monthSpan } from '../lib/months'
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
  const spans = useMemo(() => Object.fromEntries(months.map((m, i) => [`m${i}`, monthSpan(m)])) as unknown as SalesByMonthQueryVariables, [months])
  const [{ data, error, fetching }, ask] = useQuery({ query: OverviewCountsDocument, variables: {}, requestPolicy: 'cache-and-network' })
  const [{ data: byMonth }] = useQuery({ query: SalesByMonthDocument, variables: spans, requestPolicy: 'cache-and-network' })
  const [{ data: shopData }] = useQuery({ query: ShopsDocument })

  if (!data) {
    return <Page title={t`Overview`}>{error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton rows={10} />}</Page>
  }
  const currencies = data.sales.map((s) => s.currencyCode)
  const wanted = address.get('currency')
  const currency = currencies.find((c) => c === wanted) ?? currencies.find((c) => c === merchant.mainCurrency) ?? currencies[0] ?? merchant.mainCurrency
  const sales = data.sales.find((s) => s.currencyCode === currency)
  const perMonth = months.map((month, i) => {
    const rows = (byMonth as Record<string, MonthSalesFragment[]> | undefined)?.[`m${i}`]
    return { month, sales: rows?.find((s) => s.currencyCode === currency) }
  })
  const now = perMonth.at(-1)?.sales
  return (
    <Page title={t`Overview`} sentence={byMonth && <Sentence sales={now} currency={currency} format={format} />}>
      <Checklist shops={shopData?.shops} />
      <Figures>
        <Figure name={t`Customers`} help={t`People over all shops, each counted once.`} href="/customers">
          {format.number(data.customers.totalCount)}
        </Figure>
        <Figure name={t`Orders`} help={t`All orders that are not cancelled, in ${currency}.`}>
          {format.number(sales?.orders ?? 0)}
        </Figure>
        <Figure name={t`Net revenue`} help={t`All paid orders less what was returned, in ${currency}.`}>
          {format.wholeMoney({ amount: sales?.net.amount ?? '0', currencyCode: currency })}
        </Figure>
        <Figure name={t`Abandoned carts`} help={t`Carts at rest for an hour or more without an order, as of now.`} href="/carts">
          {format.number(data.abandoned.totalCount)}
        </Figure>
        <Figure name={t`Recovered carts`} help={t`Abandoned carts that became an order.`} href="/carts?state=RECOVERED">
          {format.number(data.recovered.totalCount)}
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
              label={t`${currency}, months in ${timeZone.replaceAll('_', ' ')}`}
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

function Sentence({ sales, currency, format }: { sales: MonthSalesFragment | undefined; currency: string; format: Format }) {
  const amount = format.wholeMoney({ amount: sales?.net.amount ?? '0', currencyCode: currency })
  return <Plural value={sales?.orders ?? 0} one={`# order this month, ${amount} net`} other={`# orders this month, ${amount} net`} />
}
