import { readFileSync } from 'node:fs'
import { setupI18n } from '@lingui/core'
import { describe, expect, test } from 'vitest'
import type { Reason } from '../gql/graphql'
import { messages as de } from '../locales/de'
import { messages as en } from '../locales/en'
import { messages as fr } from '../locales/fr'
import { reasons } from './reasons'

const schema = readFileSync(new URL('../../../graph/schema/campaign.graphqls', import.meta.url), 'utf8')
const known = [...(/^enum Reason \{(.*?)^\}/ms.exec(schema)?.[1] ?? '').matchAll(/^ {2}([A-Z_]+)$/gm)].map(([, name]) => name as Reason)

test('the reasons of the schema are read', () => {
  expect(known.length).toBeGreaterThan(30)
  expect(Object.keys(reasons).sort()).toEqual([...known].sort())
})

describe.each(Object.entries({ en, fr, de }))('in %s', (locale, messages) => {
  const i18n = setupI18n({ locale, messages: { [locale]: messages } })
  const english = setupI18n({ locale: 'en', messages: { en } })
  test.each(known)('%s has a name and an explanation', (reason) => {
    for (const text of Object.values(reasons[reason])) {
      const said = i18n._(text)
      expect(said).not.toBe('')
      expect(said).not.toBe(text.id)
      if (locale !== 'en') expect(said).not.toBe(english._(text))
    }
  })
})
