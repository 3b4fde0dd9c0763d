import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const assets = new URL('../../dist/assets/', import.meta.url)
const built = (ending: string) =>
  readdirSync(assets)
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(new URL(name, assets), 'utf8'))
    .join('')
const classes = (css: string) => new Set(css.match(/m_[0-9a-f]{6,8}/g))

test('every component of Mantine that is used has its styles', () => {
  const all = classes(readFileSync(new URL('../../node_modules/@mantine/core/styles.layer.css', import.meta.url), 'utf8'))
  const there = classes(built('.css'))
  const used = [...classes(built('.js'))].filter((name) => all.has(name))
  expect(used.length).toBeGreaterThan(20)
  expect(used.filter((name) => !there.has(name))).toEqual([])
})
