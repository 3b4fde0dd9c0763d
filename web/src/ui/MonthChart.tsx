import { Trans, useLingui } from '@lingui/react/macro'
import { type ReactNode, useState } from 'react'
import { useFormat } from '../lib/format'
import css from './MonthChart.module.css'
import table from './table.module.css'

export type MonthValue = { month: string; value: number; text: string; detail?: ReactNode }

/** Bars by month; the numbers behind them are one click away. */
export default function MonthChart({ months, label, height = 96 }: { months: MonthValue[]; label: string; height?: number }) {
  const { t } = useLingui()
  const format = useFormat()
  const [numbers, setNumbers] = useState(false)
  const most = Math.max(...months.map((m) => m.value), 0)
  const step = 100 / Math.max(months.length, 1)
  const named = months.length > 18 ? 6 : 3 // so that their names stand apart
  return (
    <figure className={css.figure}>
      <figcaption className={css.caption}>
        <span>{label}</span>
        <button type="button" className={css.toggle} aria-pressed={numbers} onClick={() => setNumbers(!numbers)}>
          {numbers ? <Trans>Chart</Trans> : <Trans>Numbers</Trans>}
        </button>
      </figcaption>
      {numbers ? (
        <div className={css.numbers}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">
                  <Trans>Month</Trans>
                </th>
                <th scope="col" className={table.right}>
                  {label}
                </th>
              </tr>
            </thead>
            <tbody>
              {[...months].reverse().map((m) => (
                <tr key={m.month}>
                  <td>{format.month(m.month)}</td>
                  <td className={table.right}>
                    {m.text}
                    {m.detail}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div className={css.chart} role="img" aria-label={t`${label}, by month: ${months.map((m) => `${format.month(m.month)} ${m.text}`).join('; ')}`}>
          <svg viewBox="0 0 100 100" preserveAspectRatio="none" height={height} width="100%" aria-hidden="true">
            {months.map((m, i) => {
              const tall = most > 0 && m.value > 0 ? Math.max(2, (m.value / most) * 100) : 0
              return (
                <g key={m.month} className={css.month}>
                  <title>{`${format.month(m.month)}: ${m.text}`}</title>
                  <rect x={i * step} y="0" width={step} height="100" className={css.ground} />
                  <rect x={i * step + step * 0.16} y={100 - tall} width={step * 0.68} height={tall} className={css.bar} />
                  {tall === 0 && <rect x={i * step + step * 0.16} y="99" width={step * 0.68} height="1" className={css.none} />}
                </g>
              )
            })}
          </svg>
          <div className={css.axis} aria-hidden="true">
            {months.map((m, i) => (
              <span key={m.month} data-minor={(months.length - 1 - i) % named !== 0 || undefined}>
                {format.shortMonth(m.month)}
              </span>
            ))}
          </div>
        </div>
      )}
    </figure>
  )
}
