import type { ConsentChannel, ConsentState, ProfileFilter } from '../gql/graphql'

/**
 * What the filter bar shows: groups that must all hold; a group is a list of alternatives, of which one must
 * hold; an alternative may be negated. Every combination of and, or and not can be written so.
 */
export type Filter = Group[]
export type Group = Condition[]
export type Condition = { not?: boolean } & (
  | { field: 'label'; values: string[] }
  | { field: 'shop'; values: string[] }
  | { field: 'orders'; min?: number; max?: number }
  | { field: 'spent'; min?: string; max?: string; currency?: string }
  | { field: 'lastOrder'; from?: string; to?: string }
  | { field: 'created'; from?: string; to?: string }
  | { field: 'abandonedCart' }
  | { field: 'membership' }
  | { field: 'group'; values: string[] }
  | { field: 'country'; values: string[] }
  | { field: 'category'; values: string[] }
  | { field: 'product'; values: string[] }
  | { field: 'letter'; from?: string; to?: string }
  | { field: 'scanned' }
  | { field: 'overdue' }
  | { field: 'consent'; channel: ConsentChannel; preference: string; state: ConsentState }
)
export type Field = Condition['field']

export const fields: Field[] = ['label', 'orders', 'spent', 'lastOrder', 'created', 'shop', 'consent', 'abandonedCart', 'membership', 'group', 'country', 'category', 'product', 'letter', 'scanned', 'overdue']
export const channels: ConsentChannel[] = ['EMAIL', 'LETTER', 'SMS']
export const consentStates: ConsentState[] = ['GRANTED', 'CONFIRMED', 'PENDING', 'REFUSED', 'WITHDRAWN', 'UNKNOWN']

export function emptyCondition(field: Field): Condition {
  switch (field) {
    case 'label':
    case 'shop':
    case 'group':
    case 'country':
    case 'category':
    case 'product':
      return { field, values: [] }
    case 'consent':
      return { field, channel: 'EMAIL', preference: '', state: 'GRANTED' }
    default:
      return { field } as Condition
  }
}

/** Whether a condition says something; an unfinished one is not sent. */
export function isComplete(c: Condition): boolean {
  switch (c.field) {
    case 'label':
    case 'shop':
    case 'group':
    case 'country':
    case 'category':
    case 'product':
      return c.values.length > 0
    case 'orders':
    case 'spent':
      return c.min !== undefined || c.max !== undefined
    case 'lastOrder':
    case 'created':
      return c.from !== undefined || c.to !== undefined
    default:
      return true
  }
}

/** Days that a person chose are whole days of their clock, the last one included. */
export function range(from?: string, to?: string) {
  const day = (ymd: string, plus: number) => {
    const [y = 0, m = 1, d = 1] = ymd.split('-').map(Number)
    return new Date(y, m - 1, d + plus).toISOString()
  }
  return { from: from ? day(from, 0) : null, to: to ? day(to, 1) : null }
}

/** An amount "at most" belongs to it, while the API's upper end does not: the next smallest amount is the end. */
function justAbove(amount: string): string {
  const [whole = '0', fraction = ''] = amount.split('.')
  const next = BigInt(whole + fraction.padEnd(6, '0').slice(0, 6)) + 1n
  const digits = next.toString().padStart(7, '0')
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`
}

function conditionInput(c: Condition): ProfileFilter {
  switch (c.field) {
    case 'label':
      return { labels: c.values }
    case 'shop':
      return { shopIds: c.values }
    case 'orders':
      return { orderCount: { min: c.min ?? null, max: c.max === undefined ? null : c.max + 1 } }
    case 'spent':
      return { spent: { min: c.min ?? null, max: c.max === undefined ? null : justAbove(c.max), currency: c.currency ?? null } }
    case 'lastOrder':
      return { lastOrderBetween: range(c.from, c.to) }
    case 'created':
      return { createdBetween: range(c.from, c.to) }
    case 'abandonedCart':
      return { hasAbandonedCart: true }
    case 'membership':
      return { hasMembership: true }
    case 'group':
      return { groupIds: c.values }
    case 'country':
      return { countries: c.values }
    case 'category':
      return { boughtCategories: c.values }
    case 'product':
      return { boughtProducts: c.values }
    case 'letter':
      return { letterReceived: range(c.from, c.to) }
    case 'scanned':
      return { qrScanned: true }
    case 'overdue':
      return { paymentOverdue: true }
    case 'consent':
      return { marketing: [{ channel: c.channel, preference: c.preference, state: c.state }] }
  }
}

/** What the API is asked, or nothing where there is no condition. */
export function filterInput(filter: Filter, search: string, shop: string | null): ProfileFilter | undefined {
  const all: ProfileFilter[] = []
  for (const group of filter) {
    const some = group.filter(isComplete).map((c) => (c.not ? { not: conditionInput(c) } : conditionInput(c)))
    if (some.length === 1) all.push(some[0] as ProfileFilter)
    else if (some.length > 1) all.push({ or: some })
  }
  const words = search.trim()
  const out: ProfileFilter = {}
  if (words) out.search = words
  if (shop) out.shopIds = [shop]
  if (all.length > 0) out.and = all
  return Object.keys(out).length > 0 ? out : undefined
}

/** The filter as it stands in an address. */
export function writeFilter(filter: Filter): string | null {
  const whole = filter.map((g) => g.filter(isComplete)).filter((g) => g.length > 0)
  return whole.length > 0 ? JSON.stringify(whole) : null
}

const day = /^\d{4}-\d{2}-\d{2}$/
const amount = /^\d{1,12}(\.\d{1,6})?$/

function isStrings(v: unknown): v is string[] {
  return Array.isArray(v) && v.length > 0 && v.length <= 100 && v.every((s) => typeof s === 'string' && s.length <= 200)
}

function optional(v: unknown, good: (v: never) => boolean): boolean {
  return v === undefined || good(v as never)
}

function readCondition(v: unknown): Condition | null {
  if (typeof v !== 'object' || v === null) return null
  const o = v as Record<string, unknown>
  if (o.not !== undefined && typeof o.not !== 'boolean') return null
  const not = o.not ? { not: true } : {}
  const count = (n: number) => Number.isSafeInteger(n) && n >= 0 && n < 2 ** 31 - 1
  const good = (ok: boolean, c: Condition) => (ok && isComplete(c) ? c : null)
  switch (o.field) {
    case 'label':
    case 'shop':
    case 'group':
    case 'country':
    case 'category':
    case 'product':
      return isStrings(o.values) ? { ...not, field: o.field, values: o.values } : null
    case 'orders':
      return good(optional(o.min, count) && optional(o.max, count), { ...not, field: 'orders', min: o.min as number, max: o.max as number })
    case 'spent': {
      const ok = [o.min, o.max].every((a) => optional(a, (s: string) => amount.test(s))) && optional(o.currency, (s: string) => /^[A-Z]{3}$/.test(s))
      return good(ok, { ...not, field: 'spent', min: o.min as string, max: o.max as string, currency: o.currency as string })
    }
    case 'letter':
    case 'lastOrder':
    case 'created': {
      const ok = [o.from, o.to].every((d) => optional(d, (s: string) => day.test(s)))
      return good(ok, { ...not, field: o.field, from: o.from as string, to: o.to as string })
    }
    case 'abandonedCart':
    case 'membership':
    case 'scanned':
    case 'overdue':
      return { ...not, field: o.field }
    case 'consent': {
      const ok = channels.includes(o.channel as ConsentChannel) && consentStates.includes(o.state as ConsentState) && typeof o.preference === 'string'
      return ok
        ? { ...not, field: 'consent', channel: o.channel as ConsentChannel, preference: o.preference as string, state: o.state as ConsentState }
        : null
    }
    default:
      return null
  }
}

/** Reads a filter from an address; null where it cannot be read. */
export function readFilter(text: string | null): Filter | null {
  if (!text) return []
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    return null
  }
  if (!Array.isArray(raw) || raw.length > 20) return null
  const filter: Filter = []
  for (const g of raw) {
    if (!Array.isArray(g) || g.length === 0 || g.length > 20) return null
    const group = g.map(readCondition)
    if (group.some((c) => c === null)) return null
    filter.push(group as Group)
  }
  return filter
}
