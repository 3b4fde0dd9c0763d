import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Drawer, NativeSelect, SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useLayoutEffect, useRef, useState } from 'react'
import { useClient, useQuery } from 'urql'
import { Link } from 'wouter'
import { plain } from '../api/client'
import { useKeys } from '../app/keys'
import { CartDetail } from '../customer/Timeline'
import { CartCountDocument, CartsDocument, type CartsQuery, type CartState, ShopNamesDocument } from '../gql/graphql'
import { useAddress } from '../lib/address'
import { usePages } from '../lib/pages'
import { ListFoot } from '../ui/ListFoot'
import { Page } from '../ui/Page'
import { Amount, CartBadge, ShopName, When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'
import { Gap, useWindow } from '../ui/virtual'
import css from './Carts.module.css'

type Cart = CartsQuery['carts']['nodes'][number]

const states: CartState[] = ['ABANDONED', 'OPEN', 'RECOVERED', 'ORDERED']
const pageSize = 100
const rowHeight = 40
const cardHeight = 76

/** Carts over all customers. */
export default function Carts() {
  const { t } = useLingui()
  const [address, change] = useAddress()
  const [{ data: shopData }] = useQuery({ query: ShopNamesDocument })
  const shops = shopData?.shops ?? []
  const wanted = address.get('state') ?? 'ABANDONED'
  const state = states.find((s) => s === wanted) ?? null
  const shop = address.get('shop')
  return (
    <Page
      fill
      title={t`Carts`}
      sentence={<Count state={state} shop={shop} />}
      actions={
        shops.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label={t`Shop`}
            value={shop ?? ''}
            data={[{ value: '', label: t`All shops` }, ...shops.map((s) => ({ value: s.id, label: s.name }))]}
            onChange={(e) => change({ shop: e.currentTarget.value || null, after: null })}
          />
        )
      }
    >
      <div className={css.states}>
        <SegmentedControl
          size="xs"
          aria-label={t`State`}
          value={state ?? 'all'}
          onChange={(v) => change({ state: v === 'ABANDONED' ? null : v, after: null })}
          data={[
            { value: 'ABANDONED', label: t`Abandoned` },
            { value: 'OPEN', label: t`Open` },
            { value: 'RECOVERED', label: t`Recovered` },
            { value: 'ORDERED', label: t`Ordered` },
            { value: 'all', label: t`All` },
          ]}
        />
      </div>
      <CartList state={state} shop={shop} start={address.get('after')} setStart={(after) => change({ after })} />
    </Page>
  )
}

function Count({ state, shop }: { state: CartState | null; shop: string | null }) {
  const [{ data }] = useQuery({
    query: CartCountDocument,
    variables: { states: state ? [state] : null, shopIds: shop ? [shop] : null },
    requestPolicy: 'cache-and-network',
  })
  if (!data) return null
  const n = data.carts.totalCount
  switch (state) {
    case 'ABANDONED':
      return <Plural value={n} one="# cart was left without an order" other="# carts were left without an order" />
    case 'OPEN':
      return <Plural value={n} one="# cart is being filled" other="# carts are being filled" />
    case 'RECOVERED':
      return <Plural value={n} one="# abandoned cart became an order" other="# abandoned carts became orders" />
    case 'ORDERED':
      return <Plural value={n} one="# cart was ordered at once" other="# carts were ordered at once" />
    default:
      return <Plural value={n} one="# cart" other="# carts" />
  }
}

type ListProps = { state: CartState | null; shop: string | null; start: string | null; setStart: (after: string | null) => void }

function CartList({ state, shop, start, setStart }: ListProps) {
  const { t } = useLingui()
  const client = useClient()
  const narrow = useMediaQuery('(width < 900px)', window.innerWidth < 900, { getInitialValueInEffect: false })
  const key = `carts ${state} ${shop}`
  const list = usePages<Cart>(key, start, async (after, signal) => {
    const { data, error } = await client
      .query(
        CartsDocument,
        { first: pageSize, after, states: state ? [state] : null, shopIds: shop ? [shop] : null },
        { requestPolicy: 'network-only', fetchOptions: { signal, headers: plain } },
      )
      .toPromise()
    if (!data) return { error: error as never }
    const { nodes, pageInfo } = data.carts
    return { page: { nodes, next: pageInfo.hasNextPage ? pageInfo.endCursor : null } }
  })
  const box = useRef<HTMLDivElement>(null)
  const [chosen, setChosen] = useState(-1)
  const [open, setOpen] = useState<Cart | null>(null)
  const pages = list.pages
  const rows = pages?.rows ?? []
  const height = narrow ? cardHeight : rowHeight

  function choose(row: number) {
    const next = Math.max(0, Math.min(rows.length - 1, row))
    setChosen(next)
    box.current?.querySelector(`[data-row="${next}"]`)?.scrollIntoView({ block: 'nearest' })
  }
  useKeys(
    {
      j: () => choose(chosen + 1),
      k: () => choose(chosen - 1),
      Enter: () => setOpen(rows[chosen] ?? null),
      Escape: () => setChosen(-1),
    },
    open === null,
  )
  const listKey = list.stale ? '' : key
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each list
  useLayoutEffect(() => {
    if (listKey && pages && box.current) box.current.scrollTop = pages.top
    setChosen(-1)
  }, [listKey, pages?.from])
  const { first, last } = useWindow(box, rows.length, height, list.more)

  if (!pages) return list.error ? <Failure error={list.error} retry={list.retry} /> : <Skeleton rows={12} />
  if (rows.length === 0 && !list.stale) {
    return (
      <Empty title={<Trans>No carts here</Trans>}>
        {state === 'ABANDONED' ? (
          <Trans>A cart counts as abandoned after an hour without activity and without an order.</Trans>
        ) : (
          <Trans>Carts in this state will be here with their value, age and contents.</Trans>
        )}
      </Empty>
    )
  }
  return (
    <>
      {list.error && <Failure error={list.error} retry={list.retry} />}
      <div
        ref={box}
        className={`${table.box} ${table.fill} ${list.stale ? table.stale : ''}`}
        onScroll={(e) => {
          if (!list.stale) pages.top = e.currentTarget.scrollTop
        }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        role="region"
        aria-label={t`List of carts`}
        aria-busy={list.loading}
      >
        {narrow ? (
          <ul className={table.cards}>
            <Gap rows={first} height={height} />
            {rows.slice(first, last).map((cart) => (
              <li key={cart.id} className={table.card} style={{ height: cardHeight }}>
                <span className="one-line">
                  <Owner cart={cart} />
                </span>
                <span className={table.end}>{cart.value ? <Amount value={cart.value} /> : '–'}</span>
                <button type="button" className={`${css.contents} ${table.minor} one-line`} onClick={() => setOpen(cart)}>
                  {contents(cart)}
                </button>
                <span className={`${table.minor} ${table.end}`}>
                  <When at={cart.updatedAt} />
                </span>
                <span className={table.minor}>
                  <ShopName shop={cart.shop} />
                </span>
                <span className={table.end}>
                  <CartBadge state={cart.state} />
                </span>
              </li>
            ))}
            <Gap rows={rows.length - last} height={height} />
          </ul>
        ) : (
          <table className={`${table.table} ${table.fixed}`} aria-rowcount={rows.length + 1}>
            <thead>
              <tr>
                <th scope="col" style={{ width: '20%' }}>
                  <Trans>Customer</Trans>
                </th>
                <th scope="col">
                  <Trans>Contents</Trans>
                </th>
                <th scope="col" style={{ width: '15%' }}>
                  <Trans>Shop</Trans>
                </th>
                <th scope="col" style={{ width: 118 }}>
                  <Trans>State</Trans>
                </th>
                <th scope="col" className={table.right} style={{ width: 140 }}>
                  <Trans>Last activity</Trans>
                </th>
                <th scope="col" className={table.right} style={{ width: 120 }}>
                  <Trans>Value</Trans>
                </th>
              </tr>
            </thead>
            <tbody>
              <Gap rows={first} height={height} columns={6} />
              {rows.slice(first, last).map((cart, i) => (
                <tr
                  key={cart.id}
                  className={table.row}
                  data-row={first + i}
                  data-chosen={first + i === chosen || undefined}
                  aria-rowindex={first + i + 2}
                  onClick={(e) => {
                    if (!(e.target as HTMLElement).closest('a, button')) setOpen(cart)
                  }}
                >
                  <td className={table.cut}>
                    <Owner cart={cart} />
                  </td>
                  <td className={table.cut}>
                    <button type="button" className={`${css.contents} one-line`} onClick={() => setOpen(cart)}>
                      {contents(cart)}
                    </button>
                  </td>
                  <td className={table.cut}>
                    <ShopName shop={cart.shop} />
                  </td>
                  <td>
                    <CartBadge state={cart.state} />
                  </td>
                  <td className={table.right}>
                    <When at={cart.updatedAt} />
                  </td>
                  <td className={table.right}>{cart.value ? <Amount value={cart.value} /> : '–'}</td>
                </tr>
              ))}
              <Gap rows={rows.length - last} height={height} columns={6} />
            </tbody>
          </table>
        )}
      </div>
      <ListFoot
        box={box}
        height={height}
        rows={rows.length}
        marks={pages.marks}
        next={pages.next}
        from={pages.from}
        loading={list.loading}
        setStart={setStart}
        fromStart={list.fromStart}
        more={list.more}
      />
      <CartDrawer cart={open} close={() => setOpen(null)} />
    </>
  )
}

function contents(cart: Cart): string {
  return cart.lines.map((l) => (l.quantity > 1 ? `${l.quantity} × ${l.title}` : l.title)).join(', ') || '–'
}

function Owner({ cart }: { cart: Cart }) {
  const { t } = useLingui()
  if (!cart.profile) {
    return (
      <span className="quiet">
        <Trans>Visitor</Trans>
      </span>
    )
  }
  return (
    <Link href={`/customers/${cart.profile.id}`} className={table.link}>
      {cart.profile.displayName || t`No name`}
    </Link>
  )
}

function CartDrawer({ cart, close }: { cart: Cart | null; close: () => void }) {
  const { t } = useLingui()
  return (
    <Drawer
      opened={cart !== null}
      onClose={close}
      position="right"
      title={cart?.profile ? t`Cart of ${cart.profile.displayName}` : t`Cart of a visitor`}
      closeButtonProps={{ 'aria-label': t`Close` }}
      transitionProps={{ duration: 120 }}
    >
      {cart && (
        <>
          <p className={css.summary}>
            <CartBadge state={cart.state} />
            {cart.value && <Amount value={cart.value} />}
            <When at={cart.updatedAt} />
          </p>
          <CartDetail cart={cart} />
          {cart.profile && (
            <Button component={Link} href={`/customers/${cart.profile.id}`} variant="default" mt="md">
              <Trans>Open the customer</Trans>
            </Button>
          )}
        </>
      )}
    </Drawer>
  )
}
