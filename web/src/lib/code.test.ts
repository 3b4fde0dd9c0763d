import { expect, test } from 'vitest'
import { looksLikeCode, onlyHit } from './code'

test.each([
  ['MERCI-ABCD-2345', true],
  ['ab cd', true],
  ['wxyz 6789', true],
  ['abc', false],
  ['müller', false],
  ['a@example.com', false],
  ['', false],
])('%s may be a code: %s', (words, may) => expect(looksLikeCode(words)).toBe(may))

test('a message is opened at once where the words mean nobody else', () => {
  const hit = { profileId: 'a', id: '1' }
  expect(onlyHit([hit], [{ id: 'a' }])).toBe(hit)
  expect(onlyHit([hit, { profileId: 'a', id: '2' }], [])).toBe(hit)
  expect(onlyHit([hit], [{ id: 'a' }, { id: 'b' }])).toBeNull()
  expect(onlyHit([hit, { profileId: 'b', id: '2' }], [])).toBeNull()
  expect(onlyHit([], [])).toBeNull()
})
