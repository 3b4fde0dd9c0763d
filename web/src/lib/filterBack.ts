import type { Condition, Filter } from './filter'
import { channels, consentStates } from './filter'

type Node = Record<string, unknown>

/**
 * The bar's filter for one that the API gave: the way back from `filterInput`. Null where the bar cannot show it,
 * because it was made elsewhere or holds words to search for.
 */
export function fromInput(input: unknown): Filter | null {
  if (input === null || input === undefined) return []
  if (typeof input !== 'object') return null
  const filter: Filter = []
  for (const [key, value] of Object.entries(input as Node)) {
    if (value === null || value === undefined) continue
    if (key === 'and') {
      for (const part of value as unknown[]) {
        const groups = fromInput(part)
        if (!groups) return null
        filter.push(...groups)
      }
    } else if (key === 'or') {
      const group = (value as unknown[]).map(alternative)
      if (group.some((c) => c === null)) return null
      filter.push(group as Condition[])
    } else {
      const found = key === 'not' ? [negated(value as Node)] : conditions(key, value)
      if (!found || found.some((c) => c === null)) return null
      filter.push(...(found as Condition[]).map((c) => [c]))
    }
  }
  return filter
}

function alternative(node: unknown): Condition | null {
  const groups = fromInput(node)
  return groups?.length === 1 && groups[0]?.length === 1 ? (groups[0][0] ?? null) : null
}

function negated(node: Node): Condition | null {
  const c = alternative(node)
  if (!c) return null
  const { not, ...rest } = c
  return (not ? rest : { not: true, ...rest }) as Condition
}

type Range = { min?: unknown; max?: unknown; from?: string; to?: string; currency?: string }

function conditions(key: string, value: unknown): (Condition | null)[] | null {
  const range = value as Range
  switch (key) {
    case 'labels':
      return [{ field: 'label', values: value as string[] }]
    case 'shopIds':
      return [{ field: 'shop', values: value as string[] }]
    case 'orderCount':
      return [{ field: 'orders', ...given('min', number(range.min)), ...given('max', lessOne(number(range.max))) }]
    case 'spent':
      return [{ field: 'spent', ...given('min', text(range.min)), ...given('max', justBelow(text(range.max))), ...given('currency', range.currency || undefined) }]
    case 'lastOrderBetween':
      return days('lastOrder', range)
    case 'createdBetween':
      return days('created', range)
    case 'hasAbandonedCart':
      return [{ ...given('not', value === false || undefined), field: 'abandonedCart' }]
    case 'hasMembership':
      return [{ ...given('not', value === false || undefined), field: 'membership' }]
    case 'groupIds':
      return [{ field: 'group', values: value as string[] }]
    case 'countries':
      return [{ field: 'country', values: value as string[] }]
    case 'boughtCategories':
      return [{ field: 'category', values: value as string[] }]
    case 'boughtProducts':
      return [{ field: 'product', values: value as string[] }]
    case 'letterReceived':
      return range.from || range.to ? days('letter', range) : [{ field: 'letter' }]
    case 'qrScanned':
      return [{ ...given('not', value === false || undefined), field: 'scanned' }]
    case 'paymentOverdue':
      return [{ ...given('not', value === false || undefined), field: 'overdue' }]
    case 'marketing':
      return (value as { channel: string; preference?: string; state: string }[]).map(({ channel, preference, state }) =>
        channels.some((c) => c === channel) && consentStates.some((s) => s === state)
          ? ({ field: 'consent', channel, preference: preference ?? '', state } as Condition)
          : null,
      )
    default:
      return null
  }
}

function given<K extends string, V>(key: K, value: V | undefined): { [k in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [k in K]?: V }
}

const number = (v: unknown) => (typeof v === 'number' ? v : undefined)
const lessOne = (n: number | undefined) => (n === undefined ? undefined : n - 1)
const text = (v: unknown) => (v === null || v === undefined ? undefined : String(v))

/** The API's upper end of an amount lies one millionth above the amount that was typed. */
function justBelow(amount: string | undefined): string | undefined {
  if (amount === undefined) return undefined
  const [whole = '0', fraction = ''] = amount.split('.')
  const digits = (BigInt(whole + fraction.padEnd(6, '0').slice(0, 6)) - 1n).toString().padStart(7, '0')
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '')
}

/** Instants that are no midnights of this clock were chosen in another zone: the bar would show other days. */
function days(field: 'lastOrder' | 'created' | 'letter', { from, to }: Range): Condition[] | null {
  const first = day(from, 0)
  const last = day(to, -1)
  if (first === null || last === null) return null
  return [{ field, ...given('from', first), ...given('to', last) }]
}

function day(instant: string | null | undefined, plus: number): string | undefined | null {
  if (!instant) return undefined
  const d = new Date(instant)
  if (d.getHours() || d.getMinutes() || d.getSeconds()) return null
  d.setDate(d.getDate() + plus)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`
}
