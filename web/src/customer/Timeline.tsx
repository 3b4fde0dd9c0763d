import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { ChevronRight, ShoppingCart } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useClient } from 'urql'
import { useKeys } from '../app/keys'
import { type CartRowFragment, CustomerOrdersDocument, type OrderRowFragment } from '../gql/graphql'
import { useAddress } from '../lib/address'
import { isZero } from '../lib/decimal'
import { useFormat } from '../lib/format'
import { type Entry, timeline } from '../lib/timeline'
import { Amount, CartBadge, Copy, OrderMark, OrderStateText, OutLink, PlatformMark, platformNames, When } from '../ui/parts'
import { Empty, Failure } from '../ui/states'
import type { Person } from './Customer'
import css from './Timeline.module.css'

/** Orders, and the carts that led to none among them, newest first. */
export function Timeline({ person }: { person: Person }) {
  const client = useClient()
  const [orders, setOrders] = useState(person.orders)
  const [carts, setCarts] = useState(person.carts)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Parameters<typeof Failure>[0]['error'] | null>(null)
  const [address, change] = useAddress()
  const open = address.get('entry')
  const setOpen = (entry: string | null) => change({ entry })
  const [chosen, setChosen] = useState(-1)

  // The card was read again: what was read further down is read again on demand.
  const [from, setFrom] = useState(person)
  if (from !== person) {
    setFrom(person)
    setOrders(person.orders)
    setCarts(person.carts)
  }
  const moreOrders = orders.pageInfo.hasNextPage
  const moreCarts = carts.pageInfo.hasNextPage
  const entries = timeline(orders.nodes, moreOrders, carts.nodes, moreCarts)

  async function more() {
    setBusy(true)
    setError(null)
    const { data, error: failed } = await client
      .query(CustomerOrdersDocument, {
        id: person.id,
        orders: moreOrders,
        after: orders.pageInfo.endCursor,
        carts: moreCarts,
        cartsAfter: carts.pageInfo.endCursor,
      })
      .toPromise()
    setBusy(false)
    if (!data?.profile) {
      if (failed) setError(failed)
      return
    }
    const { orders: nextOrders, carts: nextCarts } = data.profile
    if (nextOrders) setOrders({ nodes: [...orders.nodes, ...nextOrders.nodes], pageInfo: nextOrders.pageInfo })
    if (nextCarts) setCarts({ nodes: [...carts.nodes, ...nextCarts.nodes], pageInfo: nextCarts.pageInfo })
  }

  function choose(row: number) {
    const next = Math.max(0, Math.min(entries.length - 1, row))
    setChosen(next)
    document.getElementById(`entry-${next}`)?.scrollIntoView({ block: 'nearest' })
  }
  useKeys({
    j: () => choose(chosen + 1),
    k: () => choose(chosen - 1),
    Enter: () => {
      const entry = entries[chosen]
      if (entry) setOpen(open === idOf(entry) ? null : idOf(entry))
    },
  })

  if (entries.length === 0) {
    return (
      <Empty title={<Trans>No orders yet</Trans>}>
        <Trans>Orders and abandoned carts will be here by date.</Trans>
      </Empty>
    )
  }
  return (
    <>
      <ul className={css.list}>
        {entries.map((entry, i) => {
          const id = idOf(entry)
          const row = {
            opened: open === id,
            chosen: chosen === i,
            id: `entry-${i}`,
            toggle: () => setOpen(open === id ? null : id),
          }
          return 'order' in entry ? <OrderEntry key={id} order={entry.order} {...row} /> : <CartEntry key={id} cart={entry.cart} {...row} />
        })}
      </ul>
      {error && <Failure error={error} retry={more} />}
      {(moreOrders || moreCarts) && !error && (
        <div className={css.more}>
          <Button variant="subtle" loading={busy} onClick={more}>
            <Trans>Show earlier ones</Trans>
          </Button>
        </div>
      )}
    </>
  )
}

function idOf(entry: Entry): string {
  return 'order' in entry ? entry.order.id : entry.cart.id
}

type RowProps = { opened: boolean; chosen: boolean; id: string; toggle: () => void }

function EntryRow({ opened, chosen, id, toggle, name, facts, children }: RowProps & { name: ReactNode; facts: ReactNode; children: ReactNode }) {
  return (
    <li id={id} className={css.entry} data-chosen={chosen || undefined} data-open={opened || undefined}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the button in it does the same */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: as above */}
      <div
        className={css.row}
        onClick={(e) => {
          if (!(e.target as HTMLElement).closest('a, button')) toggle()
        }}
      >
        <button type="button" className={css.toggle} aria-expanded={opened} onClick={toggle}>
          <ChevronRight size={14} aria-hidden className={css.chevron} />
          {name}
        </button>
        {facts}
      </div>
      {opened && <div className={css.detail}>{children}</div>}
    </li>
  )
}

export function OrderEntry({ order, action, ...row }: { order: OrderRowFragment; action?: ReactNode } & RowProps) {
  const { t } = useLingui()
  const pieces = order.lines.reduce((n, l) => n + l.quantity, 0)
  const off = order.state === 'CANCELLED'
  return (
    <EntryRow
      {...row}
      name={<span className={css.number}>{order.number || order.externalId}</span>}
      facts={
        <>
          <span className={css.date}>
            <When at={order.placedAt} />
          </span>
          <span className={css.state}>
            <OrderStateText state={order.state} shopState={order.shopState} />
            {order.badges.map((b) => (
              <OrderMark key={b} badge={b} />
            ))}
          </span>
          <span className={css.items}>
            <Plural value={pieces} one="# item" other="# items" />
          </span>
          <span className={css.mark} title={order.shop.name}>
            <PlatformMark platform={order.shop.platform} />
          </span>
          <span className={css.amount} data-off={off || undefined}>
            {!isZero(order.returned.amount) && (
              <span className={css.returned} title={t`returned`}>
                <Amount value={order.returned} minus />
              </span>
            )}
            <Amount value={order.total} />
          </span>
        </>
      }
    >
      <OrderDetail order={order} />
      {action && <p className={css.action}>{action}</p>}
    </EntryRow>
  )
}

export function OrderDetail({ order }: { order: OrderRowFragment }) {
  const { t } = useLingui()
  const format = useFormat()
  const returnStates = { REQUESTED: t`asked for`, OPEN: t`on its way`, CLOSED: t`arrived`, DECLINED: t`declined`, CANCELLED: t`called off` }
  const code = order.total.currencyCode
  return (
    <>
      <ul className={css.lines}>
        {order.lines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no id and do not move
          <li key={i} className={css.line}>
            <span className={css.quantity}>{format.number(line.quantity)} ×</span>
            <span className={css.title}>
              <OutLink href={line.productUrl}>{line.title}</OutLink>
              <span className={css.lineFacts}>
                {[line.category, line.size, ...line.options.filter((o) => o.value !== line.size).map((o) => `${o.name}: ${o.value}`)].filter(Boolean).join(' · ')}
                {line.sku && (
                  <>
                    {' '}
                    <Copy value={line.sku} />
                  </>
                )}
              </span>
            </span>
            {line.returnedQuantity > 0 && (
              <span className={css.came}>
                <Plural value={line.returnedQuantity} one="# returned" other="# returned" />
              </span>
            )}
            <Amount value={line.total} />
          </li>
        ))}
      </ul>
      <dl className={css.facts}>
        {!isZero(order.discount.amount) && (
          <Fact name={<Trans>Discount</Trans>}>
            <Amount value={order.discount} minus />
          </Fact>
        )}
        {order.discountCodes.length > 0 && (
          <Fact name={<Trans>Voucher</Trans>}>
            {order.discountCodes.map((c) => (
              <Copy key={c} value={c} />
            ))}
          </Fact>
        )}
        <Fact name={<Trans>Shipping</Trans>}>
          <Amount value={order.shipping} />
        </Fact>
        {order.payment && <Fact name={<Trans>Payment</Trans>}>{order.payment}</Fact>}
        {order.shopState && <Fact name={<Trans>State in the shop</Trans>}>{order.shopState}</Fact>}
        {order.cancelledAt && (
          <Fact name={<Trans>Cancelled</Trans>}>
            <When at={order.cancelledAt} />
          </Fact>
        )}
        {order.refunds.map((r) => (
          <Fact key={`${r.document}${r.at}${r.amount}`} name={<Trans>Returned {format.shortDay(r.at)}</Trans>}>
            <Amount value={{ amount: r.amount, currencyCode: code }} minus /> {r.document && <span className="quiet">{r.document}</span>}
          </Fact>
        ))}
        {order.returns
          .filter((r) => r.state !== 'DECLINED' && r.state !== 'CANCELLED')
          .map((r) => (
            <Fact key={r.externalId} name={<Trans>Return of {format.shortDay(r.requestedAt)}</Trans>}>
              {returnStates[r.state]} · {r.lines.map((l) => `${l.quantity} × ${l.title}${l.reason ? ` (${l.reason})` : ''}`).join(', ')}
            </Fact>
          ))}
        <Fact name={<Trans>Shop</Trans>}>{order.shop.name}</Fact>
        <Fact name={<Trans>Id in the shop</Trans>}>
          <Copy value={order.externalId} />
        </Fact>
        {order.adminUrl && (
          <Fact name={<Trans>Back office</Trans>}>
            <OutLink href={order.adminUrl}>
              <Trans>Open in {platformNames[order.shop.platform]}</Trans>
            </OutLink>
          </Fact>
        )}
      </dl>
    </>
  )
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function CartEntry({ cart, ...row }: { cart: CartRowFragment } & RowProps) {
  const pieces = cart.lines.reduce((n, l) => n + l.quantity, 0)
  return (
    <EntryRow
      {...row}
      name={
        <span className={css.cart}>
          <ShoppingCart size={13} aria-hidden /> <Trans>cart</Trans>
        </span>
      }
      facts={
        <>
          <span className={css.date}>
            <When at={cart.updatedAt} />
          </span>
          <span className={css.state}>
            <CartBadge state={cart.state} />
          </span>
          <span className={css.items}>
            <Plural value={pieces} one="# item" other="# items" />
          </span>
          <span className={css.mark} title={cart.shop.name}>
            <PlatformMark platform={cart.shop.platform} />
          </span>
          <span className={css.amount} data-cart>
            {cart.value ? <Amount value={cart.value} /> : '–'}
          </span>
        </>
      }
    >
      <CartDetail cart={cart} />
    </EntryRow>
  )
}

export function CartDetail({ cart }: { cart: CartRowFragment }) {
  const format = useFormat()
  const code = cart.value?.currencyCode ?? cart.shop.currency
  return (
    <>
      <ul className={css.lines}>
        {cart.lines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no id and do not move
          <li key={i} className={css.line}>
            <span className={css.quantity}>{format.number(line.quantity)} ×</span>
            <span className={css.title}>
              {line.title}
              <span className={css.lineFacts}>
                {line.options.map((o) => `${o.name}: ${o.value}`).join(' · ')}
                {line.sku && (
                  <>
                    {' '}
                    <Copy value={line.sku} />
                  </>
                )}
              </span>
            </span>
            <Amount value={{ amount: line.total, currencyCode: code }} />
          </li>
        ))}
      </ul>
      <dl className={css.facts}>
        <Fact name={<Trans>Begun</Trans>}>
          <When at={cart.startedAt} />
        </Fact>
        <Fact name={<Trans>Shop</Trans>}>{cart.shop.name}</Fact>
        <Fact name={<Trans>Id in the shop</Trans>}>
          <Copy value={cart.externalId} />
        </Fact>
        {cart.order && <Fact name={<Trans>Order</Trans>}>{cart.order.number}</Fact>}
        {cart.adminUrl && (
          <Fact name={<Trans>Back office</Trans>}>
            <OutLink href={cart.adminUrl}>
              <Trans>Open in {platformNames[cart.shop.platform]}</Trans>
            </OutLink>
          </Fact>
        )}
        {cart.restoreUrl && (
          <Fact name={<Trans>Cart</Trans>}>
            <OutLink href={cart.restoreUrl}>
              <Trans>Open the cart in the shop</Trans>
            </OutLink>
          </Fact>
        )}
      </dl>
    </>
  )
}
