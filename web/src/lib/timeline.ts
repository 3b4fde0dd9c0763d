import type { CartRowFragment, OrderRowFragment } from '../gql/graphql'

export type Entry = { at: string; order: OrderRowFragment } | { at: string; cart: CartRowFragment }

/**
 * Orders and the carts that led to none, by date, newest first. What lies before the last order that was read
 * waits for the orders around it; the same for carts.
 */
export function timeline(orders: OrderRowFragment[], moreOrders: boolean, carts: CartRowFragment[], moreCarts: boolean): Entry[] {
  const lastOrder = moreOrders ? orders.at(-1)?.placedAt : undefined
  const lastCart = moreCarts ? carts.at(-1)?.updatedAt : undefined
  const entries: Entry[] = [
    ...orders.map((order) => ({ at: order.placedAt, order })),
    ...carts.filter((c) => c.order === null && (c.state === 'ABANDONED' || c.state === 'OPEN')).map((cart) => ({ at: cart.updatedAt, cart })),
  ]
  const since = [lastOrder, lastCart].filter((at) => at !== undefined).sort().at(-1)
  return entries.filter((e) => since === undefined || e.at >= since).sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
}
