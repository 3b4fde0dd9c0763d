// Generated files must be what the sources give: the types of the operations, the texts of
// the catalogues and, with --dist, the built dashboard. What is in the folder is compared with
// what comes out anew, and stays as it was.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const kept = mkdtempSync(join(tmpdir(), 'relance-web-'))
let differs = false

function files(dir, of = '') {
  return readdirSync(join(dir, of), { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(dir, join(of, e.name)) : [join(of, e.name)]))
}

function compare(folder, ending, command, ...args) {
  const before = join(kept, folder)
  cpSync(folder, before, { recursive: true })
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' })
  const names = new Set([...files(folder), ...files(before)].filter((f) => f.endsWith(ending)))
  for (const name of [...names].sort()) {
    const [now, then] = [folder, before].map((dir) => {
      try {
        return readFileSync(join(dir, name))
      } catch {
        return null
      }
    })
    if (now && then && now.equals(then)) continue
    console.error(`${join(folder, name)} was not up to date (it is now: look at it and commit it)`)
    differs = true
  }
}

try {
  compare('src/gql', '.ts', 'npx', 'graphql-codegen', '--config', 'codegen.ts')
  compare('src/locales', '.po', 'npx', 'lingui', 'extract', '--clean')
  if (process.argv.includes('--dist')) compare('dist', '', 'npm', 'run', 'build')
} finally {
  rmSync(kept, { recursive: true })
}
process.exit(differs ? 1 : 0)
