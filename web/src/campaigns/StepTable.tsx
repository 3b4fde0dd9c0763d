import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { useFormat } from '../lib/format'
import { DataTable } from '../ui/DataTable'
import table from '../ui/table.module.css'
import type { Whole } from './Campaign'
import { KnownFor, Margin } from './Margin'
import type { Found } from './Results'
import css from './Results.module.css'
import { takenIn } from './takings'
import { useStepText } from './words'

type Step = Found['totals']
type Take = Step['takings'][number]['byCode']

/** What became of each step's messages and vouchers, and what they brought: a column for each step. */
export function StepTable({ found, steps, currency }: { found: Found; steps: Whole['steps']; currency: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const stepText = useStepText()
  const columns = [found.totals, ...found.steps]
  const head = (s: Step) => {
    const plan = steps.find((x) => x.key === s.key)
    return <span className={css.step}>{s.key === '' ? t`All` : plan ? stepText(plan) : t`${s.key} (of an earlier version)`}</span>
  }
  const money = (amount: string) => format.money({ amount, currencyCode: currency })
  const take = (x: Take) => (
    <>
      {money(x.revenue)}
      <span className={css.under}>
        <Trans>orders: {format.number(x.orders)}</Trans>
      </span>
    </>
  )
  const margin = (x: Take) => (
    <>
      <Margin taken={x} currency={currency} />
      <span className={css.under}>
        <KnownFor goods={x.goods} />
      </span>
    </>
  )
  const printed = (s: Step) => (
    <>
      {money(takenIn(currency, s.takings).print)}
      {s.unpriced > 0 && (
        <span className={css.under}>
          <Trans>+ {format.number(s.unpriced)} not known</Trans>
        </span>
      )}
    </>
  )
  const posts = found.totals.unpriced > 0 || found.totals.takings.some((x) => Number(x.print) > 0)
  const letters: [ReactNode, (s: Step) => ReactNode][] = posts ? [[t`Cost of the letters`, printed]] : []
  const count = (n: (s: Step) => number) => (s: Step) => format.number(n(s))
  const acts: [ReactNode, (s: Step) => ReactNode][] = found.totals.acts > 0 ? [[t`Labels and tasks`, count((s) => s.acts)]] : []
  const rows: [ReactNode, (s: Step) => ReactNode][] = [
    [t`Sent`, count((s) => s.sent)],
    ...acts,
    [t`Bounced`, count((s) => s.bounced)],
    [t`Not sent`, count((s) => s.refused + s.expired)],
    [t`Failed`, count((s) => s.failed)],
    [t`Uncertain`, count((s) => s.uncertain)],
    [t`Vouchers made`, count((s) => s.issued)],
    [t`Redeemed`, count((s) => s.redeemed)],
    [t`Outdated`, count((s) => s.outdated)],
    [t`Revoked`, count((s) => s.revoked)],
    [t`Recovered carts`, count((s) => s.recovered)],
    [t`Revenue by code`, (s) => take(takenIn(currency, s.takings).byCode)],
    [t`Revenue by match-back`, (s) => take(takenIn(currency, s.takings).byMatchBack)],
    [t`Cost of the discount`, (s) => money(takenIn(currency, s.takings).discount)],
    ...letters,
    [t`Margin by code`, (s) => margin(takenIn(currency, s.takings).byCode)],
    [t`Margin by match-back`, (s) => margin(takenIn(currency, s.takings).byMatchBack)],
  ]
  return (
    <div className={css.steps}>
      <DataTable heads={[{ name: <span className="hidden-text">{t`Figure`}</span> }, ...columns.map((s) => ({ name: head(s), right: true }))]}>
        {rows.map(([name, value], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows do not move
          <tr key={i}>
            <th scope="row">{name}</th>
            {columns.map((s) => (
              <td key={s.key} className={table.right}>
                {value(s)}
              </td>
            ))}
          </tr>
        ))}
      </DataTable>
    </div>
  )
}
