import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { acts } from './acts'

const app = join(import.meta.dirname, '../../../app')

test('every act of the audit trail has words', () => {
  const said = new Set<string>()
  for (const file of readdirSync(app).filter((f) => f.endsWith('.go'))) {
    const source = readFileSync(join(app, file), 'utf8')
    for (const [, act = ''] of source.matchAll(/audit\(ctx, m, [^,]+, "([a-z_]+)"/g)) said.add(act)
    for (const [, act = ''] of source.matchAll(/action :?= "([a-z_]+)"/g)) said.add(act)
  }
  expect(said.size).toBeGreaterThan(30)
  expect([...said].filter((act) => !(act in acts))).toEqual([])
})
