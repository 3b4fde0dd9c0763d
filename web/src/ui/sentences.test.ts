import { readFileSync } from 'node:fs'
import { setupI18n } from '@lingui/core'
import { describe, expect, test } from 'vitest'
import { messages as de } from '../locales/de'
import { messages as en } from '../locales/en'
import { messages as fr } from '../locales/fr'
import { sentences } from './sentences'

/** What the server can say, by code, from its own table. */
const said = [...readFileSync(new URL('../../../sentences.go', import.meta.url), 'utf8').matchAll(/^\t"([A-Z_]+)":\s+"(.*)",$/gm)].map(([, code = '', text = '']) => ({
  code,
  text: text.replaceAll('\\"', '"'),
  names: [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
}))

const catalogues = { en, fr, de }
/** Typographic marks are the dashboard's, plain ones the server's. */
const plain = (s: string) => s.replaceAll('’', "'").replace(/[“”]/g, '"')

test('the table of the server is read', () => {
  expect(said.length).toBeGreaterThan(90)
  expect(Object.keys(sentences).sort()).toEqual(said.map((s) => s.code).sort())
})

describe.each(Object.entries(catalogues))('in %s', (locale, messages) => {
  const i18n = setupI18n({ locale, messages: { [locale]: messages } })
  test.each(said)('$code', ({ code, text, names }) => {
    const id = sentences[code]?.id ?? ''
    const spoken = i18n._(id, Object.fromEntries(names.map((n) => [n, `{${n}}`])))
    expect(spoken).not.toBe(id)
    for (const name of names) expect(spoken).toContain(`{${name}}`)
    if (locale === 'en') expect(plain(spoken)).toBe(text)
    else expect(plain(spoken)).not.toBe(text)
  })
})
