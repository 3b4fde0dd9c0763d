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

/** The months from one to another, both included; earlier ones are added up to the least, dropped beyond the most. */
export function monthsBetween(from: string, to: string, least: number, most: number): string[] {
  const number = (key: string) => Number(key.slice(0, 4)) * 12 + Number(key.slice(5, 7)) - 1
  const last = number(to)
  const count = Math.min(Math.max(last - number(from) + 1, least), most)
  return Array.from({ length: count }, (_, i) => {
    const n = last - count + 1 + i
    return `${Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`
  })
}
