import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { useFormat } from '../lib/format'
import { Interval } from './Interval'
import type { Found } from './Results'
import css from './Results.module.css'

type Comparison = Found['comparison']

/** A difference in words; first the group that is looked at, then the one that it is set against. */
export type Said = { of: string; against: string; difference: string; low: string; high: string }

type Words = { more: ReactNode; less: ReactNode; say: (d: Said) => ReactNode; pending: number }

/** By how much the share of people who ordered differs between two groups. */
export function Conversion({ conversion, more, less, say, pending }: Words & { conversion: Comparison['conversion'] }) {
  const { t } = useLingui()
  const format = useFormat()
  const d = conversion.difference
  const points = (share: number) => format.signed(100 * share)
  return (
    <section className={css.difference} aria-label={t`Conversion`}>
      <h3>
        <Trans>Conversion</Trans>
      </h3>
      {d ? (
        <>
          <Verdict low={d.low} high={d.high} more={more} less={less} />
          <Interval estimate={d.estimate} low={d.low} high={d.high} say={(x) => t`${points(x)} points`} />
          <p>{say({ of: format.percent(d.treated), against: format.percent(d.holdout), difference: points(d.estimate), low: points(d.low), high: points(d.high) })}</p>
        </>
      ) : (
        <NotEnough missing={conversion.missing} pending={pending} />
      )}
    </section>
  )
}

/** By how much what a person brings differs between two groups, in a currency. */
export function Revenue({ revenue, conversion, currency, ...words }: Words & Pick<Comparison, 'revenue' | 'conversion'> & { currency: string }) {
  const { t } = useLingui()
  return <Means title={t`Revenue per person`} found={revenue.find((r) => r.currency === currency)} missing={conversion.missing} currency={currency} {...words} />
}

/** By how much what a person leaves differs between two groups, over the pieces whose cost is known. */
export function MarginPerPerson({ margin, conversion, currency, ...words }: Words & Pick<Comparison, 'margin' | 'conversion'> & { currency: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const found = margin.find((r) => r.currency === currency)
  if (!found || found.pieces === 0) return null
  return (
    <Means title={t`Margin per person`} found={found} missing={conversion.missing} currency={currency} {...words}>
      <p className={css.small}>
        {found.known === 0 ? (
          <Trans>The shops tell the cost of none of the {format.number(found.pieces)} pieces.</Trans>
        ) : (
          <Trans>
            Only of the {format.number(found.known)} of {format.number(found.pieces)} pieces whose cost is known.
          </Trans>
        )}
      </p>
    </Means>
  )
}

type MeansProps = Words & {
  title: string
  found: Omit<Comparison['revenue'][number], '__typename'> | undefined
  missing: number
  currency: string
  children?: ReactNode
}

function Means({ title, found, missing, currency, more, less, say, pending, children }: MeansProps) {
  const format = useFormat()
  const d = found?.difference
  const money = (amount: string) => format.money({ amount, currencyCode: currency })
  return (
    <section className={css.difference} aria-label={title}>
      <h3>{title}</h3>
      {d ? (
        <>
          <Verdict low={Number(d.low)} high={Number(d.high)} more={more} less={less} />
          <Interval estimate={Number(d.estimate)} low={Number(d.low)} high={Number(d.high)} say={(x) => money(x.toFixed(2))} />
          <p>{say({ of: money(d.treated), against: money(d.holdout), difference: money(d.estimate), low: money(d.low), high: money(d.high) })}</p>
        </>
      ) : (
        <NotEnough missing={found?.missing ?? missing} pending={pending} />
      )}
      {children}
    </section>
  )
}

/** What the interval allows to say, and no more. */
function Verdict({ low, high, more, less }: { low: number; high: number; more: ReactNode; less: ReactNode }) {
  return <p className={css.verdict}>{low > 0 ? more : high < 0 ? less : <Trans>No difference can be told: it may as well be chance.</Trans>}</p>
}

function NotEnough({ missing, pending }: { missing: number; pending: number }) {
  const format = useFormat()
  return (
    <>
      <p className={css.verdict}>
        <Trans>Not enough data</Trans>
      </p>
      <p>
        {missing > 0 ? (
          <Plural value={missing} one="About # more person has to enter before a difference can be told." other="About # more people have to enter before a difference can be told." />
        ) : (
          <Trans>Nobody who is compared has bought in this currency.</Trans>
        )}{' '}
        {pending > 0 && <Trans>{format.number(pending)} are under way.</Trans>}
      </p>
    </>
  )
}
