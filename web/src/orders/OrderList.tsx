import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useClient } from 'urql'
import { plain } from '../api/client'
import { OrderDetail } from '../customer/Timeline'
import { OrderDocument, type OrderFilter, OrdersDocument, type OrdersQuery } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { isZero } from '../lib/decimal'
import { usePages } from '../lib/pages'
import { OneDrawer, OpenCustomer } from '../ui/OneDrawer'
import drawer from '../ui/OneDrawer.module.css'
import { Amount, OrderMark, OrderStateText, Owner, ShopName, When } from '../ui/parts'
import { ColumnHead, RowList } from '../ui/RowList'
import { Empty } from '../ui/states'
import table from '../ui/table.module.css'
import css from './Orders.module.css'

type Order = OrdersQuery['orders']['nodes'][number]

const pageSize = 100

type Props = {
  filter: OrderFilter | undefined
  oldestFirst: boolean
  start: string | null
  setStart: (after: string | null) => void
  turn: () => void
  clear: () => void
}

export function OrderList({ filter, oldestFirst, start, setStart, turn, clear }: Props) {
  const { t } = useLingui()
  const client = useClient()
  const name = `orders ${JSON.stringify([filter ?? null, oldestFirst])}`
  const list = usePages<Order>(name, start, async (after, signal) => {
    const { data, error } = await client
      .query(
        OrdersDocument,
        { first: pageSize, after, filter, direction: oldestFirst ? 'ASC' : 'DESC' },
        { requestPolicy: 'network-only', fetchOptions: { signal, headers: plain } },
      )
      .toPromise()
    if (!data) return { error: error as never }
    const { nodes, pageInfo } = data.orders
    return { page: { nodes, next: pageInfo.hasNextPage ? pageInfo.endCursor : null } }
  })
  const [opened, open, close] = useOpened('order')
  const number = (order: Order) => (
    <button type="button" className={`${css.number} one-line`} onClick={() => open(order.id)}>
      {order.number || order.externalId}
    </button>
  )
  return (
    <>
      <RowList
        name={name}
        list={list}
        label={t`List of orders`}
        setStart={setStart}
        open={(order) => open(order.id)}
        keys={opened === null}
        empty={<NoOrders clear={filter ? clear : undefined} />}
        head={[
          <ColumnHead key="number" width="12%">
            <Trans>Number</Trans>
          </ColumnHead>,
          <DateHead key="date" oldestFirst={oldestFirst} turn={turn} />,
          <ColumnHead key="customer">
            <Trans>Customer</Trans>
          </ColumnHead>,
          <ColumnHead key="shop" width="16%">
            <Trans>Shop</Trans>
          </ColumnHead>,
          <ColumnHead key="state" width={250}>
            <Trans>State</Trans>
          </ColumnHead>,
          <ColumnHead key="amount" right width={180}>
            <Trans>Amount</Trans>
          </ColumnHead>,
        ]}
        cells={(order) => (
          <>
            <td className={table.cut}>{number(order)}</td>
            <td>
              <When at={order.placedAt} />
            </td>
            <td className={table.cut}>
              <Owner profile={order.profile} nobody={<Trans>nobody yet</Trans>} />
            </td>
            <td className={table.cut}>
              <ShopName shop={order.shop} />
            </td>
            <td>
              <State order={order} />
            </td>
            <td className={table.right}>
              <Value order={order} />
            </td>
          </>
        )}
        card={(order) => (
          <>
            <span className="one-line">
              <Owner profile={order.profile} nobody={<Trans>nobody yet</Trans>} />
            </span>
            <span className={table.end}>
              <Value order={order} />
            </span>
            {number(order)}
            <span className={`${table.minor} ${table.end}`}>
              <When at={order.placedAt} />
            </span>
            <State order={order} />
            <span className={`${table.minor} ${table.end}`}>
              <ShopName shop={order.shop} />
            </span>
          </>
        )}
      />
      <OrderDrawer id={opened} close={close} />
    </>
  )
}

function DateHead({ oldestFirst, turn }: { oldestFirst: boolean; turn: () => void }) {
  return (
    <th scope="col" style={{ width: 130 }} aria-sort={oldestFirst ? 'ascending' : 'descending'}>
      <button type="button" className={table.sort} data-on onClick={turn}>
        <Trans>Date</Trans>
        {oldestFirst ? <ArrowUp size={12} aria-hidden /> : <ArrowDown size={12} aria-hidden />}
      </button>
    </th>
  )
}

function State({ order }: { order: Pick<Order, 'state' | 'shopState' | 'badges'> }) {
  return (
    <span className={css.state}>
      <OrderStateText state={order.state} shopState={order.shopState} />
      {order.badges.map((b) => (
        <OrderMark key={b} badge={b} />
      ))}
    </span>
  )
}

function Value({ order }: { order: Pick<Order, 'total' | 'returned'> }) {
  const { t } = useLingui()
  return (
    <>
      {!isZero(order.returned.amount) && (
        <span className={css.returned} title={t`returned`}>
          <Amount value={order.returned} minus />
        </span>
      )}
      <Amount value={order.total} />
    </>
  )
}

function NoOrders({ clear }: { clear?: () => void }) {
  if (!clear) {
    return (
      <Empty title={<Trans>No orders yet</Trans>}>
        <Trans>Orders of all shops will be here, newest first.</Trans>
      </Empty>
    )
  }
  return (
    <Empty
      title={<Trans>No order matches</Trans>}
      action={
        <Button variant="default" onClick={clear}>
          <Trans>Show all orders</Trans>
        </Button>
      }
    >
      <Trans>Take a condition away, or type less of the number.</Trans>
    </Empty>
  )
}

function OrderDrawer({ id, close }: { id: string | null; close: () => void }) {
  const { t } = useLingui()
  return (
    <OneDrawer document={OrderDocument} id={id} close={close} pick={(data) => data.order} title={(order) => t`Order ${order.number || order.externalId}`}>
      {(order) => (
        <>
          <p className={drawer.summary}>
            <State order={order} />
            <Value order={order} />
            <When at={order.placedAt} />
            <Owner profile={order.profile} nobody={<Trans>nobody yet</Trans>} />
          </p>
          <OrderDetail order={order} />
          <OpenCustomer profile={order.profile} entry={order.id} />
        </>
      )}
    </OneDrawer>
  )
}
