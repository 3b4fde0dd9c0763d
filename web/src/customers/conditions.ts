import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import type { ConsentChannel, ConsentState } from '../gql/graphql'
import type { Condition, Field } from '../lib/filter'
import { useFormat } from '../lib/format'
import { useGroups } from './inUse'

export type FilterShop = { id: string; name: string; currency: string }

export function useFieldNames(): Record<Field, string> {
  const { t } = useLingui()
  return {
    label: t`Label`,
    orders: t`Number of orders`,
    spent: t`Spent`,
    lastOrder: t`Last order`,
    created: t`Customer since`,
    shop: t`Shop`,
    consent: t`Consent`,
    abandonedCart: t`Abandoned cart`,
    membership: t`Membership`,
    group: t`Group`,
    country: t`Country`,
    category: t`Category bought`,
    product: t`Product bought`,
    letter: t`Letter received`,
    scanned: t`Code of a letter scanned`,
    overdue: t`Payment overdue`,
  }
}

export function useConsentNames(): { channels: Record<ConsentChannel, string>; states: Record<ConsentState, string> } {
  const { t } = useLingui()
  return {
    channels: { EMAIL: t`E-mail`, LETTER: t`Letter`, SMS: t`SMS` },
    states: {
      GRANTED: t`said yes`,
      CONFIRMED: t`said yes and confirmed`,
      PENDING: t`asked, not confirmed yet`,
      REFUSED: t`said no`,
      WITHDRAWN: t`withdrew the consent`,
      UNKNOWN: t`never asked`,
    },
  }
}

/** A condition in words. */
export function useConditionText(shops: FilterShop[], mainCurrency: string): (c: Condition) => string {
  const { t } = useLingui()
  const format = useFormat()
  const names = useConsentNames()
  const groups = useGroups()
  const either = (values: string[]) => new Intl.ListFormat(format.locale, { type: 'disjunction' }).format(values)

  function positive(c: Condition): string {
    switch (c.field) {
      case 'label':
        return t`label is ${either(c.values)}`
      case 'shop':
        return t`known to ${either(c.values.map((id) => shops.find((s) => s.id === id)?.name ?? id))}`
      case 'orders': {
        const { min } = c
        if (c.min !== undefined && c.min === c.max) return plural(c.min, { one: 'exactly # order', other: 'exactly # orders' })
        if (c.min === undefined) return plural(c.max ?? 0, { one: 'at most # order', other: 'at most # orders' })
        if (c.max === undefined) return plural(c.min, { one: 'at least # order', other: 'at least # orders' })
        return plural(c.max, { one: `${min} to # order`, other: `${min} to # orders` })
      }
      case 'spent': {
        const money = (amount: string) => format.money({ amount, currencyCode: c.currency ?? mainCurrency })
        if (c.min === undefined) return t`spent at most ${money(c.max ?? '0')}`
        if (c.max === undefined) return t`spent at least ${money(c.min)}`
        return t`spent ${money(c.min)} to ${money(c.max)}`
      }
      case 'lastOrder':
        if (!c.from) return t`last order until ${format.calendarDay(c.to ?? '')}`
        if (!c.to) return t`last order since ${format.calendarDay(c.from)}`
        return t`last order ${format.calendarDay(c.from)} to ${format.calendarDay(c.to)}`
      case 'created':
        if (!c.from) return t`customer until ${format.calendarDay(c.to ?? '')}`
        if (!c.to) return t`customer since ${format.calendarDay(c.from)}`
        return t`customer since ${format.calendarDay(c.from)} to ${format.calendarDay(c.to)}`
      case 'abandonedCart':
        return t`has an abandoned cart`
      case 'membership':
        return t`has a membership`
      case 'group':
        return t`in the group ${either(c.values.map((id) => groups.find((g) => g.id === id)?.name ?? id))}`
      case 'country':
        return t`address in ${either(c.values.map(format.country))}`
      case 'category':
        return t`bought of ${either(c.values)}`
      case 'product':
        return t`bought ${either(c.values)}`
      case 'letter':
        if (!c.from && !c.to) return t`got a letter`
        if (!c.from) return t`got a letter until ${format.calendarDay(c.to ?? '')}`
        if (!c.to) return t`got a letter since ${format.calendarDay(c.from)}`
        return t`got a letter ${format.calendarDay(c.from)} to ${format.calendarDay(c.to)}`
      case 'scanned':
        return t`scanned the code of a letter`
      case 'overdue':
        return t`has an overdue payment`
      case 'consent': {
        const channel = names.channels[c.channel]
        const state = names.states[c.state]
        return c.preference ? t`${channel}, ${c.preference}: ${state}` : t`${channel}: ${state}`
      }
    }
  }

  return (c) => (c.not ? t`not: ${positive(c)}` : positive(c))
}
