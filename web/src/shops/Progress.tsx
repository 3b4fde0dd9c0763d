import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { Kind, RunPartsFragment } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { RunBadge } from '../ui/parts'
import { Said } from '../ui/said'
import css from './Progress.module.css'

export function useKindNames(): Record<Kind, string> {
  const { t } = useLingui()
  return {
    PRODUCTS: t`Products`,
    CUSTOMERS: t`Customers`,
    ORDERS: t`Orders`,
    CARTS: t`Carts`,
    CONSENTS: t`Consents`,
    DELETIONS: t`Deletions`,
  }
}

/** What one record of a kind is called. */
export function useRecordNames(): Record<Kind, string> {
  const { t } = useLingui()
  return {
    PRODUCTS: t`Product`,
    CUSTOMERS: t`Customer`,
    ORDERS: t`Order`,
    CARTS: t`Cart`,
    CONSENTS: t`Consent`,
    DELETIONS: t`Deletion`,
  }
}

/** A pull, kind by kind: what, how far, how fast, how long still. */
export function Progress({ run }: { run: RunPartsFragment }) {
  const { t } = useLingui()
  const names = useKindNames()
  const format = useFormat()
  return (
    <ul className={css.steps} aria-label={t`Progress of the pull`}>
      {run.steps.map((step) => {
        const done = step.state === 'DONE'
        const moving = step.state === 'RUNNING' && run.state !== 'PAUSED'
        const known = step.total !== null && step.total > 0
        return (
          <li key={step.kind} className={css.step} data-state={step.state}>
            <span className={css.kind}>{names[step.kind]}</span>
            <progress
              className={css.bar}
              aria-label={names[step.kind]}
              max={1}
              value={done ? 1 : known ? Math.min(1, step.done / (step.total ?? 1)) : step.state === 'RUNNING' ? undefined : 0}
            />
            <span className={css.count}>
              {known ? (
                <Trans>
                  {format.number(step.done)} of {format.number(step.total ?? 0)}
                </Trans>
              ) : (
                format.number(step.done)
              )}
            </span>
            <span className={css.rate}>
              {moving && step.perSecond !== null && <Trans>{format.number(Math.round(step.perSecond))} per second</Trans>}
              {moving && step.secondsLeft !== null && (
                <>
                  {' · '}
                  <Trans>{format.duration(step.secondsLeft)} left</Trans>
                </>
              )}
              {step.state !== 'RUNNING' ? <RunBadge state={step.state} /> : run.state === 'PAUSED' && <RunBadge state="PAUSED" />}
            </span>
            {step.rejected > 0 && (
              <a href="#quarantine" className={css.rejected}>
                <Plural value={step.rejected} one="# row could not be read" other="# rows could not be read" />
              </a>
            )}
            {step.error && step.error !== run.error && (
              <p className={css.error}>
                <Said sentence={step.cause} text={step.error} />
              </p>
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** How far a pull is in all, where that is known. */
export function Whole({ run }: { run: RunPartsFragment }) {
  const { t } = useLingui()
  const format = useFormat()
  const part = run.steps.reduce((sum, s) => sum + (s.state === 'DONE' ? 1 : s.total ? Math.min(1, s.done / s.total) : 0), 0) / Math.max(1, run.steps.length)
  const left = run.steps.find((s) => s.state === 'RUNNING')?.secondsLeft
  return (
    <div className={css.whole}>
      <progress className={css.bar} value={part} max={1} aria-label={t`Progress of the pull`} />
      <span className="figures">{format.percent(Math.round(part * 100) / 100)}</span>
      {left !== null && left !== undefined && <Trans>{format.duration(left)} left</Trans>}
    </div>
  )
}
