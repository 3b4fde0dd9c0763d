import { useLingui } from '@lingui/react/macro'
import css from './Results.module.css'

/** A difference with its interval on a line that shows zero: whether they touch is what counts. */
export function Interval({ estimate, low, high, say }: { estimate: number; low: number; high: number; say: (x: number) => string }) {
  const { t } = useLingui()
  const from = Math.min(low, 0)
  const span = Math.max(high, 0) - from || 1
  // Room at both ends for what is written below them.
  const at = (x: number) => `${12 + (76 * (x - from)) / span}%`
  const tone = low > 0 ? 'more' : high < 0 ? 'less' : 'none'
  const near = (x: number) => Math.abs(x) / span < 0.16
  return (
    <svg className={css.interval} data-tone={tone} width="100%" height="64" role="img" aria-label={t`Difference ${say(estimate)}, interval from ${say(low)} to ${say(high)}`}>
      <line x1="4%" x2="96%" y1="26" y2="26" className={css.axis} />
      <line x1={at(0)} x2={at(0)} y1="12" y2="40" className={css.zero} />
      <text x={at(0)} y="9" textAnchor="middle" className={css.mark}>
        0
      </text>
      <line x1={at(low)} x2={at(high)} y1="26" y2="26" className={css.bar} />
      <line x1={at(low)} x2={at(low)} y1="19" y2="33" className={css.end} />
      <line x1={at(high)} x2={at(high)} y1="19" y2="33" className={css.end} />
      <circle cx={at(estimate)} cy="26" r="5" className={css.point} />
      <text x={at(low)} y="58" textAnchor={near(low - high) ? 'end' : 'middle'} className={css.mark}>
        {say(low)}
      </text>
      <text x={at(high)} y="58" textAnchor={near(low - high) ? 'start' : 'middle'} className={css.mark}>
        {say(high)}
      </text>
    </svg>
  )
}
