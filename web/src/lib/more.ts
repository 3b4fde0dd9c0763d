import { useCallback, useEffect, useRef, useState } from 'react'
import type { CombinedError } from 'urql'
import type { Loaded } from './pages'

type Answer<T> = { page?: Loaded<T>; error?: CombinedError }

/** A list of which each further page is asked for by hand. The key names the list. */
export function useMore<T>(key: string, load: (after: string | null) => Promise<Answer<T>>) {
  const [rows, setRows] = useState<T[] | null>(null)
  const [next, setNext] = useState<string | null>(null)
  const [error, setError] = useState<CombinedError | null>(null)
  const [busy, setBusy] = useState(false)
  const current = useRef({ key, load })
  current.current = { key, load }

  const read = useCallback(async (of: string, after: string | null, before: T[]) => {
    setBusy(true)
    setError(null)
    const { page, error: failed } = await current.current.load(after)
    if (current.current.key !== of) return
    setBusy(false)
    if (!page) {
      setError(failed ?? null)
      return
    }
    setRows([...before, ...page.nodes])
    setNext(page.next)
  }, [])
  useEffect(() => {
    setRows(null)
    read(key, null, [])
  }, [key, read])

  return {
    rows,
    next,
    error,
    busy,
    more: () => read(key, rows ? next : null, rows ?? []),
    reload: () => read(key, null, []),
    drop: (which: (row: T) => boolean) => setRows((list) => list?.filter((row) => !which(row)) ?? null),
  }
}
