import { useLingui } from '@lingui/react'
import { useMemo } from 'react'

export type Money = { amount: string; currencyCode: string }

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** The zone in which times are shown: the person's own. */
export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

/** A decimal string is exact; Intl reads it without going through a float. */
function decimal(amount: string): Intl.StringNumericLiteral {
  return amount as Intl.StringNumericLiteral
}

export function makeFormat(locale: string) {
  const number = new Intl.NumberFormat(locale)
  const signed = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, signDisplay: 'exceptZero' })
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' })
  const dayOfYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' })
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  const shortMonth = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' })
  const calendar = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' })
  const regions = new Intl.DisplayNames(locale, { type: 'region' })
  const languages = new Intl.DisplayNames(locale, { type: 'language' })
  const currencies = new Map<string, Intl.NumberFormat>()

  function currencyFormat(code: string, whole: boolean) {
    const key = code + (whole ? '0' : '')
    let f = currencies.get(key)
    if (!f) {
      try {
        f = new Intl.NumberFormat(locale, { style: 'currency', currency: code, ...(whole && { maximumFractionDigits: 0 }) })
      } catch {
        f = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 })
      }
      currencies.set(key, f)
    }
    return f
  }

  return {
    locale,
    number: (n: number) => number.format(n),
    /** A difference, with its sign. */
    signed: (n: number) => signed.format(n),
    percent: (part: number) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(part),
    money: (m: Money) => currencyFormat(m.currencyCode, false).format(decimal(m.amount)),
    wholeMoney: (m: Money) => currencyFormat(m.currencyCode, true).format(decimal(m.amount)),
    day: (iso: string) => day.format(new Date(iso)),
    /** A day without its year where that is the present one. */
    shortDay: (iso: string, now = new Date()) => {
      const d = new Date(iso)
      return (d.getFullYear() === now.getFullYear() ? dayOfYear : day).format(d)
    },
    exact: (iso: string) => `${exact.format(new Date(iso))} (${timeZone.replaceAll('_', ' ')})`,
    /** A calendar day, which has no zone. */
    calendarDay: (ymd: string) => calendar.format(new Date(`${ymd.slice(0, 10)}T00:00:00Z`)),
    month: (ym: string) => month.format(new Date(`${ym}-01T00:00:00Z`)),
    shortMonth: (ym: string) => shortMonth.format(new Date(`${ym}-01T00:00:00Z`)),
    ago: (iso: string, now = Date.now()) => {
      const seconds = (new Date(iso).getTime() - now) / 1000
      for (const [unit, size] of units) {
        // "Last year" may be a month ago: months are counted up to two years.
        if (Math.abs(seconds) >= (unit === 'year' ? 2 * size : size)) return relative.format(Math.trunc(seconds / size), unit)
      }
      return relative.format(0, 'second')
    },
    duration: (seconds: number) => {
      const [value, unit] =
        seconds >= 5400 ? [Math.round(seconds / 3600), 'hour'] : seconds >= 90 ? [Math.round(seconds / 60), 'minute'] : [seconds, 'second']
      return new Intl.NumberFormat(locale, { style: 'unit', unit: unit as string, unitDisplay: 'long' }).format(value as number)
    },
    country: (code: string) => {
      try {
        return regions.of(code) ?? code
      } catch {
        return code
      }
    },
    language: (code: string) => {
      try {
        return languages.of(code) ?? code
      } catch {
        return code
      }
    },
    list: (items: string[]) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(items),
  }
}

export type Format = ReturnType<typeof makeFormat>

const made = new Map<string, Format>()

/** Formats of the language that is shown. */
export function useFormat(): Format {
  const { i18n } = useLingui()
  return useMemo(() => {
    let f = made.get(i18n.locale)
    if (!f) {
      // Somebody in Vienna or London wants its numbers and days, not those of another country with the language.
      f = makeFormat(navigator.languages.find((tag) => tag.toLowerCase().startsWith(i18n.locale)) ?? i18n.locale)
      made.set(i18n.locale, f)
    }
    return f
  }, [i18n.locale])
}
