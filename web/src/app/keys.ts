import { useEffect, useRef } from 'react'

/** Keys, or two keys pressed one after the other ("g c"), and what they do. */
export type Keys = Record<string, (event: KeyboardEvent) => void>

const sequenceTime = 900

/** Whether a key belongs to what has the focus: text is being typed, or a dialog or menu is open. */
function isTaken(event: KeyboardEvent): boolean {
  const at = event.target as HTMLElement | null
  if (!at?.closest) return false
  if (at.closest('input, textarea, select, [contenteditable="true"], [role="menu"], [role="listbox"], [role="dialog"]')) return true
  // A focused button or link keeps its Enter.
  return event.key === 'Enter' && at.closest('a, button, summary') !== null
}

export function useKeys(keys: Keys, active = true): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    if (!active) return
    let first = ''
    let timer = 0
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return
      const both = first ? `${first} ${event.key}` : event.key
      const act = latest.current[both] ?? latest.current[event.key]
      const beginning = Object.keys(latest.current).some((k) => k.startsWith(`${event.key} `))
      window.clearTimeout(timer)
      first = ''
      if (act && (both !== event.key || !beginning)) {
        event.preventDefault()
        act(event)
      } else if (beginning) {
        first = event.key
        timer = window.setTimeout(() => {
          first = ''
        }, sequenceTime)
      }
    }
    window.addEventListener('keydown', listen)
    return () => {
      window.clearTimeout(timer)
      window.removeEventListener('keydown', listen)
    }
  }, [active])
}
