import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useFormat } from '../lib/format'
import { Panel } from '../ui/Panel'
import { NotEnough, Verdict } from './Against'
import { Interval } from './Interval'
import type { Found } from './Results'
import css from './Results.module.css'

type Both = NonNullable<Found['totals']['variants']>
type Props = { variants: Both; currency: string }

/** The two variants of a step side by side, with what can be told of the difference. */
export function Variants({ number, variants, currency, days }: Props & { number: number; days: number }) {
  const { leftOut } = variants
  return (
    <Panel title={number > 0 ? <Trans>Step {number}: variant B against variant A</Trans> : <Trans>Variant B against variant A, in a step of an earlier version</Trans>}>
      <Groups variants={variants} days={days} />
      <div className={css.columns}>
        <Conversion variants={variants} />
        <Revenue variants={variants} currency={currency} />
      </div>
      {leftOut > 0 && (
        <p className={css.small}>
          <Plural value={leftOut} one="# person is not compared: variant B had another share then." other="# people are not compared: variant B had another share then." />
        </p>
      )}
    </Panel>
  )
}

function Groups({ variants: { a, b, sharePercent }, days }: { variants: Both; days: number }) {
  const format = useFormat()
  const shares = sharePercent > 0 ? [100 - sharePercent, sharePercent] : []
  return (
    <div className={css.steps}>
      <table className={css.groups}>
        <thead>
          <tr>
            <th scope="col">
              <Trans>Variant</Trans>
            </th>
            <th scope="col">
              <Trans>Sent</Trans>
            </th>
            <th scope="col">
              <Trans>Redeemed</Trans>
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
          {[a, b].map((v, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two rows
            <tr key={i}>
              <th scope="row">
                {i === 0 ? 'A' : 'B'}
                {shares.length > 0 && `, ${format.percent((shares[i] ?? 0) / 100)}`}
              </th>
              <td>{format.number(v.sent)}</td>
              <td>{format.number(v.redeemed)}</td>
              <td>{format.number(v.people)}</td>
              <td>{format.number(v.ordered)}</td>
              <td>{format.number(v.pending)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Conversion({ variants: { conversion, a, b } }: { variants: Both }) {
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
          <Verdict low={d.low} high={d.high} more={<Trans>People order more often with variant B.</Trans>} less={<Trans>People order less often with variant B.</Trans>} />
          <Interval estimate={d.estimate} low={d.low} high={d.high} say={(x) => t`${points(x)} points`} />
          <p>
            <Trans>
              {format.percent(d.treated)} with B, {format.percent(d.holdout)} with A: a difference of {points(d.estimate)} percentage points, with 95 % confidence between {points(d.low)} and{' '}
              {points(d.high)}.
            </Trans>
          </p>
        </>
      ) : (
        <NotEnough missing={conversion.missing} pending={a.pending + b.pending} />
      )}
    </section>
  )
}

function Revenue({ variants: { revenue, conversion, a, b }, currency }: Props) {
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
          <Verdict low={Number(d.low)} high={Number(d.high)} more={<Trans>A person brings more with variant B.</Trans>} less={<Trans>A person brings less with variant B.</Trans>} />
          <Interval estimate={Number(d.estimate)} low={Number(d.low)} high={Number(d.high)} say={(x) => money(x.toFixed(2))} />
          <p>
            <Trans>
              {money(d.treated)} with B, {money(d.holdout)} with A: a difference of {money(d.estimate)}, with 95 % confidence between {money(d.low)} and {money(d.high)}.
            </Trans>
          </p>
        </>
      ) : (
        <NotEnough missing={found?.missing ?? conversion.missing} pending={a.pending + b.pending} />
      )}
    </section>
  )
}
