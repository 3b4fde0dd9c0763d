import { useCallback, useEffect, useRef, useState } from 'react'
import type { CombinedError } from 'urql'

export type Loaded<T> = { nodes: T[]; next: string | null }
type Answer<T> = { page: Loaded<T> } | { error: CombinedError }
type Pages<T> = {
  /** Where the first page begins; null is the beginning of the list. */
  from: string | null
  rows: T[]
  /** The cursor at which each loaded page begins, and its first row. */
  marks: { after: string | null; row: number }[]
  next: string | null
  /** How far the list is scrolled, and which row is chosen: kept while a row is open. */
  top: number
  chosen: number
  at: number
}

// Lists come back as they were left. Few are kept, and not for long.
const kept = new Map<string, Pages<unknown>>()
const keptLists = 8
const keptFor = 5 * 60_000

/** Lists may have changed: they are read anew. */
export function forgetPages(): void {
  kept.clear()
}

function keep(key: string, pages: Pages<unknown>) {
  kept.delete(key)
  kept.set(key, pages)
  for (const oldest of kept.keys()) {
    if (kept.size <= keptLists) break
    kept.delete(oldest)
  }
}

/**
 * A list that is read page by page as it is scrolled. The key names the list; whatever answers for another key
 * comes too late and is dropped.
 */
export function usePages<T>(key: string, start: string | null, load: (after: string | null, signal: AbortSignal) => Promise<Answer<T>>) {
  const [pages, setPages] = useState<Pages<T> | null>(() => fresh<T>(key))
  const [shownKey, setShownKey] = useState(key)
  const [loading, setLoading] = useState(false)
  const [error, setError] = useState<CombinedError | null>(null)
  const current = useRef({ key, load, busy: null as AbortController | null })
  current.current.key = key
  current.current.load = load

  const read = useCallback(async (of: string, after: string | null, before: Pages<T> | null) => {
    current.current.busy?.abort()
    const stop = new AbortController()
    current.current.busy = stop
    setLoading(true)
    setError(null)
    const answer = await current.current.load(after, stop.signal)
    if (stop.signal.aborted || current.current.key !== of) return
    current.current.busy = null
    setLoading(false)
    if ('error' in answer) {
      setError(answer.error)
      return
    }
    const rows = before ? before.rows : []
    const next: Pages<T> = {
      from: before ? before.from : after,
      rows: [...rows, ...answer.page.nodes],
      marks: [...(before?.marks ?? []), { after, row: rows.length }],
      next: answer.page.next,
      top: before?.top ?? 0,
      chosen: before?.chosen ?? -1,
      at: Date.now(),
    }
    keep(of, next)
    setShownKey(of)
    setPages(next)
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: where the list starts matters only when it is opened
  useEffect(() => {
    const old = fresh<T>(key)
    if (old) {
      current.current.busy?.abort()
      setLoading(false)
      setError(null)
      setShownKey(key)
      setPages(old)
    } else read(key, start, null)
  }, [key, read])
  useEffect(() => () => current.current.busy?.abort(), [])

  return {
    pages,
    /** What is shown belongs to an earlier question while the answer to this one is on its way. */
    stale: shownKey !== key,
    loading,
    error,
    more: () => {
      if (pages?.next && shownKey === key && !current.current.busy && !error) read(key, pages.next, pages)
    },
    retry: () => read(key, pages && shownKey === key ? pages.next : start, pages && shownKey === key ? pages : null),
    fromStart: () => {
      kept.delete(key)
      read(key, null, null)
    },
    reload: () => {
      kept.delete(key)
      read(key, pages?.from ?? start, null)
    },
  }
}

function fresh<T>(key: string): Pages<T> | null {
  const pages = kept.get(key) as Pages<T> | undefined
  return pages && Date.now() - pages.at < keptFor ? pages : null
}
