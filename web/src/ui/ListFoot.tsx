import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useFormat } from '../lib/format'
import css from './table.module.css'

type Props = {
  box: RefObject<HTMLDivElement | null>
  height: number
  rows: number
  marks: { after: string | null; row: number }[]
  next: string | null
  from: string | null
  loading: boolean
  setStart: (after: string | null) => void
  fromStart: () => void
  more: () => void
}

/** The foot of a list: where one is, and the pages before and after. The address follows, page by page. */
export function ListFoot({ box, height, rows, marks, next, from, loading, setStart, fromStart, more }: Props) {
  const format = useFormat()
  const [seen, setSeen] = useState({ first: 0, last: 0 })
  const follow = useRef(setStart)
  useEffect(() => {
    follow.current = setStart
  })
  useEffect(() => {
    const element = box.current
    if (!element) return
    let timer = 0
    const look = () => {
      const first = Math.floor(element.scrollTop / height)
      const last = Math.min(rows, Math.floor((element.scrollTop + element.clientHeight) / height))
      setSeen((s) => (s.first === first && s.last === last ? s : { first, last }))
      window.clearTimeout(timer)
      timer = window.setTimeout(() => follow.current([...marks].reverse().find((m) => m.row <= first)?.after ?? null), 250)
    }
    look()
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      window.clearTimeout(timer)
      element.removeEventListener('scroll', look)
    }
  }, [box, height, rows, marks])

  const page = marks.findLastIndex((m) => m.row <= seen.first)
  function go(to: number) {
    const mark = marks[to]
    if (mark && box.current) box.current.scrollTop = mark.row * height
    else if (box.current) {
      box.current.scrollTop = rows * height
      more()
    }
  }
  return (
    <div className={css.foot}>
      <span className="figures">
        {from === null ? (
          <Trans>
            Rows {format.number(seen.first + 1)} to {format.number(Math.max(seen.last, seen.first + 1))}
          </Trans>
        ) : (
          <button type="button" className={css.textButton} onClick={fromStart}>
            <Trans>From the start of the list</Trans>
          </button>
        )}
        {loading && (
          <>
            {' · '}
            <Trans>loading</Trans>
          </>
        )}
      </span>
      <Button variant="subtle" color="gray" size="compact-xs" disabled={page <= 0 && seen.first === 0} onClick={() => go(seen.first > (marks[page]?.row ?? 0) ? page : page - 1)}>
        <Trans>Previous page</Trans>
      </Button>
      <Button variant="subtle" color="gray" size="compact-xs" disabled={!marks[page + 1] && !next && seen.last >= rows} onClick={() => go(page + 1)}>
        <Trans>Next page</Trans>
      </Button>
    </div>
  )
}
