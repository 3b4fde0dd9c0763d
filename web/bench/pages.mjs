// How long a click takes until its page is there, by Chromium's own trace, beside the bare
// time of the requests that the page made. `make bench` runs it; the result is JSON.
import { chromium } from 'playwright-core'

const base = process.env.RELANCE_URL.replace(/\/$/, '')
const runs = Number(process.env.RELANCE_RUNS ?? 5)

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
const context = await browser.newContext({ baseURL: base, viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
await context.request.post('/auth/sign-in', { data: { email: process.env.RELANCE_EMAIL, password: process.env.RELANCE_PASSWORD } })

const middle = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]

/** Marks each event and the frame that first shows what is waited for. */
function watch({ event, selector }) {
  let begun = false
  const look = () => {
    if (begun && document.querySelector(selector)) {
      observer.disconnect()
      requestAnimationFrame(() => performance.mark('bench-shown'))
    }
  }
  const observer = new MutationObserver(look)
  observer.observe(document, { subtree: true, childList: true, attributes: true })
  addEventListener(
    event,
    () => {
      performance.mark('bench-begun')
      begun = true
      look()
    },
    { capture: true },
  )
}

/** One way from an event to a page, read from the trace. */
async function once({ from, ready, event, selector, act }) {
  const page = await context.newPage()
  await page.goto(from)
  await page.locator(ready).first().waitFor()
  await page.waitForLoadState('networkidle')
  const asked = []
  page.on('request', (r) => {
    if (r.url().endsWith('/graphql') && !(r.headers().accept ?? '').includes('event-stream')) asked.push(r.postData())
  })
  await page.evaluate(watch, { event, selector })
  await browser.startTracing(page, { categories: ['blink.user_timing', 'toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'] })
  await act(page)
  await page.waitForFunction(() => performance.getEntriesByName('bench-shown').length > 0)
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString())
  const marks = (name) => traceEvents.filter((e) => e.cat.includes('user_timing') && e.name === name)
  const [shown] = marks('bench-shown')
  const begun = marks('bench-begun').findLast((e) => e.ts <= shown.ts)
  const tasks = traceEvents.filter((e) => e.name.endsWith('RunTask') && e.pid === begun.pid && e.tid === begun.tid && e.ts >= begun.ts && e.ts <= shown.ts)
  await page.close()
  return { ms: (shown.ts - begun.ts) / 1000, longest: Math.max(0, ...tasks.map((t) => t.dur / 1000)), asked: [...new Set(asked)] }
}

/** The same requests without a page. */
async function bare(bodies) {
  const times = []
  for (let i = 0; i < 3 * runs; i++) {
    const at = performance.now()
    for (const data of bodies) await (await context.request.post('/graphql', { data, headers: { 'content-type': 'application/json' } })).body()
    times.push(performance.now() - at)
  }
  return middle(times)
}

const row = 'a[href^="/customers/"]'
const ways = {
  'the list, by a click': { from: '/', ready: 'h1', event: 'click', selector: `main ${row}`, act: (p) => p.getByRole('link', { name: 'Customers' }).first().click() },
  'a card, by a click': { from: '/customers', ready: `main ${row}`, event: 'click', selector: '[role=tabpanel] button, [role=tabpanel] li', act: (p) => p.locator(`main ${row}`).first().click() },
  'an answer, while typing': { from: '/', ready: 'h1', event: 'keydown', selector: '[role=option]', act: (p) => p.getByLabel('Search customers').pressSequentially('chloe riv', { delay: 60 }) },
}

const results = []
for (const [what, way] of Object.entries(ways)) {
  const all = []
  for (let i = 0; i <= runs; i++) all.push(await once(way))
  all.shift() // the first one warms up
  results.push({ what, ms: all.map((r) => r.ms), longest: Math.max(...all.map((r) => r.longest)), bare: await bare(all.at(-1).asked) })
}
await browser.close()
console.log(JSON.stringify(results))
