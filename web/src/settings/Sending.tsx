import { Trans, useLingui } from '@lingui/react/macro'
import { NativeSelect, NumberInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { tell } from '../app/toasts'
import { SendingRulesChangeDocument, SendingRulesDocument, type SendingRulesQuery } from '../gql/graphql'
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
    <Panel title={<Trans>Sending rules</Trans>}>
      <p className={css.intro}>
        <Trans>They hold for all campaigns together, so that nobody is written to too often or at night.</Trans>
      </p>
      {data ? <Fields saved={data.sendingRules} /> : error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton />}
    </Panel>
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
