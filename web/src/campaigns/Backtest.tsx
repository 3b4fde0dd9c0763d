import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, NativeSelect } from '@mantine/core'
import { History } from 'lucide-react'
import { useState } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { CampaignBacktestDocument, type CampaignBacktestQuery } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { Panel } from '../ui/Panel'
import { Amount, When } from '../ui/parts'
import { Failure, Skeleton } from '../ui/states'
import css from './Campaign.module.css'
import { Refusals } from './Refusals'

type Played = NonNullable<CampaignBacktestQuery['campaign']>['backtest']

const spans = [30, 90, 365]

/** What the campaign would have done over past days. It is played when asked for: that takes some seconds. */
export function Backtest({ id, steps }: { id: string; steps: { key: string }[] }) {
  const { t } = useLingui()
  const [days, setDays] = useState(90)
  const [wanted, setWanted] = useState(0)
  const [{ data, error, fetching }, ask] = useQuery({
    query: CampaignBacktestDocument,
    variables: { id, days: wanted },
    pause: wanted === 0,
    requestPolicy: 'network-only',
  })
  const played = wanted > 0 && !fetching ? data?.campaign?.backtest : undefined
  const play = () => (wanted === days ? ask({ requestPolicy: 'network-only' }) : setWanted(days))
  return (
    <Panel
      title={<Trans>What would it have done?</Trans>}
      action={
        <span className={css.span}>
          <NativeSelect
            size="xs"
            className={css.days}
            aria-label={t`Over how many past days`}
            value={days}
            data={spans.map((n) => ({ value: String(n), label: t`${n} days` }))}
            onChange={(e) => setDays(Number(e.currentTarget.value))}
          />
          <Button variant="default" size="compact-xs" leftSection={<History size={12} aria-hidden />} loading={wanted > 0 && fetching} onClick={play}>
            <Trans>Play</Trans>
          </Button>
        </span>
      }
    >
      {wanted === 0 && (
        <p className="quiet">
          <Trans>Plays the campaign over what has happened, day by day, by the same decisions. Nothing is sent.</Trans>
        </p>
      )}
      {wanted > 0 && !played && (error && !fetching ? <Failure error={error} retry={play} /> : <Skeleton rows={4} />)}
      {played && <Found played={played} steps={steps} />}
    </Panel>
  )
}

function Found({ played, steps }: { played: Played; steps: { key: string }[] }) {
  const { t } = useLingui()
  const format = useFormat()
  const busiest = played.byDay.reduce((most, d) => (d.sends > most.sends ? d : most), { day: '', sends: 0 })
  return (
    <div className={css.preview} data-testid="backtest">
      <p className={css.answer}>
        <Plural value={played.sends} one="# message would have gone out" other="# messages would have gone out" />
      </p>
      <p className="quiet">
        <Plural value={played.people} one="# person judged" other="# people judged" />
        {' · '}
        <Trans>{format.number(played.holdout)} in the holdout</Trans>
        {busiest.sends > 0 && (
          <>
            {' · '}
            <Trans>
              at most {format.number(busiest.sends)} a day, on {format.shortDay(busiest.day)}
            </Trans>
          </>
        )}
        {played.bySteps.length > 1 &&
          played.bySteps.map((s) => (
            <span key={s.stepKey}>
              {' · '}
              <Trans>
                step {steps.findIndex((x) => x.key === s.stepKey) + 1}: {format.number(s.sends)}
              </Trans>
            </span>
          ))}
      </p>
      {played.vouchers > 0 && <Cost played={played} />}
      {played.examples.length > 0 && (
        <ul className={css.examples} aria-label={t`Some of those who would have got a message`}>
          {played.examples.map((e) => (
            <li key={`${e.profileId} ${e.stepKey} ${e.at}`}>
              <Link href={`/customers/${e.profileId}`}>{e.name || t`No name`}</Link>
              <span className={css.why}>
                <When at={e.at} /> · <Trans>step {steps.findIndex((s) => s.key === e.stepKey) + 1}</Trans>
              </span>
            </li>
          ))}
        </ul>
      )}
      <Refusals list={played.refusals} none={<Trans>Nothing speaks against anybody.</Trans>} />
      <p className={css.why}>
        <Trans>Labels, settings and the shops’ delays are taken as they are today.</Trans>
      </p>
    </div>
  )
}

/** What the vouchers could have cost: all of them used, which seldom happens. */
function Cost({ played: { vouchers, discounts, unpriced } }: { played: Played }) {
  return (
    <p>
      <Plural value={vouchers} one="# voucher" other="# vouchers" />
      {discounts.map((d, i) => (
        <span key={d.currencyCode}>
          {i === 0 ? ' · ' : ' + '}
          <Amount value={d} />
        </span>
      ))}
      {discounts.length > 0 && (
        <>
          {' '}
          <Trans>at most, if each had been used</Trans>
        </>
      )}
      {unpriced > 0 && (
        <>
          {' · '}
          <Plural value={unpriced} one="# takes off what is not known beforehand" other="# take off what is not known beforehand" />
        </>
      )}
    </p>
  )
}
