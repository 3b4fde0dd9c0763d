import { plural } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Ban, Check, CircleDashed, CircleDot, CircleHelp, Clock, FileText, Hand, Mail, MailX, Pause, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useConsentNames } from '../customers/conditions'
import type { CampaignState, EventFragment, LegalBasis, ConsentChannel, HandKind, MessageVariant, SendState, TriggerKind, Verdict, VoucherKind } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { Badge, type Tone } from '../ui/parts'
import css from './Campaign.module.css'
import { splitMinutes } from './durations'
import { sendsOf } from './sends'

type Look = { tone: Tone; icon: ReactNode; word: ReactNode }

const campaignLooks: Record<CampaignState, Look> = {
  DRAFT: { tone: 'grey', icon: <CircleDashed size={12} aria-hidden />, word: <Trans>draft</Trans> },
  RUNNING: { tone: 'green', icon: <CircleDot size={12} aria-hidden />, word: <Trans>running</Trans> },
  PAUSED: { tone: 'amber', icon: <Pause size={12} aria-hidden />, word: <Trans>paused</Trans> },
  ENDED: { tone: 'grey', icon: <Check size={12} aria-hidden />, word: <Trans>ended</Trans> },
}

export function CampaignBadge({ state }: { state: CampaignState }) {
  const { tone, icon, word } = campaignLooks[state]
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  )
}

const sendLooks: Record<SendState, { tone: Tone; icon: ReactNode }> = {
  HELD: { tone: 'amber', icon: <Hand size={12} aria-hidden /> },
  DUE: { tone: 'teal', icon: <Clock size={12} aria-hidden /> },
  SENDING: { tone: 'teal', icon: <CircleDot size={12} aria-hidden /> },
  SENT: { tone: 'green', icon: <Check size={12} aria-hidden /> },
  REFUSED: { tone: 'grey', icon: <Ban size={12} aria-hidden /> },
  EXPIRED: { tone: 'amber', icon: <Clock size={12} aria-hidden /> },
  FAILED: { tone: 'red', icon: <TriangleAlert size={12} aria-hidden /> },
  BOUNCED: { tone: 'red', icon: <MailX size={12} aria-hidden /> },
  UNCERTAIN: { tone: 'amber', icon: <CircleHelp size={12} aria-hidden /> },
  HANDED: { tone: 'green', icon: <Check size={12} aria-hidden /> },
}

export const sendStates = Object.keys(sendLooks) as SendState[]

export function useSendStateName(): Record<SendState, string> {
  const { t } = useLingui()
  return {
    HELD: t`waits for approval`,
    DUE: t`due`,
    SENDING: t`being sent`,
    SENT: t`sent`,
    REFUSED: t`not sent`,
    EXPIRED: t`too late`,
    FAILED: t({ context: 'message', message: 'failed' }),
    BOUNCED: t`bounced`,
    UNCERTAIN: t`uncertain`,
    HANDED: t`made`,
  }
}

/** What somebody did by hand. */
export function useHandName(): Record<HandKind, string> {
  const { t } = useLingui()
  return { GOODWILL: t`Voucher given`, GOODWILL_MAIL: t`Voucher given, by e-mail`, RESEND: t`E-mail sent once more` }
}

export function SendBadge({ state }: { state: SendState }) {
  const names = useSendStateName()
  return <Badge {...sendLooks[state]}>{names[state]}</Badge>
}

export function useVerdictName(): Record<Verdict, string> {
  const { t } = useLingui()
  return { SEND: t`Would be sent`, REFUSE: t`Not sent`, WAIT: t`Not yet`, EXPIRE: t`Too late`, ACT: t`A label or a task` }
}

export function ChannelMark({ channel }: { channel: ConsentChannel }) {
  const name = useConsentNames().channels[channel]
  const Icon = channel === 'LETTER' ? FileText : Mail
  return <Icon size={13} role="img" aria-label={name} className={css.channel} />
}

/** Which variant of its step a message is, after the step. */
export function VariantName({ variant }: { variant: MessageVariant }) {
  return (
    <>
      , <Trans>variant {variant}</Trans>
    </>
  )
}

export function useBasisName(): Record<LegalBasis, string> {
  const { t } = useLingui()
  return { CONSENT: t`consent`, EXISTING_CUSTOMER: t`existing customer`, BUSINESS: t`business`, LEGITIMATE_INTEREST: t`legitimate interest` }
}

export function useTriggerName(): Record<TriggerKind, string> {
  const { t } = useLingui()
  return {
    ABANDONED_CART: t`a cart rests without an order`,
    ORDER_PLACED: t`an order was placed`,
    CART_RECOVERED: t`an abandoned cart became an order`,
    LETTER_SCANNED: t`a letter was scanned`,
    BEST_CUSTOMER: t`somebody spent much`,
    INACTIVE_CUSTOMER: t`somebody has not ordered for long`,
    BIRTHDAY: t`it is somebody’s birthday`,
    GROUP_JOINED: t`somebody joined a customer group`,
    MEMBERSHIP_ENDING: t`a membership ends soon`,
    ONE_TIME: t`the campaign starts, once`,
  }
}

/** A time in the greatest unit in which it is whole: "4 hours". */
export function useDuration(): (minutes: number) => string {
  const format = useFormat()
  return (minutes) => {
    const [value, unit] = splitMinutes(minutes)
    return new Intl.NumberFormat(format.locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value)
  }
}

/** The event of a campaign in words. */
export function EventText({ campaign: { trigger } }: { campaign: EventFragment }) {
  const format = useFormat()
  const duration = useDuration()
  const age = duration(trigger.minAgeMinutes)
  switch (trigger.kind) {
    case 'ABANDONED_CART':
      return <Trans>A cart rests {age} without an order</Trans>
    case 'ORDER_PLACED':
      return trigger.minAgeMinutes > 0 ? <Trans>An order is {age} old</Trans> : <Trans>An order was placed</Trans>
    case 'CART_RECOVERED':
      return trigger.minAgeMinutes > 0 ? <Trans>The order from an abandoned cart is {age} old</Trans> : <Trans>An abandoned cart became an order</Trans>
    case 'BEST_CUSTOMER': {
      const amount = format.money({ amount: trigger.amount, currencyCode: trigger.currency })
      return <Plural value={trigger.days} one={`Somebody spent ${amount} within # day`} other={`Somebody spent ${amount} within # days`} />
    }
    case 'INACTIVE_CUSTOMER':
      return <Plural value={trigger.days} one="Somebody has not ordered for # day" other="Somebody has not ordered for # days" />
    case 'BIRTHDAY':
      return <Plural value={trigger.days} _0="It is somebody’s birthday" one="# day before somebody’s birthday" other="# days before somebody’s birthday" />
    case 'LETTER_SCANNED':
      return trigger.minAgeMinutes > 0 ? <Trans>A letter was scanned {age} ago, without an order since</Trans> : <Trans>A letter was scanned, without an order since</Trans>
    case 'GROUP_JOINED':
      return trigger.minAgeMinutes > 0 ? <Trans>Somebody joined a customer group {age} ago</Trans> : <Trans>Somebody joined a customer group</Trans>
    case 'MEMBERSHIP_ENDING':
      return <Plural value={trigger.days} one="A membership ends in # day" other="A membership ends in # days" />
    case 'ONE_TIME':
      return <Trans>Everybody of the audience, once</Trans>
  }
}

type Offer = { kind: VoucherKind; value: string; currency: string }

/** What a voucher takes off: "10 %". */
export function useOffer(): (offer: Offer) => string {
  const { t } = useLingui()
  const format = useFormat()
  return ({ kind, value, currency }) => {
    switch (kind) {
      case 'PERCENT':
        return format.percent(Number(value) / 100)
      case 'AMOUNT':
        return format.money({ amount: value, currencyCode: currency })
      case 'FREE_SHIPPING':
        return t`free shipping`
    }
  }
}

/** A step in words. */
export function useStepText(): (step: { afterMinutes: number; label?: string | null; task?: { title: string } | null; voucher: (Offer & { validDays: number }) | null; email: unknown[]; letter: unknown[] }) => string {
  const { t } = useLingui()
  const duration = useDuration()
  const offer = useOffer()
  return (step) => {
    const { afterMinutes, voucher, label, task } = step
    const sent = { email: t`An e-mail`, letter: t`A letter`, both: t`An e-mail, or a letter where e-mail is not allowed` }[sendsOf(step)]
    const message = voucher ? t`${sent}, with a voucher: ${offer(voucher)}, ${plural(voucher.validDays, { one: 'good for # day', other: 'good for # days' })}` : sent
    const what = label ? t`The label ${label}` : task ? t`A task: ${task.title}` : message
    return afterMinutes > 0 ? t`${what}; waits ${duration(afterMinutes)}` : what
  }
}
