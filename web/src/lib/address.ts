import { useCallback } from 'react'
import { useLocation, useSearch } from 'wouter'

export type Changes = Record<string, string | null>

/** The part of the address after "?", which holds what a screen shows. Changes replace it; null takes away. */
export function useAddress(): [URLSearchParams, (changes: Changes, push?: boolean) => void] {
  const search = useSearch()
  const [, navigate] = useLocation()
  const change = useCallback(
    (changes: Changes, push = false) => {
      // The address of this moment, so that two changes in a row do not undo each other.
      const next = new URLSearchParams(window.location.search)
      for (const [name, value] of Object.entries(changes)) {
        if (value === null || value === '') next.delete(name)
        else next.set(name, value)
      }
      const text = next.toString()
      if (text === window.location.search.slice(1)) return
      const state = push ? { pushed: Object.keys(changes) } : window.history.state
      navigate(`${window.location.pathname}${text ? `?${text}` : ''}`, { replace: !push, state })
    },
    [navigate],
  )
  return [new URLSearchParams(search), change]
}

/**
 * What is open on top of a screen stands in the address under a name: going back closes it, loading the page
 * anew opens it again.
 */
export function useOpened(name: string): [string | null, (value: string) => void, () => void] {
  const [address, change] = useAddress()
  const open = useCallback((value: string) => change({ [name]: value }, true), [change, name])
  const close = useCallback(() => {
    if (!new URLSearchParams(window.location.search).has(name)) return
    if (window.history.state?.pushed?.includes(name)) window.history.back()
    else change({ [name]: null })
  }, [change, name])
  return [address.get(name), open, close]
}
