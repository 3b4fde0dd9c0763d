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
      if (text !== window.location.search.slice(1)) navigate(`${window.location.pathname}${text ? `?${text}` : ''}`, { replace: !push })
    },
    [navigate],
  )
  return [new URLSearchParams(search), change]
}
