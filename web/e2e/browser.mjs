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
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
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

/** Fails on what axe finds on the page, or in a part of it: beneath a dialog lie rows half scrolled away. */
export async function accessible(page, what, part = 'html') {
  await page.evaluate(axe)
  const found = await page.evaluate(async (part) => {
    const { violations } = await globalThis.axe.run(part, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
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

/** Waits until nothing is on its way any more. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('main') && !document.querySelector('main [aria-busy="true"]'))
  await page.waitForLoadState('networkidle')
}

/** The page does not scroll sideways. */
export async function fits(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  assert.ok(over <= 1, `the page is ${over} px too wide`)
}
