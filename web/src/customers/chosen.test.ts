import { expect, test } from 'vitest'
import { choose, mostIds, nobody, peopleOf } from './chosen'

test('people are ticked and unticked, at most as many as can be named', () => {
  const some = choose(nobody, ['a', 'b'], true)
  expect([...choose(some, ['a'], false).ids]).toEqual(['b'])
  const many = Array.from({ length: mostIds + 9 }, (_, i) => `${i}`)
  expect(choose(nobody, many, true).ids.size).toBe(mostIds)
})

test('whoever ticks one after "all" names people again', () => {
  const next = choose({ ids: new Set(['a']), all: true }, ['b'], true)
  expect(next.all).toBe(false)
  expect([...next.ids]).toEqual(['b'])
})

test('all who match are named by the filter and the number that was shown', () => {
  expect(peopleOf({ ids: new Set(['a']), all: true }, undefined, false, 12)).toEqual({ filter: {}, asSegment: false, expected: 12 })
  expect(peopleOf({ ids: new Set(['a']), all: false }, { labels: ['x'] }, false, 1)).toEqual({ ids: ['a'] })
})
