import { Trans, useLingui } from '@lingui/react/macro'
import { NativeSelect, NumberInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { tell } from '../app/toasts'
import { GoodwillLimitsChangeDocument, GoodwillLimitsDocument, type GoodwillLimitsQuery, SendingRulesChangeDocument, SendingRulesDocument, type SendingRulesQuery } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { Form, refusalOf } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Failure, Skeleton } from '../ui/states'
import css from './Settings.module.css'

type Rules = Omit<SendingRulesQuery['sendingRules'], '__typename'>

/** The rules for all campaigns together. */
export default function Sending() {
  const [{ data, error, fetching }, ask] = useQuery({ query: SendingRulesDocument, requestPolicy: 'network-only' })
  return (
    <>
      <Panel title={<Trans>Sending rules</Trans>}>
        <p className={css.intro}>
          <Trans>They hold for all campaigns together, so that nobody is written to too often or at night.</Trans>
        </p>
        {data ? <Fields saved={data.sendingRules} /> : error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton />}
      </Panel>
      <Goodwill />
    </>
  )
}

function Fields({ saved }: { saved: Rules }) {
  const { t } = useLingui()
  const [rules, setRules] = useState<Rules>(saved)
  const [, change] = useMutation(SendingRulesChangeDocument)
  return (
    <Form
      fields={Object.keys(saved)}
      save={<Trans>Save</Trans>}
      submit={async () => {
        const { capCount, capDays, gapHours, householdCap, householdVouchers, quietFrom, quietUntil } = rules
        const { data, error } = await change({ input: { capCount, capDays, gapHours, householdCap, householdVouchers, quietFrom, quietUntil } })
        const refusal = refusalOf(data?.sendingRulesChange, error)
        if (!refusal) tell(<Trans>Saved.</Trans>)
        return refusal
      }}
    >
      {(errorOf) => {
        const number = (key: keyof Rules, max: number) => ({
          value: rules[key],
          error: errorOf(key),
          required: true,
          hideControls: true,
          min: 0,
          max,
          allowDecimal: false,
          allowNegative: false,
          onChange: (v: string | number) => setRules({ ...rules, [key]: Number(v) }),
        })
        const hour = (key: 'quietFrom' | 'quietUntil') => ({ value: String(rules[key]), error: errorOf(key), onChange: (e: { currentTarget: { value: string } }) => setRules({ ...rules, [key]: Number(e.currentTarget.value) }) })
        return (
          <>
            <div className={css.pair}>
              <NumberInput label={t`Messages to one person at most`} {...number('capCount', 100)} />
              <NumberInput label={t`within days`} {...number('capDays', 365)} />
            </div>
            <NumberInput label={t`Hours between two messages at least`} description={t`To one person, of whatever campaign: 0 to 720.`} {...number('gapHours', 720)} />
            <div className={css.pair}>
              <NumberInput label={t`Messages to one household at most`} description={t`In the same days. 0: no limit.`} {...number('householdCap', 100)} />
              <NumberInput label={t`Open vouchers in one household`} description={t`0: no limit.`} {...number('householdVouchers', 100)} />
            </div>
            <p className="quiet">
              <Trans>A household is the same full address and the same family name.</Trans>
            </p>
            <div className={css.pair}>
              <Hours label={t`Quiet from`} {...hour('quietFrom')} />
              <Hours label={t`Quiet until`} {...hour('quietUntil')} />
            </div>
            <p className="quiet">
              <Trans>Where the recipient lives. Sundays and public holidays are quiet all day.</Trans>
            </p>
          </>
        )
      }}
    </Form>
  )
}

function Hours({ label, ...field }: { label: string; value: string; error: React.ReactNode; onChange: (e: { currentTarget: { value: string } }) => void }) {
  const format = useFormat()
  const clock = new Intl.DateTimeFormat(format.locale, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' })
  return <NativeSelect label={label} data={Array.from({ length: 24 }, (_, h) => ({ value: String(h), label: clock.format(Date.UTC(2000, 0, 1, h)) }))} {...field} />
}

/** What clerks may give away on the phone. */
function Goodwill() {
  const [{ data, error, fetching }, ask] = useQuery({ query: GoodwillLimitsDocument, requestPolicy: 'network-only' })
  return (
    <Panel title={<Trans>Vouchers by hand</Trans>}>
      <p className={css.intro}>
        <Trans>
          What one voucher may be worth that is given from the customer’s card, and how far ahead the end of a voucher may be set.
        </Trans>
      </p>
      {data ? (
        <GoodwillFields saved={data.goodwillLimits} />
      ) : error && !fetching ? (
        <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} />
      ) : (
        <Skeleton />
      )}
    </Panel>
  )
}

function GoodwillFields({ saved }: { saved: GoodwillLimitsQuery['goodwillLimits'] }) {
  const { t } = useLingui()
  const [limits, setLimits] = useState(saved)
  const [, change] = useMutation(GoodwillLimitsChangeDocument)
  return (
    <Form
      fields={['percent', 'amount', 'days', 'each']}
      save={<Trans>Save</Trans>}
      submit={async () => {
        const { data, error } = await change({
          input: { percent: String(limits.percent || 0), amount: String(limits.amount || 0), days: limits.days, each: limits.each },
        })
        const refusal = refusalOf(data?.goodwillLimitsChange, error)
        if (!refusal) tell(<Trans>Saved.</Trans>)
        return refusal
      }}
    >
      {(errorOf) => (
        <>
          <div className={css.pair}>
            <NumberInput
              label={t`Percent at most`}
              description={t`0: no percentages.`}
              required
              hideControls
              min={0}
              max={100}
              decimalScale={2}
              allowNegative={false}
              value={limits.percent}
              error={errorOf('percent')}
              onChange={(v) => setLimits({ ...limits, percent: String(v) })}
            />
            <NumberInput
              label={t`Amount at most`}
              description={t`In the currency of the shop. 0: no amounts.`}
              required
              hideControls
              min={0}
              decimalScale={2}
              allowNegative={false}
              value={limits.amount}
              error={errorOf('amount')}
              onChange={(v) => setLimits({ ...limits, amount: String(v) })}
            />
          </div>
          <NumberInput
            label={t`Good for days at most`}
            description={t`From today: 1 to 365.`}
            required
            hideControls
            min={1}
            max={365}
            allowDecimal={false}
            value={limits.days}
            error={errorOf('days')}
            onChange={(v) => setLimits({ ...limits, days: Number(v) })}
          />
          <NumberInput
            label={t`To one person within 30 days at most`}
            description={t`0: no limit.`}
            required
            hideControls
            min={0}
            max={100}
            allowDecimal={false}
            value={limits.each}
            error={errorOf('each')}
            onChange={(v) => setLimits({ ...limits, each: Number(v) })}
          />
        </>
      )}
    </Form>
  )
}
