import { Plural, Trans } from '@lingui/react/macro'
import { useFormat } from '../lib/format'
import { Panel } from '../ui/Panel'
import { Conversion, MarginPerPerson, Revenue } from './Difference'
import type { Found } from './Results'
import css from './Results.module.css'

type Comparison = Found['comparison']

/** Those whom the campaign could write to against those held out. */
export function Against({ comparison, currency, days }: { comparison: Comparison; currency: string; days: number }) {
  const { leftOut } = comparison
  const pending = comparison.treated.pending + comparison.holdout.pending
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
            <Conversion
              conversion={comparison.conversion}
              pending={pending}
              more={<Trans>People order more often with the campaign.</Trans>}
              less={<Trans>People order less often with the campaign.</Trans>}
              say={({ of, against, difference, low, high }) => (
                <Trans>
                  {of} with the campaign, {against} in the holdout: a difference of {difference} percentage points, with 95 % confidence between {low} and {high}.
                </Trans>
              )}
            />
            <Revenue
              revenue={comparison.revenue}
              conversion={comparison.conversion}
              currency={currency}
              pending={pending}
              more={<Trans>A person brings more with the campaign.</Trans>}
              less={<Trans>A person brings less with the campaign.</Trans>}
              say={({ of, against, difference, low, high }) => (
                <Trans>
                  {of} with the campaign, {against} in the holdout: a difference of {difference}, with 95 % confidence between {low} and {high}. The cost of the discount is taken off already.
                </Trans>
              )}
            />
            <MarginPerPerson
              margin={comparison.margin}
              conversion={comparison.conversion}
              currency={currency}
              pending={pending}
              more={<Trans>A person leaves more with the campaign.</Trans>}
              less={<Trans>A person leaves less with the campaign.</Trans>}
              say={({ of, against, difference, low, high }) => (
                <Trans>
                  {of} with the campaign, {against} in the holdout: a difference of {difference}, with 95 % confidence between {low} and {high}. The discount, the goods and the letters are taken off
                  already.
                </Trans>
              )}
            />
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
