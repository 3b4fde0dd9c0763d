export type Unit = 'minute' | 'hour' | 'day'

export const minutesOf: Record<Unit, number> = { minute: 1, hour: 60, day: 1440 }

/** The greatest unit in which a time is whole. */
export function splitMinutes(minutes: number): [number, Unit] {
  if (minutes > 0 && minutes % 1440 === 0) return [minutes / 1440, 'day']
  if (minutes > 0 && minutes % 60 === 0) return [minutes / 60, 'hour']
  return [minutes, 'minute']
}
