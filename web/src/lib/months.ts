export type Span = { from: string; to: string }

/** The last months, oldest first, as "2026-11". Months are those of the person's clock. */
export function lastMonths(count: number, now = new Date()): string[] {
  return Array.from({ length: count }, (_, i) => monthKey(new Date(now.getFullYear(), now.getMonth() - (count - 1 - i), 1)))
}

export function monthKey(d: Date): string {
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}`
}

/** The time that a month takes, as instants. */
export function monthSpan(key: string): Span {
  const [year = 0, month = 1] = key.split('-').map(Number)
  return { from: new Date(year, month - 1, 1).toISOString(), to: new Date(year, month, 1).toISOString() }
}
