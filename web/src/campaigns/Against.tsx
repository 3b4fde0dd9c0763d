import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { useFormat } from '../lib/format'
import { Panel } from '../ui/Panel'
import { Interval } from './Interval'
import type { Found } from './Results'
import css from './Results.module.css'

type Comparison = Found['comparison']

/** Those whom the campaign could write to against those held out. */
export function Against({ comparison, currency, days }: { comparison: Comparison; currency: string; days: number }) {
  const { leftOut } = comparison
  return (
    <Panel title={<Trans>Against the holdout</Trans>}>
      {comparison.holdoutPercent === 0 ? (
        <p className="quiet">
          <Trans>Nobody is held out of this campaign, so nobody knows what would have been bought without it. Set a holdout to find out.</Trans>
        </p>
      ) : (
        <>
          <Groups comparison={comparison} days={days} />
          <div className={css.columns}>
            <Conversion comparison={comparison} />
            <Revenue comparison={comparison} currency={currency} />
          </div>
          {leftOut > 0 && (
            <p className={css.small}>
              <Plural
                value={leftOut}
                one="# person is not compared: they entered while another share was held out, or none."
                other="# people are not compared: they entered while another share was held out, or none."
              />
            </p>
          )}
        </>
      )}
    </Panel>
  )
}

function Groups({ comparison: { treated, holdout, holdoutPercent }, days }: { comparison: Comparison; days: number }) {
  const format = useFormat()
  return (
    <table className={css.groups}>
      <thead>
        <tr>
          <th scope="col">
            <Trans>Group</Trans>
          </th>
          <th scope="col">
            <Trans>People</Trans>
          </th>
          <th scope="col">
            <Trans>of them ordered</Trans>
          </th>
          <th scope="col">
            <Trans>still within {days} days</Trans>
          </th>
        </tr>
      </thead>
      <tbody>
        {[
          { name: <Trans>With the campaign</Trans>, group: treated },
          { name: <Trans>Holdout, {holdoutPercent} %</Trans>, group: holdout },
        ].map(({ name, group }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two rows
          <tr key={i}>
            <th scope="row">{name}</th>
            <td>{format.number(group.people)}</td>
            <td>{format.number(group.ordered)}</td>
            <td>{format.number(group.pending)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Conversion({ comparison: { conversion, treated, holdout } }: { comparison: Comparison }) {
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
          <Verdict low={d.low} high={d.high} more={<Trans>People order more often with the campaign.</Trans>} less={<Trans>People order less often with the campaign.</Trans>} />
          <Interval estimate={d.estimate} low={d.low} high={d.high} say={(x) => t`${points(x)} points`} />
          <p>
            <Trans>
              {format.percent(d.treated)} with the campaign, {format.percent(d.holdout)} in the holdout: a difference of {points(d.estimate)} percentage points, with 95 % confidence between{' '}
              {points(d.low)} and {points(d.high)}.
            </Trans>
          </p>
        </>
      ) : (
        <NotEnough missing={conversion.missing} pending={treated.pending + holdout.pending} />
      )}
    </section>
  )
}

function Revenue({ comparison: { revenue, treated, holdout, conversion }, currency }: { comparison: Comparison; currency: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const found = revenue.find((r) => r.currency === currency)
  const d = found?.difference
  const money = (amount: string) => format.money({ amount, currencyCode: currency })
  return (
    <section className={css.difference} aria-label={t`Revenue per person`}>
      <h3>
        <Trans>Revenue per person</Trans>
      </h3>
      {d ? (
        <>
          <Verdict low={Number(d.low)} high={Number(d.high)} more={<Trans>A person brings more with the campaign.</Trans>} less={<Trans>A person brings less with the campaign.</Trans>} />
          <Interval estimate={Number(d.estimate)} low={Number(d.low)} high={Number(d.high)} say={(x) => money(x.toFixed(2))} />
          <p>
            <Trans>
              {money(d.treated)} with the campaign, {money(d.holdout)} in the holdout: a difference of {money(d.estimate)}, with 95 % confidence between {money(d.low)} and {money(d.high)}.
              The cost of the discount is taken off already.
            </Trans>
          </p>
        </>
      ) : (
        <NotEnough missing={found?.missing ?? conversion.missing} pending={treated.pending + holdout.pending} />
      )}
    </section>
  )
}

/** What the interval allows to say, and no more. */
export function Verdict({ low, high, more, less }: { low: number; high: number; more: ReactNode; less: ReactNode }) {
  return <p className={css.verdict}>{low > 0 ? more : high < 0 ? less : <Trans>No difference can be told: it may as well be chance.</Trans>}</p>
}

export function NotEnough({ missing, pending }: { missing: number; pending: number }) {
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
