import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from 'urql'
import { CustomerMonthsDocument } from '../gql/graphql'
import { sumDecimals } from '../lib/decimal'
import { useFormat } from '../lib/format'
import { lastMonths, monthKey } from '../lib/months'
import MonthChart from '../ui/MonthChart'

const shown = 24

/** What somebody spent, month by month. */
export default function PersonMonths({ id, currency }: { id: string; currency: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const [{ data }] = useQuery({ query: CustomerMonthsDocument, variables: { id } })
  const orders = data?.profile?.orders.nodes ?? []
  const months = lastMonths(shown).map((month) => {
    const there = orders.filter((o) => o.state !== 'CANCELLED' && o.net.currencyCode === currency && monthKey(new Date(o.placedAt)) === month)
    const amount = sumDecimals(there.map((o) => o.net.amount))
    return {
      month,
      value: Number(amount),
      text: format.money({ amount, currencyCode: currency }),
      detail: there.length > 0 ? ` · ${plural(there.length, { one: '# order', other: '# orders' })}` : undefined,
    }
  })
  return <MonthChart label={t`Bought per month, ${currency}`} months={months} height={56} />
}
