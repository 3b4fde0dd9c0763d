import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { SegmentedControl } from '@mantine/core'
import { useClient, useQuery } from 'urql'
import { plain } from '../api/client'
import { CartDetail } from '../customer/Timeline'
import { CartCountDocument, CartDocument, CartsDocument, type CartsQuery, type CartState } from '../gql/graphql'
import { useAddress, useOpened } from '../lib/address'
import { usePages } from '../lib/pages'
import { OneDrawer, OpenCustomer } from '../ui/OneDrawer'
import drawer from '../ui/OneDrawer.module.css'
import { Page } from '../ui/Page'
import { Amount, CartBadge, Owner, ShopName, When } from '../ui/parts'
import { ColumnHead, RowList } from '../ui/RowList'
import { ShopSelect } from '../ui/ShopSelect'
import { Empty } from '../ui/states'
import table from '../ui/table.module.css'
import css from './Carts.module.css'

type Cart = CartsQuery['carts']['nodes'][number]

const states: CartState[] = ['ABANDONED', 'OPEN', 'RECOVERED', 'ORDERED']
const pageSize = 100

/** Carts over all customers. */
export default function Carts() {
  const { t } = useLingui()
  const [address, change] = useAddress()
  const wanted = address.get('state') ?? 'ABANDONED'
  const state = states.find((s) => s === wanted) ?? null
  const shop = address.get('shop')
  return (
    <Page
      fill
      title={t`Carts`}
      sentence={<Count state={state} shop={shop} />}
      actions={<ShopSelect shop={shop} change={(id) => change({ shop: id, after: null })} />}
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
  const name = `carts ${state} ${shop}`
  const list = usePages<Cart>(name, start, async (after, signal) => {
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
  const [opened, open, close] = useOpened('cart')
  const contents = (cart: Cart, minor: string) => (
    <button type="button" className={`${css.contents} ${minor} one-line`} onClick={() => open(cart.id)}>
      {contentsOf(cart)}
    </button>
  )
  return (
    <>
      <RowList
        name={name}
        list={list}
        label={t`List of carts`}
        setStart={setStart}
        open={(cart) => open(cart.id)}
        keys={opened === null}
        empty={<NoCarts state={state} />}
        head={[
          <ColumnHead key="customer" width="20%">
            <Trans>Customer</Trans>
          </ColumnHead>,
          <ColumnHead key="contents">
            <Trans>Contents</Trans>
          </ColumnHead>,
          <ColumnHead key="shop" width="15%">
            <Trans>Shop</Trans>
          </ColumnHead>,
          <ColumnHead key="state" width={118}>
            <Trans>State</Trans>
          </ColumnHead>,
          <ColumnHead key="activity" right width={140}>
            <Trans>Last activity</Trans>
          </ColumnHead>,
          <ColumnHead key="value" right width={120}>
            <Trans>Value</Trans>
          </ColumnHead>,
        ]}
        cells={(cart) => (
          <>
            <td className={table.cut}>
              <Owner profile={cart.profile} />
            </td>
            <td className={table.cut}>{contents(cart, '')}</td>
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
          </>
        )}
        card={(cart) => (
          <>
            <span className="one-line">
              <Owner profile={cart.profile} />
            </span>
            <span className={table.end}>{cart.value ? <Amount value={cart.value} /> : '–'}</span>
            {contents(cart, table.minor ?? '')}
            <span className={`${table.minor} ${table.end}`}>
              <When at={cart.updatedAt} />
            </span>
            <span className={table.minor}>
              <ShopName shop={cart.shop} />
            </span>
            <span className={table.end}>
              <CartBadge state={cart.state} />
            </span>
          </>
        )}
      />
      <CartDrawer id={opened} close={close} />
    </>
  )
}

function NoCarts({ state }: { state: CartState | null }) {
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

function contentsOf(cart: Cart): string {
  return cart.lines.map((l) => (l.quantity > 1 ? `${l.quantity} × ${l.title}` : l.title)).join(', ') || '–'
}

function CartDrawer({ id, close }: { id: string | null; close: () => void }) {
  const { t } = useLingui()
  return (
    <OneDrawer document={CartDocument} id={id} close={close} pick={(data) => data.cart} title={(cart) => (cart.profile ? t`Cart of ${cart.profile.displayName}` : t`Cart of a visitor`)}>
      {(cart) => (
        <>
          <p className={drawer.summary}>
            <CartBadge state={cart.state} />
            {cart.value && <Amount value={cart.value} />}
            <When at={cart.updatedAt} />
          </p>
          <CartDetail cart={cart} />
          <OpenCustomer profile={cart.profile} />
        </>
      )}
    </OneDrawer>
  )
}
