import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Checkbox, Tooltip } from '@mantine/core'
import { ArrowDown, ArrowUp, QrCode, TriangleAlert } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useClient } from 'urql'
import { Link, useLocation } from 'wouter'
import { plain } from '../api/client'
import { CustomersDocument, type CustomersQuery, type OrderDirection, type ProfileFilter, type ProfileOrderField } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { type Loaded, usePages } from '../lib/pages'
import { Amount, LabelChip, PlatformMark, ShopName, When } from '../ui/parts'
import { RowList, useNarrow } from '../ui/RowList'
import { Empty } from '../ui/states'
import table from '../ui/table.module.css'
import css from './CustomerList.module.css'
import bulk from './Bulk.module.css'
import { type Chosen, choose, mostIds } from './chosen'
import { type Column, columnWidths, figureColumns, sortOf, useColumnNames } from './columns'

export type Row = CustomersQuery['profiles']['nodes'][number]

const pageSize = 100

type Props = {
  filter: ProfileFilter | undefined
  /** Without those whom a segment of the filter leaves out. */
  asSegment: boolean
  order: { field: ProfileOrderField; direction: OrderDirection }
  columns: Column[]
  start: string | null
  setStart: (after: string | null) => void
  setSort: (field: ProfileOrderField, direction: OrderDirection) => void
  clear: () => void
  /** Who is ticked; nobody can be where it is left out. */
  chosen?: Chosen | undefined
  setChosen: (next: Chosen) => void
  /** Counts up where the rows changed. */
  version: number
}

/** The list itself: any number of rows, read as one scrolls, left and found again at the same place. */
export function CustomerList({ filter, asSegment, order, columns, start, setStart, setSort, clear, chosen, setChosen, version }: Props) {
  const { t } = useLingui()
  const client = useClient()
  const narrow = useNarrow()
  const has = (c: Column) => (narrow ? c === 'email' || c === 'orders' || c === 'spent' || c === 'lastOrder' || c === 'labels' : columns.includes(c))
  const wanted = {
    email: has('email'),
    phone: has('phone'),
    city: has('city'),
    labels: has('labels'),
    shops: has('shops'),
    orders: has('orders'),
    spent: has('spent'),
    average: has('average'),
    lastOrder: has('lastOrder'),
    contacted: has('contacted'),
    created: has('created'),
  }
  const key = `customers ${JSON.stringify([filter ?? null, asSegment, order, wanted])}`
  const reload = useRef(() => {})
  const list = usePages<Row>(key, start, async (after, signal) => {
    const { data, error } = await client
      .query(CustomersDocument, { first: pageSize, after, filter, orderBy: order, asSegment, ...wanted }, { requestPolicy: 'network-only', fetchOptions: { signal, headers: plain } })
      .toPromise()
    if (!data) return { error: error as never }
    const { nodes, pageInfo } = data.profiles
    return { page: { nodes, next: pageInfo.hasNextPage ? pageInfo.endCursor : null } satisfies Loaded<Row> }
  })
  reload.current = list.reload
  useEffect(() => {
    if (version > 0) reload.current()
  }, [version])
  const [, navigate] = useLocation()
  const rows = (list.pages?.rows ?? []).slice(0, mostIds).map((r) => r.id)
  const ticked = (id: string) => !!chosen && (chosen.all || chosen.ids.has(id))
  const everyone = rows.length > 0 && rows.every(ticked)
  const tick = (row: Row) =>
    chosen && (
      <Checkbox
        size="xs"
        aria-label={t`Choose ${row.displayName || t`No name`}`}
        checked={ticked(row.id)}
        onChange={(e) => setChosen(choose(chosen, [row.id], e.currentTarget.checked))}
      />
    )
  const names = useColumnNames()
  const all: (Column | 'name')[] = ['name', ...columns]
  return (
    <RowList
      name={key}
      list={list}
      label={t`List of customers`}
      setStart={setStart}
      open={(row) => navigate(`/customers/${row.id}`)}
      empty={filter ? <NobodyMatches clear={clear} /> : <NobodyYet />}
      head={[
        ...(chosen
          ? [
              <th key="tick" scope="col" className={bulk.tick}>
                <Checkbox
                  size="xs"
                  aria-label={t`Choose all on this page`}
                  checked={everyone}
                  indeterminate={!everyone && rows.some(ticked)}
                  onChange={(e) => setChosen(choose(chosen, rows, e.currentTarget.checked))}
                />
              </th>,
            ]
          : []),
        ...all.map((c) => <Head key={c} column={c} name={names[c]} order={order} setSort={setSort} />),
      ]}
      cells={(row) => (
        <>
          {chosen && <td className={bulk.ticked}>{tick(row)}</td>}
          <td className={table.cut}>
            <Name row={row} />
          </td>
          {columns.map((c) => (
            <td key={c} className={`${table.cut} ${figureColumns.has(c) ? table.right : ''}`}>
              <Cell row={row} column={c} />
            </td>
          ))}
        </>
      )}
      card={(row) => <Card row={row} />}
    />
  )
}

function NobodyMatches({ clear }: { clear: () => void }) {
  return (
    <Empty
      title={<Trans>Nobody matches</Trans>}
      action={
        <Button variant="default" onClick={clear}>
          <Trans>Show all customers</Trans>
        </Button>
      }
    >
      <Trans>Take a filter away or search for less: accents and small typing errors do not matter.</Trans>
    </Empty>
  )
}

function NobodyYet() {
  return (
    <Empty
      title={<Trans>No customers yet</Trans>}
      action={
        <Button component={Link} href="/shops">
          <Trans>Connect a shop</Trans>
        </Button>
      }
    >
      <Trans>Everybody your shops know will be here, one row per person.</Trans>
    </Empty>
  )
}

function Head({ column, name, order, setSort }: { column: Column | 'name'; name: string; order: Props['order']; setSort: Props['setSort'] }) {
  const field = sortOf[column]
  const on = field === order.field
  const width = column === 'name' ? undefined : columnWidths[column]
  const right = column !== 'name' && figureColumns.has(column)
  const first: OrderDirection = field === 'NAME' ? 'ASC' : 'DESC'
  return (
    <th
      scope="col"
      style={{ width }}
      className={right ? `${css.head} ${table.right}` : css.head}
      aria-sort={on ? (order.direction === 'ASC' ? 'ascending' : 'descending') : undefined}
    >
      {field ? (
        <button
          type="button"
          className={table.sort}
          data-on={on || undefined}
          onClick={() => setSort(field, on ? (order.direction === 'ASC' ? 'DESC' : 'ASC') : first)}
        >
          {name}
          {on && (order.direction === 'ASC' ? <ArrowUp size={12} aria-hidden /> : <ArrowDown size={12} aria-hidden />)}
        </button>
      ) : (
        name
      )}
    </th>
  )
}

function Name({ row }: { row: Row }) {
  const { t } = useLingui()
  return (
    <>
      <Link href={`/customers/${row.id}`} className={table.link}>
        {row.displayName || t`No name`}
      </Link>
      {row.needsReview && (
        <Tooltip label={t`More records match than may be joined without a look.`}>
          <TriangleAlert size={13} className={css.review} aria-label={t`Needs a look`} />
        </Tooltip>
      )}
    </>
  )
}

function Cell({ row, column }: { row: Row; column: Column }): ReactNode {
  const format = useFormat()
  switch (column) {
    case 'email':
      return <More first={row.emails?.[0]?.address} count={row.emails?.length ?? 0} />
    case 'phone':
      return <More first={row.phones?.[0]?.number} count={row.phones?.length ?? 0} />
    case 'city': {
      const a = row.addresses?.find((x) => x.city)
      return a ? `${a.city}${a.countryCode ? `, ${a.countryCode}` : ''}` : <None />
    }
    case 'labels':
      return row.labels?.length ? (
        <span className={css.labels}>
          {row.labels.slice(0, 3).map((l) => (
            <LabelChip key={l.id} name={l.name} />
          ))}
          {row.labels.length > 3 && `+${row.labels.length - 3}`}
        </span>
      ) : (
        <None />
      )
    case 'shops': {
      const only = row.shops?.length === 1 ? row.shops[0] : undefined
      if (only) return <ShopName shop={only} />
      if (!row.shops?.length) return <None />
      return (
        <Tooltip label={format.list(row.shops.map((s) => s.name))}>
          <span className={css.linked}>
            {row.shops.map((s) => (
              <PlatformMark key={s.id} platform={s.platform} />
            ))}
            <Plural value={row.shops.length} one="# shop" other="# shops" />
          </span>
        </Tooltip>
      )
    }
    case 'orders':
      return format.number(row.orderCount ?? 0)
    case 'spent':
      return row.spent ? <Amount value={row.spent} /> : <None />
    case 'average':
      return row.averageOrder && row.orderCount !== 0 ? <Amount value={row.averageOrder} /> : <None />
    case 'lastOrder':
      return row.lastOrderAt ? <When at={row.lastOrderAt} /> : <None />
    case 'contacted':
      return <Contacted row={row} />
    case 'created':
      return row.createdAt ? <When at={row.createdAt} /> : <None />
  }
}

/** When they were last written to, marked where they scanned a letter. */
function Contacted({ row }: { row: Row }) {
  const { t } = useLingui()
  const format = useFormat()
  const label = row.letterScannedAt ? t`Letter scanned ${format.day(row.letterScannedAt)}` : ''
  return (
    <>
      {row.letterScannedAt && (
        <Tooltip label={label}>
          <QrCode size={13} className={css.scanned} aria-label={label} />
        </Tooltip>
      )}
      {row.lastContactedAt ? <When at={row.lastContactedAt} /> : <None />}
    </>
  )
}

function None() {
  return (
    <span className="quiet" aria-hidden>
      –
    </span>
  )
}

function More({ first, count }: { first: string | undefined; count: number }) {
  if (!first) return <None />
  return (
    <>
      {first}
      {count > 1 && <span className="quiet"> +{count - 1}</span>}
    </>
  )
}

function Card({ row }: { row: Row }) {
  return (
    <>
      <span className={`${css.cardName} one-line`}>
        <Name row={row} />
      </span>
      <span className={table.end}>{row.spent && <Amount value={row.spent} />}</span>
      <span className={`${table.minor} one-line`}>{row.emails?.[0]?.address}</span>
      <span className={`${table.minor} ${table.end}`}>
        <Plural value={row.orderCount ?? 0} one="# order" other="# orders" />
      </span>
      <span className={css.labels}>
        {row.labels?.slice(0, 2).map((l) => (
          <LabelChip key={l.id} name={l.name} />
        ))}
      </span>
      <span className={`${table.minor} ${table.end}`}>{row.lastOrderAt && <When at={row.lastOrderAt} />}</span>
    </>
  )
}
