import { Plural, Trans } from '@lingui/react/macro'
import { useFormat } from '../lib/format'
import { Panel } from '../ui/Panel'
import { Conversion, MarginPerPerson, Revenue } from './Difference'
import type { Found } from './Results'
import css from './Results.module.css'

type Both = NonNullable<Found['totals']['variants']>

/** The two variants of a step side by side, with what can be told of the difference. */
export function Variants({ number, variants, currency, days }: { number: number; variants: Both; currency: string; days: number }) {
  const { leftOut } = variants
  const pending = variants.a.pending + variants.b.pending
  return (
    <Panel title={number > 0 ? <Trans>Step {number}: variant B against variant A</Trans> : <Trans>Variant B against variant A, in a step of an earlier version</Trans>}>
      <Groups variants={variants} days={days} />
      <div className={css.columns}>
        <Conversion
          conversion={variants.conversion}
          pending={pending}
          more={<Trans>People order more often with variant B.</Trans>}
          less={<Trans>People order less often with variant B.</Trans>}
          say={({ of, against, difference, low, high }) => (
            <Trans>
              {of} with B, {against} with A: a difference of {difference} percentage points, with 95 % confidence between {low} and {high}.
            </Trans>
          )}
        />
        <Revenue
          revenue={variants.revenue}
          conversion={variants.conversion}
          currency={currency}
          pending={pending}
          more={<Trans>A person brings more with variant B.</Trans>}
          less={<Trans>A person brings less with variant B.</Trans>}
          say={({ of, against, difference, low, high }) => (
            <Trans>
              {of} with B, {against} with A: a difference of {difference}, with 95 % confidence between {low} and {high}.
            </Trans>
          )}
        />
        <MarginPerPerson
          margin={variants.margin}
          conversion={variants.conversion}
          currency={currency}
          pending={pending}
          more={<Trans>A person leaves more with variant B.</Trans>}
          less={<Trans>A person leaves less with variant B.</Trans>}
          say={({ of, against, difference, low, high }) => (
            <Trans>
              {of} with B, {against} with A: a difference of {difference}, with 95 % confidence between {low} and {high}.
            </Trans>
          )}
        />
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
