import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'

const overscan = 8

type Window = { first: number; last: number }

/** Which rows of a scrolled list are to be drawn: rows of one height, so that any number of them is light. */
export function useWindow(box: RefObject<HTMLElement | null>, count: number, height: number, nearEnd: () => void): Window {
  const [window_, setWindow] = useState<Window>({ first: 0, last: 40 })
  const near = useRef(nearEnd)
  useEffect(() => {
    near.current = nearEnd
  })
  // Not a layout effect: a row's own would run before the box around it is there.
  useEffect(() => {
    const element = box.current
    if (!element) return
    const measure = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / height) - overscan)
      const last = Math.min(count, Math.ceil((element.scrollTop + element.clientHeight) / height) + overscan)
      setWindow((w) => (w.first === first && w.last === last ? w : { first, last }))
      if (count > 0 && last >= count - 2 * overscan) near.current()
    }
    measure()
    element.addEventListener('scroll', measure, { passive: true })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => {
      element.removeEventListener('scroll', measure)
      observer.disconnect()
    }
  }, [box, count, height])
  return { first: Math.min(window_.first, count), last: Math.min(window_.last, count) }
}

/** Holds the place of rows that are not drawn. */
export function Gap({ rows, height, columns }: { rows: number; height: number; columns?: number }): ReactNode {
  if (rows <= 0) return null
  const style = { height: rows * height }
  if (columns === undefined) return <li aria-hidden style={style} />
  return (
    <tr aria-hidden style={style}>
      <td colSpan={columns} />
    </tr>
  )
}
