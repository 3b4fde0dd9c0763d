import { useLingui } from '@lingui/react/macro'
import { useFormat } from '../lib/format'
import { DataTable } from '../ui/DataTable'
import table from '../ui/table.module.css'
import type { Whole } from './Campaign'
import type { Found } from './Results'
import css from './Results.module.css'
import { takenIn } from './takings'
import { useStepText } from './words'

/** What became of each step's messages and vouchers, and what they brought. */
export function StepTable({ found, steps, currency }: { found: Found; steps: Whole['steps']; currency: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const stepText = useStepText()
  const money = (amount: string) => format.money({ amount, currencyCode: currency })
  const heads = [
    { name: t`Step` },
    { name: t`Sent`, right: true },
    { name: t`Bounced`, right: true },
    { name: t`Not sent`, right: true },
    { name: t`Failed`, right: true },
    { name: t`Uncertain`, right: true },
    { name: t`Vouchers`, right: true },
    { name: t`Redeemed`, right: true },
    { name: t`Outdated`, right: true },
    { name: t`Revoked`, right: true },
    { name: t`Recovered carts`, right: true },
    { name: t`By code`, right: true },
    { name: t`By match-back`, right: true },
    { name: t`Discount`, right: true },
  ]
  return (
    <DataTable heads={heads}>
      {found.steps.map((s) => {
        const plan = steps.find((x) => x.key === s.key)
        const x = takenIn(currency, s.takings)
        const counts = [s.sent, s.bounced, s.refused + s.expired, s.failed, s.uncertain, s.issued, s.redeemed, s.outdated, s.revoked, s.recovered]
        return (
          <tr key={s.key}>
            <th scope="row" className={css.step}>
              {plan ? stepText(plan) : t`${s.key} (of an earlier version)`}
            </th>
            {counts.map((n, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
              <td key={i} className={table.right}>
                {format.number(n)}
              </td>
            ))}
            {[x.byCode, x.byMatchBack].map((take, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
              <td key={i} className={table.right}>
                {money(take.revenue)}
                <span className={css.under}>{format.number(take.orders)}</span>
              </td>
            ))}
            <td className={table.right}>{money(x.discount)}</td>
          </tr>
        )
      })}
    </DataTable>
  )
}
