import { describe, expect, test } from 'vitest'
import { parseEvent } from '../api/events'
import { isZero, shortDecimal, sumDecimals } from './decimal'
import { type Filter, filterInput, readFilter, writeFilter } from './filter'
import { makeFormat } from './format'
import { safeHref, safePlace } from './link'
import { lastMonths, monthSpan } from './months'
import { orderFilter, readQuestion } from './orders'
import { timeline } from './timeline'

describe('filter', () => {
  const filter: Filter = [
    [{ field: 'label', values: ['VIP'] }, { not: true, field: 'abandonedCart' }],
    [{ field: 'orders', min: 2, max: 5 }],
  ]

  test('is read as it was written', () => {
    expect(readFilter(writeFilter(filter))).toEqual(filter)
  })

  test('becomes and, or and not', () => {
    expect(filterInput(filter, ' müller ', 'shop-1')).toEqual({
      search: 'müller',
      shopIds: ['shop-1'],
      and: [{ or: [{ labels: ['VIP'] }, { not: { hasAbandonedCart: true } }] }, { orderCount: { min: 2, max: 6 } }],
    })
  })

  test('says nothing where it is empty or unfinished', () => {
    expect(filterInput([], '', null)).toBeUndefined()
    expect(filterInput([[{ field: 'label', values: [] }]], '', null)).toBeUndefined()
    expect(writeFilter([[{ field: 'orders' }]])).toBeNull()
  })

  test('"at most" includes its amount, exactly', () => {
    expect(filterInput([[{ field: 'spent', max: '19.99' }]], '', null)).toEqual({ and: [{ spent: { min: null, max: '19.990001', currency: null } }] })
  })

  test.each([
    'nonsense',
    '{}',
    '[[]]',
    '[[{"field":"password"}]]',
    '[[{"field":"orders","min":-1}]]',
    '[[{"field":"orders","min":"1"}]]',
    '[[{"field":"spent","min":"1e9"}]]',
    '[[{"field":"lastOrder","from":"yesterday"}]]',
    '[[{"field":"label","values":[]}]]',
    '[[{"field":"consent","channel":"FAX","state":"GRANTED","preference":""}]]',
  ])('refuses %s', (text) => {
    expect(readFilter(text)).toBeNull()
  })
})

describe('links', () => {
  test.each(['javascript:alert(1)', 'JaVaScRiPt:alert(1)', ' javascript:alert(1)', 'data:text/html,x', 'vbscript:x', '/relative', '', null, undefined])(
    '%s is no link',
    (url) => {
      expect(safeHref(url)).toBeUndefined()
    },
  )

  test('pages are', () => {
    expect(safeHref('https://shop.example.com/p/1')).toBe('https://shop.example.com/p/1')
  })

  test('nobody is led away after signing in', () => {
    expect(safePlace('//evil.example.com')).toBe('/')
    expect(safePlace('/\\evil.example.com')).toBe('/')
    expect(safePlace('https://evil.example.com')).toBe('/')
    expect(safePlace(null)).toBe('/')
    expect(safePlace('/customers?q=a')).toBe('/customers?q=a')
  })
})

describe('decimals', () => {
  test.each([
    ['12.500000', 0, '12.5'],
    ['12.000000', 0, '12'],
    ['100', 0, '100'],
    ['12.500000', 2, '12.50'],
    ['12.345000', 2, '12.345'],
    ['12.000000', 2, '12.00'],
    ['', 0, ''],
  ])('%s is typed short', (amount, keep, want) => expect(shortDecimal(amount, keep)).toBe(want))

  test('sum exactly', () => {
    expect(sumDecimals(['0.1', '0.2'])).toBe('0.30')
    expect(sumDecimals(['12345678901234.123456', '-0.000001'])).toBe('12345678901234.123455')
    expect(sumDecimals(['5.00', '-7.50'])).toBe('-2.50')
    expect(sumDecimals([])).toBe('0.00')
  })

  test('know nothing from something', () => {
    expect(isZero('0.00')).toBe(true)
    expect(isZero('-0')).toBe(true)
    expect(isZero('0.01')).toBe(false)
  })
})

/** Languages put spaces of several kinds into numbers. */
const plain = (s: string) => s.replace(/\s/g, ' ')

describe('formats', () => {
  test('follow the language', () => {
    const money = { amount: '1284.5', currencyCode: 'EUR' }
    expect(makeFormat('en-GB').money(money)).toBe('€1,284.50')
    expect(plain(makeFormat('fr').money(money))).toBe('1 284,50 €')
    expect(plain(makeFormat('de').money(money))).toBe('1.284,50 €')
  })

  test('keep every digit of an amount', () => {
    expect(plain(makeFormat('de').money({ amount: '90071992547409931.37', currencyCode: 'EUR' }))).toBe('90.071.992.547.409.931,37 €')
  })

  test('survive a currency that is none', () => {
    expect(makeFormat('en').money({ amount: '1', currencyCode: '??' })).toBe('1.00')
  })

  test('say near times in words', () => {
    const now = Date.parse('2026-11-22T12:00:00Z')
    expect(makeFormat('en').ago('2026-11-22T10:00:00Z', now)).toBe('2 hours ago')
    expect(makeFormat('fr').ago('2026-11-21T10:00:00Z', now)).toBe('hier')
    expect(makeFormat('en').ago('2025-06-07T10:00:00Z', now)).toBe('17 months ago')
    expect(makeFormat('de').ago('2026-11-22T11:59:58Z', now)).toBe('jetzt')
  })
})

test('months begin and end by the clock', () => {
  expect(lastMonths(3, new Date(2026, 0, 15))).toEqual(['2025-11', '2025-12', '2026-01'])
  expect(monthSpan('2026-12').to).toBe(new Date(2027, 0, 1).toISOString())
})

test('events of a stream are read', () => {
  expect(parseEvent('event: next\ndata: {"a":1}')).toEqual({ name: 'next', data: '{"a":1}' })
  expect(parseEvent(':')).toEqual({ name: 'message', data: '' })
})

test('a timeline waits with what lies before the last order that was read', () => {
  const order = (id: string, placedAt: string) => ({ id, placedAt }) as never
  const cart = (id: string, updatedAt: string, state = 'ABANDONED', of: unknown = null) => ({ id, updatedAt, state, order: of }) as never
  const ids = (...args: Parameters<typeof timeline>) => timeline(...args).map((e) => ('order' in e ? e.order.id : e.cart.id))
  const orders = [order('o2', '2026-03-01'), order('o1', '2026-01-01')]
  const carts = [cart('c2', '2026-02-01'), cart('c1', '2025-06-01'), cart('ordered', '2026-02-02', 'RECOVERED', {})]
  expect(ids(orders, false, carts, false)).toEqual(['o2', 'c2', 'o1', 'c1'])
  expect(ids(orders, true, carts, false)).toEqual(['o2', 'c2', 'o1'])
})

describe('a question about orders', () => {
  const filterOf = (address: string) => orderFilter(readQuestion(new URLSearchParams(address)))

  test('is read from an address', () => {
    expect(filterOf('q=%23100&state=counted&mark=unvalidated')).toEqual({ number: '#100', counted: true, validated: false })
    expect(filterOf('shop=s&state=PAID&mark=returned')).toEqual({ shopIds: ['s'], states: ['PAID'], returned: true })
    expect(filterOf('to=2026-03-01')?.placedBetween?.to).toBe(new Date(2026, 2, 2).toISOString())
  })

  test('leaves out what makes no sense', () => {
    expect(filterOf('state=LOST&mark=x&from=yesterday&to=2026-99-99&q=+')).toBeUndefined()
  })
})
