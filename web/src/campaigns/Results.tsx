import { plural } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { NativeSelect } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useQuery } from 'urql'
import { useSession } from '../app/session'
import { CampaignResultsDocument, type CampaignResultsQuery } from '../gql/graphql'
import { useAddress } from '../lib/address'
import { useFormat } from '../lib/format'
import { monthsBetween } from '../lib/months'
import { Figure, Figures, Panel } from '../ui/Panel'
import { Empty, Failure, Skeleton } from '../ui/states'
import { Against } from './Against'
import type { Whole } from './Campaign'
import { KnownFor, Margin } from './Margin'
import { Refusals } from './Refusals'
import css from './Results.module.css'
import { StepTable } from './StepTable'
import { takenIn } from './takings'
import { Variants } from './Variants'

const MonthChart = lazy(() => import('../ui/MonthChart'))

export type Found = NonNullable<CampaignResultsQuery['campaign']>['results']

const windows = [7, 14, 30, 60, 90]
/** What a campaign brought, step by step, in money, and against those it held out. */
export default function Results({ campaign }: { campaign: Whole }) {
  const { merchant } = useSession()
  const [address, change] = useAddress()
  const asked = Number(address.get('window'))
  const window = windows.includes(asked) ? asked : 30
  const [{ data, error, fetching }, ask] = useQuery({
    query: CampaignResultsDocument,
    variables: { id: campaign.id, window },
    requestPolicy: 'cache-and-network',
  })
  const found = data?.campaign?.results
  if (!found) return error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton rows={10} />
  if (found.evaluated === 0 && found.totals.decided === 0) {
    return (
      <Empty title={<Trans>No results yet</Trans>}>
        <Trans>They are counted from the first event on that the campaign judges.</Trans>
      </Empty>
    )
  }
  const currencies = [...new Set([...found.totals.takings.map((x) => x.currency), ...found.comparison.revenue.map((x) => x.currency), ...found.comparison.margin.map((x) => x.currency)])].sort()
  if (currencies.length === 0) currencies.push(merchant.mainCurrency)
  const chosen = address.get('currency') ?? merchant.mainCurrency
  const currency = currencies.includes(chosen) ? chosen : (currencies[0] ?? merchant.mainCurrency)
  return (
    <div className={css.results} aria-busy={fetching && found.windowDays !== window}>
      <Choices {...{ window, currency, currencies, change }} />
      <Totals found={found} currency={currency} />
      <Against comparison={found.comparison} currency={currency} days={found.windowDays} />
      <Panel title={<Trans>Step by step</Trans>} flush>
        <StepTable found={found} steps={campaign.steps} currency={currency} />
      </Panel>
      {found.steps.map((s) => s.variants && <Variants key={s.key} number={campaign.steps.findIndex((x) => x.key === s.key) + 1} variants={s.variants} currency={currency} days={found.windowDays} />)}
      <div className={css.columns}>
        <Panel title={<Trans>By month</Trans>}>
          <Months found={found} currency={currency} />
        </Panel>
        <Panel title={<Trans>Why decided messages did not go out</Trans>}>
          <Refusals list={found.totals.refusals} none={<Trans>None was refused or too late.</Trans>} />
        </Panel>
      </div>
      <Meaning days={found.windowDays} />
    </div>
  )
}

type ChoicesProps = {
  window: number
  currency: string
  currencies: string[]
  change: (changes: Record<string, string | null>) => void
}

function Choices({ window, currency, currencies, change }: ChoicesProps) {
  const { t } = useLingui()
  return (
    <div className={css.choices}>
      <NativeSelect
        label={t`Orders within`}
        data={windows.map((days) => ({ value: String(days), label: plural(days, { one: '# day', other: '# days' }) }))}
        value={String(window)}
        onChange={(e) => change({ window: e.currentTarget.value === '30' ? null : e.currentTarget.value })}
      />
      {currencies.length > 1 && <NativeSelect label={t`Currency`} data={currencies} value={currency} onChange={(e) => change({ currency: e.currentTarget.value })} />}
    </div>
  )
}

function Totals({ found, currency }: { found: Found; currency: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const n = found.totals
  const x = takenIn(currency, n.takings)
  const money = (amount: string) => format.money({ amount, currencyCode: currency })
  const orders = (count: number) => plural(count, { one: '# order', other: '# orders' })
  return (
    <>
      <Figures>
        <Figure name={t`Judged`} help={t`Events that were judged, each counted once. Those from before the campaign are not noted.`}>
          {format.number(found.evaluated)}
        </Figure>
        <Figure name={t`Entered`} help={t`Events that began a way through the campaign, the holdout included.`}>
          {format.number(found.eligible)}
        </Figure>
        <Figure name={t({ context: 'message', message: 'Delivered' })} help={t`Messages that the mail relay took, and of which no bounce is known.`}>
          {format.number(n.delivered)}
          <small className={css.also}>
            <Trans>{format.number(n.bounced)} bounced</Trans>
          </small>
        </Figure>
        <Figure name={t`Redeemed`} help={t`Of the vouchers made, those that an order used.`}>
          {format.number(n.redeemed)}
          <small className={css.also}>
            <Trans>of {format.number(n.issued)}</Trans>
          </small>
        </Figure>
        <Figure name={t`Recovered carts`} help={t`Abandoned carts that were ordered after a message.`}>
          {format.number(n.recovered)}
        </Figure>
      </Figures>
      <Figures>
        <Figure name={t`Revenue by code`} help={t`Paid orders that used a voucher of this campaign, returns taken off: ${orders(x.byCode.orders)}.`}>
          {money(x.byCode.revenue)}
        </Figure>
        <Figure
          name={t`Revenue by match-back`}
          help={t`Paid orders, in any shop, of people who entered, within ${found.windowDays} days of entering; returns taken off: ${orders(x.byMatchBack.orders)}.`}
        >
          {money(x.byMatchBack.revenue)}
        </Figure>
        <Figure name={t`Cost of the discount`} help={t`What the vouchers took off the orders by code, as the orders say.`}>
          {money(x.discount)}
          {x.unknownDiscounts > 0 && (
            <small className={css.also}>
              <Trans>+ {format.number(x.unknownDiscounts)} not known</Trans>
            </small>
          )}
        </Figure>
        <Figure
          name={t`Margin by code`}
          help={t`What the pieces of the orders by code were sold for, without tax and shipping and less the discount, after what they cost you and after this campaign’s letters (${money(x.print)}). Only pieces whose cost the shop tells.`}
        >
          <Margin taken={x.byCode} currency={currency} />
          <small className={css.also}>
            <KnownFor goods={x.byCode.goods} />
          </small>
        </Figure>
      </Figures>
    </>
  )
}

/** Revenue by code, month by month, and what was sent. */
function Months({ found, currency }: { found: Found; currency: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const first = found.months[0]
  const last = found.months.at(-1)
  if (!first || !last) {
    return (
      <p className="quiet">
        <Trans>Nothing was sent so far.</Trans>
      </p>
    )
  }
  // A single bar is no chart.
  const months = monthsBetween(first.month.slice(0, 7), last.month.slice(0, 7), 6, 24)
  return (
    <Suspense fallback={<div className={css.chartRoom} />}>
      <MonthChart
        height={120}
        label={t`Revenue by code, ${currency}`}
        months={months.map((month) => {
          const there = found.months.find((m) => m.month.startsWith(month))
          const amount = there?.revenue.find((r) => r.currencyCode === currency)?.amount ?? '0'
          const sent = there?.sent ?? 0
          return {
            month,
            value: Number(amount),
            text: format.money({ amount, currencyCode: currency }),
            detail: <span className="quiet"> · {t`${format.number(sent)} sent`}</span>,
          }
        })}
      />
    </Suspense>
  )
}

function Meaning({ days }: { days: number }) {
  return (
    <details className={css.meaning}>
      <summary>
        <Trans>How this is counted</Trans>
      </summary>
      <ul>
        <li>
          <Trans>Cancelled and test orders count in nothing; unpaid ones are orders without revenue. What was returned is taken off. Currencies are never added up.</Trans>
        </li>
        <li>
          <Trans>
            By code: orders that used a voucher of this campaign, whenever. By match-back: orders in any shop within {days} days. An order may be in both; the two are never added up.
          </Trans>
        </li>
        <li>
          <Trans>
            Margin: what the pieces were sold for, without tax and shipping and after every discount, less what they cost you, less the letters. Pieces that came back are in nothing, nor are those
            whose cost the shop does not tell in the currency of the order. A piece keeps the cost of the day on which its order was first read here; of older orders that may have been another.
          </Trans>
        </li>
        <li>
          <Trans>Over all steps, match-back counts from entering. Step by step it counts from the message, and an order belongs to the last message before it.</Trans>
        </li>
        <li>
          <Trans>
            The comparison is per person, however often somebody entered, from the first time on. Everybody who entered is in it, written to or not; only whoever’s {days} days are over.
          </Trans>
        </li>
        <li>
          <Trans>An interval of 95 % holds the true difference in 95 of 100 such comparisons. Conversion: Newcombe’s score method; revenue per person: Welch’s.</Trans>
        </li>
      </ul>
    </details>
  )
}
