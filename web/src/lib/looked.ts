import { remember, remembered } from './storage'

const most = 3

/** How many customers somebody has looked at here, up to three. */
export function lookedAt(): number {
  return Number(remembered('looked')?.split(',').filter(Boolean).length ?? 0)
}

/** Remembers by a few characters that a customer was looked at; the id itself is not kept. */
export function lookAt(id: string): void {
  const ends = remembered('looked')?.split(',').filter(Boolean) ?? []
  const end = id.slice(-4)
  if (ends.length < most && !ends.includes(end)) remember('looked', [...ends, end].join(','))
}
