import type { CampaignInput, CampaignOfferInput, PlanFragment, ReentryPolicy, TriggerKind, VoucherKind } from '../gql/graphql'
import { isZero } from '../lib/decimal'
import { type Filter, filterInput } from '../lib/filter'
import { fromInput } from '../lib/filterBack'
import { type Sends, sendsOf } from './sends'

/** A campaign as it stands in the builder. Amounts are kept as they are typed. */
export type Draft = {
  name: string
  kind: TriggerKind
  shopIds: string[]
  minAgeMinutes: number
  maxAgeMinutes: number
  days: number
  amount: string
  currency: string
  audience: 'everybody' | 'segment' | 'filter'
  segmentId: string
  filter: Filter
  /** A filter that the bar cannot show; it is kept until another is chosen. */
  foreign: object | null
  reentry: ReentryPolicy
  reentryDays: number
  holdoutPercent: number
  steps: StepDraft[]
  expiresAfterMinutes: number
  dailyBudget: number
  totalBudget: number
  approveFirst: number
  endsAt: string
  reachBack: boolean
  balancingTest: string
  letterProspects: boolean
  dailyLetterCost: string
  totalLetterCost: string
  letterCostCurrency: string
}
/** What is sent: by e-mail, letter or both, the texts by language, and a voucher or none. Texts that are not sent are kept while one edits. */
export type MessageDraft = { sends: Sends; voucher: OfferDraft | null; email: Record<string, TextDraft>; letter: Record<string, LetterDraft> }
/** Instead of a message a step may note something about the person. What it would write is kept while one edits. */
export type StepDraft = MessageDraft & { key: string; afterMinutes: number; variantB: VariantDraft | null; notes: Notes | null; label: string; task: TaskDraft; emailPreference: string; letterPreference: string }
export type Notes = 'label' | 'task'
export type TaskDraft = { title: string; dueInDays: number; assigneeId: string }
export type VariantDraft = MessageDraft & { sharePercent: number }
export type OfferDraft = { kind: VoucherKind; value: string; minimum: string; currency: string; validDays: number; prefix: string }
export type TextDraft = { subject: string; preheader: string; body: string }
export type LetterDraft = { subject: string; body: string; closing: string }

export const triggerKinds: TriggerKind[] = ['ABANDONED_CART', 'ORDER_PLACED', 'CART_RECOVERED', 'BEST_CUSTOMER', 'INACTIVE_CUSTOMER', 'BIRTHDAY', 'LETTER_SCANNED', 'GROUP_JOINED', 'MEMBERSHIP_ENDING', 'ONE_TIME']
export const textLanguages = ['en', 'fr', 'de']
export const noText: TextDraft = { subject: '', preheader: '', body: '' }
const noTask: TaskDraft = { title: '', dueInDays: 0, assigneeId: '' }
export const noLetter: LetterDraft = { subject: '', body: '', closing: '' }

/** What counts for a kind of event; the rest is not asked for. */
export const asksFor: Record<TriggerKind, { age?: boolean; days?: boolean; amount?: boolean; late?: boolean; perObject?: boolean }> = {
  ABANDONED_CART: { age: true, amount: true, late: true, perObject: true },
  ORDER_PLACED: { age: true, late: true, perObject: true },
  CART_RECOVERED: { age: true, late: true, perObject: true },
  BEST_CUSTOMER: { days: true, amount: true, late: true },
  INACTIVE_CUSTOMER: { days: true, late: true },
  BIRTHDAY: { days: true, late: true, perObject: true },
  LETTER_SCANNED: { age: true, late: true, perObject: true },
  GROUP_JOINED: { age: true, late: true, perObject: true },
  MEMBERSHIP_ENDING: { days: true, late: true, perObject: true },
  ONE_TIME: {},
}

const day = 1440
/** What the fields begin with when a kind of event is chosen. */
const usual: Record<TriggerKind, Partial<Draft>> = {
  ABANDONED_CART: { minAgeMinutes: 240, maxAgeMinutes: 7 * day, reentry: 'PER_OBJECT' },
  ORDER_PLACED: { minAgeMinutes: 30 * day, maxAgeMinutes: 45 * day, reentry: 'PER_OBJECT' },
  CART_RECOVERED: { minAgeMinutes: 21 * day, maxAgeMinutes: 40 * day, reentry: 'ONCE' },
  BEST_CUSTOMER: { days: 90, amount: '300', maxAgeMinutes: 60 * day, reentry: 'EVERY_N_DAYS', reentryDays: 365 },
  INACTIVE_CUSTOMER: { days: 180, maxAgeMinutes: 60 * day, reentry: 'EVERY_N_DAYS', reentryDays: 365 },
  BIRTHDAY: { maxAgeMinutes: 3 * day, reentry: 'PER_OBJECT' },
  LETTER_SCANNED: { minAgeMinutes: 3 * day, maxAgeMinutes: 21 * day, reentry: 'PER_OBJECT' },
  GROUP_JOINED: { maxAgeMinutes: 14 * day, reentry: 'PER_OBJECT' },
  MEMBERSHIP_ENDING: { days: 14, maxAgeMinutes: 7 * day, reentry: 'PER_OBJECT' },
  ONE_TIME: { reentry: 'ONCE' },
}

export function withKind(draft: Draft, kind: TriggerKind): Draft {
  return { ...draft, minAgeMinutes: 0, maxAgeMinutes: 0, days: 0, amount: '', ...usual[kind], kind }
}

/** A name for a step that none of the others has. What was sent under a name is not sent again. */
export function newKey(steps: StepDraft[]): string {
  for (;;) {
    const key = `step-${Math.random().toString(36).slice(2, 8)}`
    if (!steps.some((s) => s.key === key)) return key
  }
}

export const emptyOffer = (currency: string): OfferDraft => ({ kind: 'PERCENT', value: '10', minimum: '', currency, validDays: 30, prefix: '' })

export function emptyStep(steps: StepDraft[]): StepDraft {
  return { key: newKey(steps), afterMinutes: steps.length > 0 ? 2 * day : 0, sends: 'email', voucher: null, email: {}, letter: {}, variantB: null, notes: null, label: '', task: noTask, emailPreference: '', letterPreference: '' }
}

/** A second variant begins as a copy of the first, for half of the people. */
export const variantOf = ({ sends, voucher, email, letter }: StepDraft): VariantDraft => ({ sharePercent: 50, sends, voucher, email, letter })

export function emptyDraft(currency: string): Draft {
  const empty: Draft = {
    name: '', kind: 'ABANDONED_CART', shopIds: [], minAgeMinutes: 0, maxAgeMinutes: 0, days: 0, amount: '', currency,
    audience: 'everybody', segmentId: '', filter: [], foreign: null, reentry: 'ONCE', reentryDays: 0, holdoutPercent: 10,
    steps: [emptyStep([])], expiresAfterMinutes: 120, dailyBudget: 0, totalBudget: 0, approveFirst: 0, endsAt: '', reachBack: false,
    balancingTest: '', letterProspects: false, dailyLetterCost: '', totalLetterCost: '', letterCostCurrency: currency,
  }
  return withKind(empty, 'ABANDONED_CART')
}

const typed = (amount: string) => (isZero(amount) ? '' : amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount)

type Message = Pick<PlanFragment['steps'][number], 'voucher' | 'email' | 'letter'>

const messageDraft = ({ voucher, email, letter }: Message, mainCurrency: string): MessageDraft => ({
  sends: sendsOf({ email, letter }),
  voucher: voucher && { ...voucher, value: typed(voucher.value), minimum: typed(voucher.minimum), currency: voucher.currency || mainCurrency },
  email: Object.fromEntries(email.map(({ language, subject, preheader, body }) => [language, { subject, preheader, body }])),
  letter: Object.fromEntries(letter.map(({ language, subject, body, closing }) => [language, { subject, body, closing }])),
})

export function draftOf(c: PlanFragment, mainCurrency: string): Draft {
  const filter = fromInput(c.audience)
  return {
    name: c.name,
    kind: c.trigger.kind,
    shopIds: c.trigger.shopIds,
    minAgeMinutes: c.trigger.minAgeMinutes,
    maxAgeMinutes: c.trigger.maxAgeMinutes,
    days: c.trigger.days,
    amount: typed(c.trigger.amount),
    currency: c.trigger.currency || mainCurrency,
    audience: c.segmentId ? 'segment' : c.audience ? 'filter' : 'everybody',
    segmentId: c.segmentId ?? '',
    filter: filter ?? [],
    foreign: filter === null ? (c.audience as object) : null,
    reentry: c.reentry,
    reentryDays: c.reentryDays,
    holdoutPercent: c.holdoutPercent,
    steps: c.steps.map((s) => ({
      key: s.key,
      afterMinutes: s.afterMinutes,
      ...messageDraft(s, mainCurrency),
      variantB: s.variantB && { sharePercent: s.variantB.sharePercent, ...messageDraft(s.variantB, mainCurrency) },
      notes: s.label !== null ? 'label' : s.task ? 'task' : null,
      label: s.label ?? '',
      task: s.task ? { ...s.task, assigneeId: s.task.assigneeId ?? '' } : noTask,
      emailPreference: s.emailPreference ?? '',
      letterPreference: s.letterPreference ?? '',
    })),
    expiresAfterMinutes: c.expiresAfterMinutes,
    dailyBudget: c.dailyBudget,
    totalBudget: c.totalBudget,
    approveFirst: c.approveFirst,
    endsAt: c.endsAt ? localTime(c.endsAt) : '',
    reachBack: c.reachBack,
    balancingTest: c.balancingTest,
    letterProspects: c.letterProspects,
    dailyLetterCost: typed(c.dailyLetterCost),
    totalLetterCost: typed(c.totalLetterCost),
    letterCostCurrency: c.letterCostCurrency || mainCurrency,
  }
}

/** An instant as fields for a date and a time of this clock take it. */
function localTime(instant: string): string {
  const d = new Date(instant)
  return new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export function offerOf(v: OfferDraft): CampaignOfferInput {
  const named = v.kind === 'AMOUNT' || v.minimum !== ''
  return { kind: v.kind, value: v.kind === 'FREE_SHIPPING' ? '0' : v.value || '0', minimum: v.minimum || '0', currency: named ? v.currency : '', validDays: v.validDays, prefix: v.prefix }
}

/** Whether anything is written of a text. */
export const isWritten = (text: TextDraft | LetterDraft | undefined) => Object.values(text ?? {}).some((part) => part.trim() !== '')

const written = <T extends TextDraft | LetterDraft>(texts: Record<string, T>) =>
  Object.entries(texts)
    .filter(([, text]) => isWritten(text))
    .map(([language, text]) => ({ language, ...text }))

export const hasLetter = (message: MessageDraft) => message.sends !== 'email'

/** Every message of a plan, with the field that it is told of by. */
export const messagesOf = (draft: Draft): { at: string; message: MessageDraft }[] =>
  draft.steps.flatMap((s, i) =>
    s.notes ? [] : [{ at: `steps.${i}`, message: s as MessageDraft }, ...(s.variantB ? [{ at: `steps.${i}.variantB`, message: s.variantB as MessageDraft }] : [])],
  )

export const writesLetters = (draft: Draft) => messagesOf(draft).some(({ message }) => hasLetter(message))

const messageInput = ({ sends, voucher, email, letter }: MessageDraft) => ({
  voucher: voucher && offerOf(voucher),
  email: sends === 'letter' ? [] : written(email),
  letter: sends === 'email' ? [] : written(letter),
})

/** The channels that a step writes on, in either variant. */
export const writes = (s: StepDraft) => {
  const all = [s, ...(s.variantB ? [s.variantB] : [])]
  return { email: all.some((m) => m.sends !== 'letter'), letter: all.some((m) => m.sends !== 'email') }
}

const messages = (s: StepDraft) => ({
  ...messageInput(s),
  emailPreference: (writes(s).email && s.emailPreference) || null,
  letterPreference: (writes(s).letter && s.letterPreference) || null,
  variantB: s.variantB && { sharePercent: s.variantB.sharePercent, ...messageInput(s.variantB) },
})

const noted = ({ notes, label, task }: StepDraft) => (notes === 'label' ? { label: label.trim() } : { task: { ...task, assigneeId: task.assigneeId || null } })

const letterBounds = (d: Draft) => ({
  balancingTest: d.balancingTest.trim(),
  letterProspects: d.letterProspects,
  dailyLetterCost: d.dailyLetterCost || '0',
  totalLetterCost: d.totalLetterCost || '0',
  letterCostCurrency: d.dailyLetterCost || d.totalLetterCost ? d.letterCostCurrency : '',
})

export function inputOf(d: Draft): CampaignInput {
  const asks = asksFor[d.kind]
  return {
    name: d.name.trim(),
    trigger: {
      kind: d.kind,
      shopIds: d.shopIds,
      minAgeMinutes: asks.age ? d.minAgeMinutes : 0,
      maxAgeMinutes: asks.late ? d.maxAgeMinutes : 0,
      days: asks.days ? d.days : 0,
      amount: asks.amount ? d.amount || '0' : '0',
      currency: asks.amount && d.amount ? d.currency : '',
    },
    segmentId: d.audience === 'segment' ? d.segmentId || null : null,
    audience: d.audience === 'filter' ? (d.foreign ?? filterInput(d.filter, '', null) ?? null) : null,
    reentry: d.reentry,
    reentryDays: d.reentry === 'EVERY_N_DAYS' ? d.reentryDays : 0,
    holdoutPercent: d.holdoutPercent,
    steps: d.steps.map((s) => ({ key: s.key, afterMinutes: s.afterMinutes, ...(s.notes ? noted(s) : messages(s)) })),
    expiresAfterMinutes: d.expiresAfterMinutes,
    dailyBudget: d.dailyBudget,
    totalBudget: d.totalBudget,
    approveFirst: d.approveFirst,
    endsAt: d.endsAt ? new Date(d.endsAt).toISOString() : null,
    reachBack: d.reachBack,
    ...(writesLetters(d) ? letterBounds(d) : {}),
  }
}
