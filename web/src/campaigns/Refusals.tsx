import { useLingui } from '@lingui/react'
import type { ReactNode } from 'react'
import type { Reason, Verdict } from '../gql/graphql'
import { useFormat } from '../lib/format'
import css from './Campaign.module.css'
import { reasons } from './reasons'
import { useVerdictName } from './words'

type Count = { verdict: Verdict; reason: Reason; count: number }

/** Reasons with how often each was one, most first, and what each means. */
export function Refusals({ list, none }: { list: Count[]; none: ReactNode }) {
  const format = useFormat()
  const verdicts = useVerdictName()
  if (list.length === 0) return <p className="quiet">{none}</p>
  const most = [...list].sort((a, b) => b.count - a.count)
  return (
    <ul className={css.reasons}>
      {most.map((r) => (
        <li key={`${r.verdict} ${r.reason}`}>
          <ReasonText reason={r.reason} before={verdicts[r.verdict]} />
          <span className="figures">{format.number(r.count)}</span>
        </li>
      ))}
    </ul>
  )
}

/** A reason, and below it what that means. */
export function ReasonText({ reason, before }: { reason: Reason; before?: string }) {
  const { i18n } = useLingui()
  return (
    <span className={css.reason}>
      <span>
        {before && <span className="quiet">{before} · </span>}
        {i18n._(reasons[reason].name)}
      </span>
      <span className={css.why}>{i18n._(reasons[reason].why)}</span>
    </span>
  )
}
