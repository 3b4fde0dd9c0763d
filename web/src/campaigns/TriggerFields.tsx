import { Trans, useLingui } from '@lingui/react/macro'
import { Checkbox } from '@mantine/core'
import { Panel } from '../ui/Panel'
import css from './Builder.module.css'
import { AmountInput, Choice, Count, Currency, Duration, Line } from './fields'
import { asksFor, type Draft, triggerKinds, withKind } from './plan'
import { useTriggerName } from './words'

type Shop = { id: string; name: string; currency: string }
type Props = { draft: Draft; put: (draft: Draft) => void; shops: Shop[]; currencies: string[] }

/** When: the event, and how long ago it may be. */
export function TriggerFields({ draft, put, shops, currencies }: Props) {
  const { t } = useLingui()
  const names = useTriggerName()
  const kind = (
    <Choice
      label={t`Event`}
      value={draft.kind}
      data={triggerKinds.map((value) => ({ value, label: names[value] }))}
      change={(k) => put(withKind(draft, k))}
      field="trigger.kind"
    />
  )
  return (
    <Panel title={<Trans>When</Trans>}>
      <div className={css.lines}>
        <Line fields={['trigger.kind']}>
          <Trans>When {kind}</Trans>
        </Line>
        <Parameters draft={draft} put={put} currencies={currencies} />
        {shops.length > 1 && <Shops draft={draft} put={put} shops={shops} />}
        {asksFor[draft.kind].late && (
          <Checkbox
            size="xs"
            label={t`Also follow up what happened before the start`}
            checked={draft.reachBack}
            onChange={(e) => put({ ...draft, reachBack: e.currentTarget.checked })}
          />
        )}
      </div>
    </Panel>
  )
}

function Parameters({ draft, put, currencies }: Omit<Props, 'shops'>) {
  const { t } = useLingui()
  const asks = asksFor[draft.kind]
  const age = <Duration key={draft.kind} label={t`At least ago`} minutes={draft.minAgeMinutes} change={(minAgeMinutes) => put({ ...draft, minAgeMinutes })} field="trigger.minAgeMinutes" />
  const late = <Duration key={`${draft.kind} late`} label={t`At most ago`} minutes={draft.maxAgeMinutes} change={(maxAgeMinutes) => put({ ...draft, maxAgeMinutes })} units={['hour', 'day']} field="trigger.maxAgeMinutes" />
  const days = <Count label={t`Days`} value={draft.days} max={3650} change={(n) => put({ ...draft, days: n })} field="trigger.days" />
  const amount = (
    <span className={css.pair}>
      <AmountInput label={t`Amount`} value={draft.amount} change={(v) => put({ ...draft, amount: v })} field="trigger.amount" />
      <Currency value={draft.currency} currencies={currencies} change={(currency) => put({ ...draft, currency })} field="trigger.currency" />
    </span>
  )
  return (
    <>
      {asks.age && (
        <Line fields={['trigger.minAgeMinutes']}>
          <Trans>at least {age} ago</Trans>
        </Line>
      )}
      {draft.kind === 'BEST_CUSTOMER' && (
        <Line fields={['trigger.amount', 'trigger.currency', 'trigger.days']}>
          <Trans>
            at least {amount} within {days} days
          </Trans>
        </Line>
      )}
      {draft.kind === 'INACTIVE_CUSTOMER' && (
        <Line fields={['trigger.days']}>
          <Trans>no order for {days} days</Trans>
        </Line>
      )}
      {draft.kind === 'MEMBERSHIP_ENDING' && (
        <Line fields={['trigger.days']} help={<Trans>1 to 90 days.</Trans>}>
          <Trans>written {days} days before</Trans>
        </Line>
      )}
      {draft.kind === 'BIRTHDAY' && (
        <Line fields={['trigger.days']} help={<Trans>0: on the day itself.</Trans>}>
          <Trans>written {days} days before</Trans>
        </Line>
      )}
      {draft.kind === 'ABANDONED_CART' && (
        <Line fields={['trigger.amount', 'trigger.currency']} help={<Trans>Empty: any cart.</Trans>}>
          <Trans>with at least {amount} in the cart</Trans>
        </Line>
      )}
      {asks.late && (
        <Line fields={['trigger.maxAgeMinutes']} help={<Trans>Older events are left alone; 0: any time.</Trans>}>
          <Trans>and at most {late} ago</Trans>
        </Line>
      )}
    </>
  )
}

function Shops({ draft, put, shops }: { draft: Draft; put: (draft: Draft) => void; shops: Shop[] }) {
  const { t } = useLingui()
  return (
    <Line fields={['trigger.shopIds']} help={<Trans>None chosen: of every shop.</Trans>}>
      <Checkbox.Group aria-label={t`Only of these shops`} value={draft.shopIds} onChange={(shopIds) => put({ ...draft, shopIds })}>
        <span className={css.checks}>
          <Trans>in</Trans>
          {shops.map((s) => (
            <Checkbox key={s.id} size="xs" value={s.id} label={s.name} />
          ))}
        </span>
      </Checkbox.Group>
    </Line>
  )
}
