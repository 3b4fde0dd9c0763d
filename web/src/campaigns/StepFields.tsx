import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core'
import { ArrowDown, ArrowUp, Plus, Split, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { VoucherKind } from '../gql/graphql'
import { Panel } from '../ui/Panel'
import css from './Builder.module.css'
import { AmountInput, Choice, Count, Currency, Duration, Line, useRefused } from './fields'
import { LetterFields } from './LetterFields'
import { PreferenceFields } from './PreferenceFields'
import { NoteFields } from './NoteFields'
import { type Draft, emptyOffer, emptyStep, type MessageDraft, type Notes, type OfferDraft, type StepDraft, variantOf } from './plan'
import type { Sends } from './sends'
import { TextFields } from './TextFields'

type Props = { draft: Draft; put: (draft: Draft) => void; currencies: string[] }

/** What is sent, in order. A step keeps its key for good, wherever it moves. */
export function StepFields({ draft, put, currencies }: Props) {
  const { steps } = draft
  const set = (next: StepDraft[]) => put({ ...draft, steps: next })
  function move(from: number, to: number) {
    const next = [...steps]
    next.splice(to, 0, ...next.splice(from, 1))
    set(next)
  }
  return (
    <>
      {steps.map((step, i) => (
        <StepPanel
          key={step.key}
          {...{ draft, step, currencies, at: i }}
          put={(s) => set(steps.map((old, j) => (j === i ? s : old)))}
          remove={() => set(steps.filter((_, j) => j !== i))}
          move={(by) => move(i, i + by)}
        />
      ))}
      <div>
        <Button variant="default" leftSection={<Plus size={14} aria-hidden />} disabled={steps.length >= 10} onClick={() => set([...steps, emptyStep(steps)])}>
          <Trans>Add a step</Trans>
        </Button>
      </div>
    </>
  )
}

type StepProps = { draft: Draft; step: StepDraft; at: number; currencies: string[]; put: (step: StepDraft) => void; remove: () => void; move: (by: number) => void }

function StepPanel({ draft, step, at, currencies, put, remove, move }: StepProps) {
  const { t } = useLingui()
  const number = at + 1
  const last = draft.steps.length - 1
  const titles: Record<Sends | Notes, ReactNode> = {
    email: <Trans>Step {number}: send an e-mail</Trans>,
    letter: <Trans>Step {number}: send a letter</Trans>,
    both: <Trans>Step {number}: send an e-mail or a letter</Trans>,
    label: <Trans>Step {number}: put a label</Trans>,
    task: <Trans>Step {number}: set a task</Trans>,
  }
  const what = (
    <Choice
      label={t`What step ${number} does`}
      value={step.notes ?? step.sends}
      data={[...useSendsChoices(), { value: 'label', label: t`a label on the person` }, { value: 'task', label: t`a task for your team` }]}
      change={(does: Sends | Notes) => put(does === 'label' || does === 'task' ? { ...step, notes: does } : { ...step, notes: null, sends: does })}
    />
  )
  const wait = <Duration label={t`Wait of step ${number}`} minutes={step.afterMinutes} change={(afterMinutes) => put({ ...step, afterMinutes })} field={`steps.${at}.afterMinutes`} />
  return (
    <Panel
      title={titles[step.notes ?? step.sends]}
      action={
        <span className={css.pair}>
          <ActionIcon aria-label={t`Move step ${number} up`} disabled={at === 0} onClick={() => move(-1)}>
            <ArrowUp size={14} aria-hidden />
          </ActionIcon>
          <ActionIcon aria-label={t`Move step ${number} down`} disabled={at === last} onClick={() => move(1)}>
            <ArrowDown size={14} aria-hidden />
          </ActionIcon>
          <ActionIcon aria-label={t`Remove step ${number}`} disabled={last === 0} onClick={remove}>
            <Trash2 size={14} aria-hidden />
          </ActionIcon>
        </span>
      }
    >
      <div className={css.lines}>
        <Line fields={[`steps.${at}.afterMinutes`, `steps.${at}.key`]}>
          {at === 0 ? (
            <Trans>
              {wait} after entering: {what}
            </Trans>
          ) : (
            <Trans>
              {wait} after the step before: {what}
            </Trans>
          )}
        </Line>
        {step.notes ? (
          <NoteFields {...{ step, at, put }} />
        ) : (
          <MessageFields {...{ draft, currencies }} message={step} at={`steps.${at}`} put={(message) => put({ ...step, ...message })} />
        )}
        {!step.notes && <PreferenceFields {...{ step, at, put }} />}
        {!step.notes && step.variantB && <VariantFields {...{ draft, step, currencies, at, put }} />}
        {!step.notes && !step.variantB && (
          <div>
            <Button variant="default" size="compact-sm" leftSection={<Split size={14} aria-hidden />} onClick={() => put({ ...step, variantB: variantOf(step) })}>
              <Trans>Try a variant B</Trans>
            </Button>
          </div>
        )}
      </div>
    </Panel>
  )
}

/** An e-mail, a letter, or whichever is allowed. */
function useSendsChoices(): { value: Sends; label: string }[] {
  const { t } = useLingui()
  return [
    { value: 'email', label: t`an e-mail` },
    { value: 'letter', label: t`a letter` },
    { value: 'both', label: t`an e-mail, or a letter where e-mail is not allowed` },
  ]
}

/** What some get instead, to see which does better. */
function VariantFields({ draft, step, at, currencies, put }: Omit<StepProps, 'remove' | 'move'>) {
  const { t } = useLingui()
  const choices = useSendsChoices()
  const b = step.variantB
  if (!b) return null
  const number = at + 1
  const what = <Choice label={t`What variant B of step ${number} sends`} value={b.sends} data={choices} change={(sends: Sends) => put({ ...step, variantB: { ...b, sends } })} />
  const share = <Count label={t`Share of variant B in percent`} value={b.sharePercent} max={99} change={(sharePercent) => put({ ...step, variantB: { ...b, sharePercent } })} field={`steps.${at}.variantB.sharePercent`} />
  return (
    <section className={css.variant} aria-label={t`Variant B of step ${number}`}>
      <div className={css.variantHead}>
        <h3>
          <Trans>Variant B</Trans>
        </h3>
        <ActionIcon aria-label={t`Remove variant B of step ${number}`} onClick={() => put({ ...step, variantB: null })}>
          <Trash2 size={14} aria-hidden />
        </ActionIcon>
      </div>
      <Line fields={[`steps.${at}.variantB.sharePercent`]} help={<Trans>Who gets it is drawn once per person and stays. The results show which does better.</Trans>}>
        <Trans>
          {share} percent of the people get {what} instead
        </Trans>
      </Line>
      <MessageFields {...{ draft, currencies }} message={b} at={`steps.${at}.variantB`} put={(message) => put({ ...step, variantB: { ...b, ...message } })} />
    </section>
  )
}

type MessageProps = { draft: Draft; message: MessageDraft; at: string; currencies: string[]; put: (message: Partial<MessageDraft>) => void }

function MessageFields({ draft, message, at, currencies, put }: MessageProps) {
  const { t } = useLingui()
  return (
    <>
      <Checkbox
        size="xs"
        label={t`with a voucher of each recipient’s own`}
        checked={message.voucher !== null}
        onChange={(e) => put({ voucher: e.currentTarget.checked ? emptyOffer(draft.currency) : null })}
      />
      {message.voucher && <OfferFields offer={message.voucher} at={`${at}.voucher`} currencies={currencies} put={(voucher) => put({ voucher })} />}
      {message.sends === 'both' && (
        <h3 className={css.heading}>
          <Trans>The e-mail</Trans>
        </h3>
      )}
      {message.sends !== 'letter' && <TextFields step={message} at={`${at}.email`} cart={draft.kind === 'ABANDONED_CART'} put={(email) => put({ email })} />}
      {message.sends === 'both' && (
        <h3 className={css.heading}>
          <Trans>The letter</Trans>
        </h3>
      )}
      {message.sends !== 'email' && <LetterFields {...{ draft, message }} at={`${at}.letter`} put={(letter) => put({ letter })} />}
    </>
  )
}

type OfferProps = { offer: OfferDraft; at: string; currencies: string[]; put: (offer: OfferDraft) => void }

function OfferFields({ offer, at, currencies, put }: OfferProps) {
  const { t } = useLingui()
  const kinds: { value: VoucherKind; label: string }[] = [
    { value: 'PERCENT', label: t`percent off` },
    { value: 'AMOUNT', label: t`an amount off` },
    { value: 'FREE_SHIPPING', label: t`free shipping` },
  ]
  const value = (
    <span className={css.pair}>
      {offer.kind !== 'FREE_SHIPPING' && (
        <AmountInput label={t`Value of the voucher`} value={offer.value} change={(v) => put({ ...offer, value: v })} suffix={offer.kind === 'PERCENT' ? ' %' : undefined} field={`${at}.value`} />
      )}
      {offer.kind === 'AMOUNT' && <Currency value={offer.currency} currencies={currencies} change={(currency) => put({ ...offer, currency })} field={`${at}.currency`} />}
      <Choice label={t`Kind of voucher`} value={offer.kind} data={kinds} change={(kind) => put({ ...offer, kind })} field={`${at}.kind`} />
    </span>
  )
  const days = <Count label={t`Days that the voucher is good for`} value={offer.validDays} max={9999} change={(validDays) => put({ ...offer, validDays })} field={`${at}.validDays`} />
  const minimum = (
    <span className={css.pair}>
      <AmountInput label={t`Minimum order`} value={offer.minimum} change={(v) => put({ ...offer, minimum: v })} field={`${at}.minimum`} />
      {offer.kind !== 'AMOUNT' && <Currency value={offer.currency} currencies={currencies} change={(currency) => put({ ...offer, currency })} />}
    </span>
  )
  return (
    <div className={css.offer}>
      <Line fields={[`${at}.value`, `${at}.kind`, `${at}.currency`, `${at}.validDays`]}>
        <Trans>
          {value} good for {days} days
        </Trans>
      </Line>
      <Line fields={[`${at}.minimum`]} help={<Trans>Empty: any order.</Trans>}>
        <Trans>for orders of at least {minimum}</Trans>
      </Line>
      <Prefix value={offer.prefix} put={(prefix) => put({ ...offer, prefix })} field={`${at}.prefix`} />
    </div>
  )
}

function Prefix({ value, put, field }: { value: string; put: (v: string) => void; field: string }) {
  const { t } = useLingui()
  const refused = useRefused(field)
  const prefix = <TextInput size="xs" className={css.prefix} aria-label={t`Beginning of the codes`} maxLength={20} value={value} error={refused !== null} onChange={(e) => put(e.currentTarget.value.toUpperCase())} />
  return (
    <Line fields={[field]}>
      <Trans>with codes that begin with {prefix}</Trans>
    </Line>
  )
}
