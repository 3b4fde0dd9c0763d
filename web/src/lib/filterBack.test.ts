import { describe, expect, test } from 'vitest'
import { type Filter, filterInput } from './filter'
import { fromInput } from './filterBack'

const filters: Filter[] = [
  [],
  [[{ field: 'orders', min: 2, max: 5 }]],
  [[{ field: 'spent', max: '100' }], [{ field: 'spent', min: '12.50', currency: 'CHF' }]],
  [[{ field: 'label', values: ['VIP'] }, { not: true, field: 'abandonedCart' }], [{ field: 'membership' }]],
  [[{ field: 'created', from: '2025-01-01', to: '2025-03-31' }]],
  [[{ not: true, field: 'lastOrder', from: '2025-03-30' }]],
  [[{ field: 'group', values: ['a'] }], [{ not: true, field: 'country', values: ['FR', 'DE'] }]],
  [[{ field: 'category', values: ['Teas'] }, { field: 'product', values: ['Cup', 'Mug'] }]],
  [[{ field: 'letter', from: '2025-01-01', to: '2025-03-31' }, { field: 'letter' }], [{ not: true, field: 'scanned' }, { field: 'overdue' }]],
  [[{ field: 'consent', channel: 'EMAIL', preference: '', state: 'GRANTED' }]],
]

describe('a filter that the API gave', () => {
  test.each(filters.map((f) => [JSON.stringify(f), f] as const))('%s comes back', (_, filter) => {
    expect(fromInput(filterInput(filter, '', null) ?? null)).toEqual(filter)
  })

  test('has the shop of a list as a condition', () => {
    expect(fromInput(filterInput([], '', 'a'))).toEqual([[{ field: 'shop', values: ['a'] }]])
  })

  test.each([
    { search: 'tea' },
    { or: [{ and: [{ labels: ['a'] }, { labels: ['b'] }] }, { hasMembership: true }] },
    { createdBetween: { from: '2025-01-01T07:31:00Z' } },
    { something: 'else' },
  ])('is left alone where the bar cannot show it: %j', (input) => {
    expect(fromInput(input)).toBeNull()
  })
})
