import { useMediaQuery } from '@mantine/hooks'
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { useKeys } from '../app/keys'
import type { usePages } from '../lib/pages'
import { ListFoot } from './ListFoot'
import { Failure, Skeleton } from './states'
import table from './table.module.css'
import { Gap, useWindow } from './virtual'

const rowHeight = 40
const cardHeight = 76
const headHeight = 36

/** Whether lists are cards instead of tables. */
export function useNarrow(): boolean {
  return useMediaQuery('(width < 900px)', window.innerWidth < 900, { getInitialValueInEffect: false }) ?? false
}

type Props<T> = {
  /** Names what is listed: another list begins at its top, unless it was left somewhere else. */
  name: string
  list: ReturnType<typeof usePages<T>>
  label: string
  head: ReactNode[]
  /** The cells of a row, and what is in its card on a narrow screen. */
  cells: (row: T) => ReactNode
  card: (row: T) => ReactNode
  open: (row: T) => void
  /** Keys are for something else while that is open. */
  keys?: boolean
  empty: ReactNode
  setStart: (after: string | null) => void
}

/** Any number of rows: read as one scrolls, drawn where they are seen, left and found again at the same place. */
export function RowList<T extends { id: string }>({ name, list, label, head, cells, card, open, keys = true, empty, setStart }: Props<T>) {
  const narrow = useNarrow()
  const height = narrow ? cardHeight : rowHeight
  const box = useRef<HTMLDivElement>(null)
  const pages = list.pages
  const rows = pages?.rows ?? []
  const [chosen, setChosen] = useState(pages?.chosen ?? -1)

  function choose(row: number) {
    const next = Math.max(0, Math.min(rows.length - 1, row))
    setChosen(next)
    if (pages) pages.chosen = next
    if (box.current) reveal(box.current, next * height, height, narrow ? 0 : headHeight)
    if (next > rows.length - 10) list.more()
  }
  useKeys(
    {
      j: () => choose(chosen + 1),
      k: () => choose(chosen - 1),
      Enter: () => {
        const row = rows[chosen]
        if (row) open(row)
      },
      Escape: () => setChosen(-1),
    },
    keys,
  )
  const shown = list.stale ? '' : name
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each list
  useLayoutEffect(() => {
    if (!shown || !pages || !box.current) return
    box.current.scrollTop = pages.top
    setChosen(pages.chosen)
  }, [shown, pages?.from])

  if (!pages) return list.error ? <Failure error={list.error} retry={list.retry} /> : <Skeleton rows={12} />
  if (rows.length === 0 && !list.stale) return <>{empty}</>
  const drawn = { box, rows, height, chosen, more: list.more }
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
        aria-label={label}
        aria-busy={list.loading}
      >
        {narrow ? <Cards {...drawn} card={card} /> : <Table {...drawn} head={head} cells={cells} open={open} />}
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
    </>
  )
}

/** Scrolls a row into what is seen beneath the head. */
function reveal(box: HTMLElement, top: number, height: number, head: number) {
  if (top < box.scrollTop) box.scrollTop = top
  else if (top + height + head > box.scrollTop + box.clientHeight) box.scrollTop = top + height + head - box.clientHeight
}

type Drawn<T> = { box: React.RefObject<HTMLDivElement | null>; rows: T[]; height: number; chosen: number; more: () => void }

function Table<T extends { id: string }>({ box, rows, height, chosen, more, head, cells, open }: Drawn<T> & Pick<Props<T>, 'head' | 'cells' | 'open'>) {
  const { first, last } = useWindow(box, rows.length, height, more)
  return (
    <table className={`${table.table} ${table.fixed}`} aria-rowcount={rows.length + 1}>
      <thead>
        <tr>{head}</tr>
      </thead>
      <tbody>
        <Gap rows={first} height={height} columns={head.length} />
        {rows.slice(first, last).map((row, i) => (
          <tr
            key={row.id}
            className={table.row}
            data-chosen={first + i === chosen || undefined}
            aria-rowindex={first + i + 2}
            onClick={(e) => {
              if (!(e.target as HTMLElement).closest('a, button, input, label') && !window.getSelection()?.toString()) open(row)
            }}
          >
            {cells(row)}
          </tr>
        ))}
        <Gap rows={rows.length - last} height={height} columns={head.length} />
      </tbody>
    </table>
  )
}

function Cards<T extends { id: string }>({ box, rows, height, chosen, more, card }: Drawn<T> & Pick<Props<T>, 'card'>) {
  const { first, last } = useWindow(box, rows.length, height, more)
  return (
    <ul className={table.cards}>
      <Gap rows={first} height={height} />
      {rows.slice(first, last).map((row, i) => (
        <li key={row.id} className={table.card} style={{ height }} data-chosen={first + i === chosen || undefined}>
          {card(row)}
        </li>
      ))}
      <Gap rows={rows.length - last} height={height} />
    </ul>
  )
}

/** The head of a column. */
export function ColumnHead({ children, right, width }: { children: ReactNode; right?: boolean; width?: number | string }) {
  return (
    <th scope="col" style={{ width }} className={right ? table.right : undefined}>
      {children}
    </th>
  )
}
