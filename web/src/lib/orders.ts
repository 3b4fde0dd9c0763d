import type { OrderFilter, OrderState } from '../gql/graphql'
import { range } from './filter'

export const states: OrderState[] = ['OPEN', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'REFUNDED']
export const marks = ['recovered', 'unvalidated', 'returned'] as const
type Mark = (typeof marks)[number]

/** What a list of orders is asked, as it stands in an address. */
export type OrderQuestion = {
  q: string
  shop: string | null
  /** One of the states, or all orders that count in figures. */
  state: OrderState | 'counted' | null
  mark: Mark | null
  from: string | null
  to: string | null
  dir: 'asc' | null
}

const day = /^\d{4}-\d{2}-\d{2}$/

/** Reads the question of an address; what makes no sense is not asked. */
export function readQuestion(address: URLSearchParams): OrderQuestion {
  const state = address.get('state')
  const date = (name: string) => {
    const text = address.get(name) ?? ''
    return day.test(text) && !Number.isNaN(Date.parse(text)) ? text : null
  }
  return {
    q: address.get('q')?.trim() ?? '',
    shop: address.get('shop'),
    state: state === 'counted' ? state : (states.find((s) => s === state) ?? null),
    mark: marks.find((m) => m === address.get('mark')) ?? null,
    from: date('from'),
    to: date('to'),
    dir: address.get('dir') === 'asc' ? 'asc' : null,
  }
}

/** What the API is asked, or nothing where there is no condition. */
export function orderFilter({ q, shop, state, mark, from, to }: OrderQuestion): OrderFilter | undefined {
  const filter: OrderFilter = {}
  if (q) filter.number = q
  if (shop) filter.shopIds = [shop]
  if (state === 'counted') filter.counted = true
  else if (state) filter.states = [state]
  if (mark === 'recovered') filter.recovered = true
  if (mark === 'unvalidated') filter.validated = false
  if (mark === 'returned') filter.returned = true
  if (from || to) filter.placedBetween = range(from ?? undefined, to ?? undefined)
  return Object.keys(filter).length > 0 ? filter : undefined
}
