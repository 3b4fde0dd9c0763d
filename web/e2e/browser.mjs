// What the tests share: a browser, a session, and a watch over what pages do.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

export const base = (process.env.RELANCE_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '')
export const email = process.env.RELANCE_EMAIL ?? 'owner@example.com'
export const password = process.env.RELANCE_PASSWORD ?? ''
export const screenshots = process.env.RELANCE_SCREENSHOTS ?? ''

/** Shops to connect: the tests of connecting are left out where they are not given. */
export const shops = {
  shopify: { address: process.env.RELANCE_SHOPIFY_URL ?? '', token: process.env.RELANCE_SHOPIFY_TOKEN ?? '' },
  prestashop: { address: process.env.RELANCE_PRESTASHOP_URL ?? '', key: process.env.RELANCE_PRESTASHOP_KEY ?? '' },
}

/** A PrestaShop of many troubles, which changes its mood when it is told to (cmd/relance/browser_test.go). */
const troubled = process.env.RELANCE_TROUBLED_URL ?? ''
export const trouble = { address: troubled, key: shops.prestashop.key, be: (mood) => fetch(`${troubled}/mood/${mood}`) }

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let browser
let session

export async function start() {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

export async function stop() {
  await browser?.close()
}

/** A page of its own, signed in unless told otherwise. It fails the test that it broke in. */
export async function open({ signedIn = true, width = 1280, height = 800, language = 'en-GB', dark = false, calm = true } = {}) {
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width, height },
    locale: language,
    timezoneId: 'Europe/Berlin',
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: calm ? 'reduce' : 'no-preference',
    storageState: signedIn ? await signIn() : undefined,
  })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  watch(page)
  const faults = []
  page.on('pageerror', (e) => faults.push(`error in the page: ${e.message}`))
  page.on('console', (m) => {
    if (m.type() === 'error' && /Content.Security|violates/.test(m.text())) faults.push(m.text())
  })
  page.on('request', (r) => {
    const url = r.url()
    if (!url.startsWith(base) && !url.startsWith('data:') && !url.startsWith('about:') && !url.startsWith('blob:')) faults.push(`asks another server: ${url}`)
  })
  return {
    page,
    async close() {
      await context.close()
      assert.deepEqual(faults, [])
    },
  }
}

/** The requests of each page that are on their way; streams, which stay open, are none. */
const underWay = new WeakMap()

function watch(page) {
  const requests = new Set()
  underWay.set(page, requests)
  page.on('request', (r) => {
    if (!(r.headers().accept ?? '').includes('event-stream')) requests.add(r)
  })
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => requests.delete(r))
}

/** Signs in once; the tests share the cookie. */
async function signIn() {
  if (session) return session
  const context = await browser.newContext({ baseURL: base })
  const answer = await context.request.post('/auth/sign-in', { data: { email, password }, headers: { 'content-type': 'application/json' } })
  assert.equal(answer.status(), 200, `signing in as ${email}: ${await answer.text()}`)
  session = await context.storageState()
  await context.close()
  return session
}

/** Asks the API what is so, to hold the page to it. */
export async function api(page, query, variables = {}) {
  const answer = await page.request.post(`${base}/graphql`, { data: { query, variables } })
  const body = await answer.json()
  assert.equal(body.errors, undefined, JSON.stringify(body.errors))
  return body.data
}

/**
 * Fails on what axe finds on the page, or in a part of it. Rows of a list that are scrolled half away are left
 * out: what is left of their links is too small to touch, until somebody scrolls.
 */
export async function accessible(page, what, part = 'html') {
  await page.evaluate(axe)
  const found = await page.evaluate(async (part) => {
    for (const box of document.querySelectorAll('[role=region][tabindex="0"]')) {
      const seen = box.getBoundingClientRect()
      const top = box.querySelector('thead')?.getBoundingClientRect().bottom ?? seen.top
      for (const row of box.querySelectorAll('tbody tr, li')) {
        const { top: from, bottom: to } = row.getBoundingClientRect()
        row.toggleAttribute('data-half', from < Math.max(top, seen.top) - 1 || to > Math.min(seen.bottom, window.innerHeight) + 1)
      }
    }
    const { violations } = await globalThis.axe.run({ include: [part], exclude: ['[data-half]'] }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`)
  }, part)
  assert.deepEqual(found, [], what)
}

/** Keeps a picture where one is wanted. */
export async function picture(page, name) {
  if (!screenshots) return
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`) })
}

/** People of the API, to hold pages to them. */
export async function people(page, filter = {}, first = 50) {
  const data = await api(page, 'query($f: ProfileFilter, $n: Int!) { profiles(first: $n, filter: $f) { totalCount nodes { id displayName orderCount } } }', { f: filter, n: first })
  return data.profiles
}

/** How a screen is looked at: language, appearance and width. */
export const looks = [
  ['en-GB', false, 1280],
  ['fr-FR', true, 1280],
  ['de-DE', false, 375],
  ['en-GB', true, 375],
  ...(screenshots ? [['fr-FR', false, 1280], ['de-DE', true, 1280], ['fr-FR', false, 375], ['de-DE', false, 1280]] : []),
]

/** Each language, appearance and width once. */
export const fewLooks = looks.slice(0, 4)

/** Looks at a screen in one of these ways: it is accessible, fits and says what it must. A picture is kept. */
export async function lookAt([language, dark, width], name, path, says) {
  const { page, close } = await open({ language, dark, width, height: width < 900 ? 760 : 800 })
  await page.goto(path)
  await settled(page)
  if (says) await page.getByText(says[language.slice(0, 2)]).first().waitFor()
  await picture(page, `${name}-${language.slice(0, 2)}-${dark ? 'dark' : 'light'}-${width}`)
  await accessible(page, name)
  await fits(page)
  await close()
}

/** Waits until nothing is on its way any more. */
export async function settled(page) {
  for (let calm = 0; calm < 2; ) {
    await page.waitForFunction(() => document.querySelector('main') && !document.querySelector('main [aria-busy="true"]'))
    await page.evaluate(() => new Promise(requestAnimationFrame))
    calm = underWay.get(page).size === 0 ? calm + 1 : 0
  }
}

/** The page does not scroll sideways. */
export async function fits(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  assert.ok(over <= 1, `the page is ${over} px too wide`)
}
