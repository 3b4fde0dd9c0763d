import { useLingui } from '@lingui/react/macro'
import type { ProfileOrderField } from '../gql/graphql'

export const columns = ['email', 'phone', 'city', 'labels', 'shops', 'orders', 'spent', 'average', 'lastOrder', 'contacted', 'created'] as const
export type Column = (typeof columns)[number]

export const usualColumns: Column[] = ['email', 'labels', 'shops', 'orders', 'spent', 'lastOrder']

export const figureColumns: ReadonlySet<Column> = new Set(['orders', 'spent', 'average', 'lastOrder', 'contacted', 'created'])

/** Those that give way to the name stand in CustomerList.module.css. */
export const columnWidths: Record<Column, string> = {
  email: 'var(--email)',
  phone: '140px',
  city: '150px',
  labels: 'var(--labels)',
  shops: 'var(--shops)',
  orders: '108px',
  spent: '116px',
  average: '120px',
  lastOrder: 'var(--last-order)',
  contacted: '150px',
  created: '130px',
}

export const sortOf: Partial<Record<Column | 'name', ProfileOrderField>> = {
  name: 'NAME',
  spent: 'SPENT',
  lastOrder: 'LAST_ORDER',
  created: 'CREATED',
}

export function readColumns(text: string | null): Column[] | null {
  if (text === null) return null
  const wanted = text.split(',')
  return columns.filter((c) => wanted.includes(c))
}

export function useColumnNames(): Record<Column | 'name', string> {
  const { t } = useLingui()
  return {
    name: t`Name`,
    email: t`E-mail`,
    phone: t`Phone`,
    city: t`City`,
    labels: t`Labels`,
    shops: t`Shops`,
    orders: t`Orders`,
    spent: t`Spent`,
    average: t`Average order`,
    lastOrder: t`Last order`,
    contacted: t`Last contacted`,
    created: t`Customer since`,
  }
}
