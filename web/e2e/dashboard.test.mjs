// The dashboard in a real browser, against a running product:
//
//   RELANCE_URL=http://127.0.0.1:8080 RELANCE_PASSWORD=… npm run e2e
//
// CHROMIUM names the browser, RELANCE_SCREENSHOTS a folder for pictures, RELANCE_SHOPIFY_URL,
// RELANCE_SHOPIFY_TOKEN, RELANCE_PRESTASHOP_URL and RELANCE_PRESTASHOP_KEY shops to connect,
// RELANCE_TROUBLED_URL one that can be told to misbehave.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { accessible, api, base, email, fits, looks, open, password, people, picture, settled, shops, start, stop } from './browser.mjs'

before(start)
after(stop)

const plain = (s) => s.normalize('NFD').replace(/\p{M}/gu, '')

/** Somebody with an accent in a name that nobody else has. */
async function accented(page) {
  const { nodes } = await people(page, {}, 250)
  const found = nodes.find((p) => plain(p.displayName) !== p.displayName && nodes.filter((o) => o.displayName === p.displayName).length === 1)
  assert.ok(found, 'no accented name among the first people')
  return found
}

async function enter(page) {
  await page.getByLabel('E-mail').fill(email)
  await page.locator('input[autocomplete$=password]').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('visitors sign in and come back to where they were', async () => {
  const { page, close } = await open({ signedIn: false })
  await page.goto('/customers?sort=SPENT&dir=desc')
  await page.waitForURL(/\/sign-in\?to=/)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await accessible(page, 'sign-in')
  await picture(page, 'sign-in')
  await page.getByLabel('E-mail').fill(email)
  await page.locator('input[autocomplete$=password]').fill('surely not this one')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').getByText('is wrong').waitFor()
  await enter(page)
  await page.waitForURL(`${base}/customers?sort=SPENT&dir=desc`)
  await page.getByRole('heading', { name: 'Customers' }).waitFor()
  await close()
})

test('a lost session leads back to the same place', async () => {
  const { page, close } = await open({ signedIn: false })
  await page.goto('/shops')
  await enter(page)
  await page.getByRole('heading', { name: 'Shops', level: 1 }).waitFor()
  await page.context().clearCookies()
  await page.getByRole('link', { name: 'Carts' }).first().click()
  await page.waitForURL(/\/sign-in\?to=%2Fcarts/)
  await enter(page)
  await page.waitForURL(`${base}/carts`)
  await page.getByRole('heading', { name: 'Carts' }).waitFor()
  await close()
})

async function connect(platform, address, fill) {
  const { page, close } = await open()
  await page.goto('/shops?connect=shop')
  const dialog = page.getByRole('dialog')
  await dialog.getByText(platform, { exact: true }).click()
  await fill(dialog, address)
  await dialog.getByRole('button', { name: 'Test and connect' }).click()
  await page.waitForURL(/\/shops\/[0-9a-f-]{36}/, { timeout: 30_000 })
  await page.getByRole('list', { name: 'Progress of the pull' }).waitFor()
  await picture(page, `pull-${platform.toLowerCase()}`)
  // The page follows by itself; nobody loads it again.
  await page.getByText('Last pull').waitFor({ timeout: 120_000 })
  await page.getByText('connected', { exact: true }).first().waitFor()
  await close()
}

test('a wrong key is refused in words', { skip: !shops.prestashop.address }, async () => {
  const { page, close } = await open()
  await page.goto('/shops?connect=shop')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('PrestaShop', { exact: true }).click()
  await dialog.getByLabel('Address of the shop').fill(shops.prestashop.address)
  await dialog.getByLabel('Webservice key').fill('X'.repeat(32))
  await dialog.getByRole('button', { name: 'Test and connect' }).click()
  await dialog.getByText('does not know this webservice key').waitFor()
  await close()
})

test('a PrestaShop shop is connected and pulled to the end', { skip: !shops.prestashop.address }, () =>
  connect('PrestaShop', shops.prestashop.address, async (dialog, address) => {
    await dialog.getByLabel('Address of the shop').fill(address)
    await dialog.getByLabel('Webservice key').fill(shops.prestashop.key)
  }))

test('a Shopify shop is connected and pulled to the end', { skip: !shops.shopify.address }, () =>
  connect('Shopify', shops.shopify.address, async (dialog, address) => {
    await dialog.getByLabel('Shop domain').fill(address)
    await dialog.getByLabel('Admin API access token').fill(shops.shopify.token)
  }))

test('a customer is found although the accent is missing and a letter is wrong', async () => {
  const { page, close } = await open()
  const person = await accented(page)
  const words = plain(person.displayName)
  const mistyped = `${words.slice(0, 3)}${words[2]}${words.slice(3)}`
  await page.goto('/')
  await page.getByLabel('Search customers').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type(mistyped)
  await page.getByRole('option').filter({ hasText: person.displayName }).first().click()
  await page.getByRole('heading', { name: person.displayName }).waitFor()
  await page.goto(`/customers?q=${encodeURIComponent(mistyped)}`)
  await page.getByRole('link', { name: person.displayName }).first().waitFor()
  await close()
})

test('filters are combined with or and not, stand in the address and go again', async () => {
  const { page, close } = await open()
  await page.goto('/customers')
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Number of orders' }).click()
  await page.getByLabel('At least').fill('3')
  await page.getByRole('button', { name: 'or…' }).click()
  await page.getByRole('menuitem', { name: 'Abandoned cart' }).click()
  await page.getByLabel('Holds or not').nth(1).selectOption('not')
  await page.getByRole('button', { name: 'Done', exact: true }).click()
  const wanted = await people(page, { and: [{ or: [{ orderCount: { min: 3 } }, { not: { hasAbandonedCart: true } }] }] }, 1)
  await page.getByTestId('count').filter({ hasText: `${wanted.totalCount.toLocaleString('en-GB')} customer` }).waitFor()
  await picture(page, 'filter')

  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.getByTestId('count').filter({ hasText: `${wanted.totalCount.toLocaleString('en-GB')} customer` }).waitFor()
  await other.close()

  await page.getByRole('button', { name: /^Remove filter/ }).click()
  await page.getByTestId('count').filter({ hasText: 'over all shops' }).waitFor()
  assert.equal(new URL(page.url()).search, '')
  await close()
})

test('an address with a broken filter says so', async () => {
  const { page, close } = await open()
  await page.goto('/customers?f=nonsense')
  await page.getByText('The filter in this address cannot be read').waitFor()
  await page.getByRole('button', { name: 'Show all customers' }).click()
  await page.getByRole('table').waitFor()
  await close()
})

test('rows are chosen, opened and left by keyboard, and the list keeps its place', async () => {
  const { page, close } = await open()
  await page.goto('/customers?sort=SPENT&dir=desc')
  await page.getByRole('table').waitFor()
  const rows = page.locator('tbody tr[aria-rowindex]')
  const third = await rows.nth(2).getByRole('link').textContent()
  for (const key of ['j', 'j', 'j', 'Enter']) await page.keyboard.press(key)
  await page.getByRole('heading', { name: third, level: 1 }).waitFor()
  await page.keyboard.press('Escape')
  await page.waitForURL(/\/customers\?sort=SPENT/)
  await page.locator('tr[data-chosen]').filter({ hasText: third }).waitFor()

  // Far down, over several pages, out and back.
  const { totalCount } = await people(page, {}, 1)
  const deep = Math.min(totalCount, 160)
  const box = page.getByRole('region', { name: 'List of customers' })
  const row = page.locator(`tr[aria-rowindex="${deep}"]`)
  while ((await row.count()) === 0) {
    const reached = await box.evaluate((e, to) => {
      e.scrollTo(0, to)
      return e.scrollHeight
    }, (deep - 5) * 40)
    // Either it is drawn now, or the next page makes the list longer.
    await page.waitForFunction(([d, h]) => document.querySelector(`tr[aria-rowindex="${d}"]`) || document.querySelector('[role=region]').scrollHeight > h, [deep, reached])
  }
  await row.scrollIntoViewIfNeeded()
  assert.ok((await page.locator('tr[aria-rowindex]').count()) < 60, 'rows that nobody sees are drawn')
  const name = await row.getByRole('link').textContent()
  await row.getByRole('link').click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
  await page.goBack()
  await row.getByRole('link', { name }).waitFor()
  const [inside, around] = [await row.boundingBox(), await box.boundingBox()]
  assert.ok(inside.y >= around.y && inside.y < around.y + around.height, 'the list lost its place')
  await page.keyboard.press('?')
  await page.getByRole('dialog').getByText('Next row').waitFor()
  await accessible(page, 'keys', '[role=dialog]')
  await close()
})

test('a card shows who, what they bought and why the records are one', async () => {
  const { page, close } = await open()
  const { nodes } = await people(page, { orderCount: { min: 3 }, hasAbandonedCart: true }, 1)
  await page.goto(`/customers/${nodes[0].id}`)
  await page.getByRole('heading', { name: nodes[0].displayName, level: 1 }).waitFor()
  for (const part of ['Likes', 'Consents', 'Shops and matching', 'Labels and notes']) await page.getByRole('heading', { name: part }).waitFor()
  // Everything for somebody on the phone is in the first screen.
  for (const text of ['Spent', 'Last order', 'Orders and carts', 'abandoned']) {
    const at = await page.locator('main').getByText(text, { exact: true }).first().boundingBox()
    assert.ok(at && at.y + at.height <= 800, `${text} is below the first screen`)
  }
  await page.locator('li[id^=entry-] button[aria-expanded]').nth(1).click()
  await page.locator('li[data-open]').getByText('Id in the shop').waitFor()
  await page.getByRole('tab', { name: 'Products bought' }).click()
  await page.getByRole('columnheader', { name: 'Category' }).waitFor()
  assert.match(page.url(), /tab=purchases/)
  await close()
})

test('labels and notes are written, and undone', async () => {
  const { page, close } = await open()
  const { nodes } = await people(page, {}, 1)
  await page.goto(`/customers/${nodes[0].id}`)
  const word = `Test ${Date.now()}`
  await page.getByRole('button', { name: 'Add label' }).click()
  await page.getByLabel('New label').fill(word)
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText(`Label “${word}” added.`).waitFor()
  await page.getByRole('button', { name: `Remove label ${word}` }).waitFor()
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('button', { name: `Remove label ${word}` }).waitFor({ state: 'detached' })
  await close()
})

test('two profiles are merged after a preview, and unmerged', async () => {
  const { page, close } = await open()
  const { nodes } = await people(page, { not: { hasAbandonedCart: true } }, 250)
  const unique = nodes.filter((p) => nodes.filter((o) => o.displayName === p.displayName).length === 1)
  const [one, two] = [unique.at(-1), unique.at(-2)]
  await page.goto(`/customers/${one.id}`)
  await page.getByRole('button', { name: 'Merge', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Who is the same person?').fill(two.displayName)
  await dialog.getByRole('button', { name: two.displayName }).first().click()
  await dialog.getByText('What comes out').waitFor()
  await accessible(page, 'merge', '[role=dialog]')
  await picture(page, 'merge')
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
  await page.getByRole('status').getByText(`${two.displayName} is now part of ${one.displayName}`).waitFor()

  // The id of the one that joined keeps answering.
  await page.goto(`/customers/${two.id}`)
  await page.getByRole('heading', { name: 'Shops and matching' }).waitFor()
  await page.getByRole('button', { name: 'Unmerge' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unmerge' }).click()
  await page.getByRole('status').getByText('Unmerged into 2 profiles').waitFor()
  const both = await Promise.all([one, two].map((p) => api(page, 'query($id: ID!) { profile(id: $id) { id } }', { id: p.id })))
  assert.deepEqual(both.map((d) => d.profile.id), [one.id, two.id])
  await close()
})

test('two profiles are never to be merged, until somebody allows it again', async () => {
  const { page, close } = await open()
  const { nodes } = await people(page, {}, 250)
  const unique = nodes.filter((p) => nodes.filter((o) => o.displayName === p.displayName).length === 1)
  const [one, two] = [unique.at(-3), unique.at(-4)]
  await page.goto(`/customers/${one.id}`)
  await page.getByRole('button', { name: 'Merge', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Who is the same person?').fill(two.displayName)
  await dialog.getByRole('button', { name: two.displayName }).first().click()
  await dialog.getByRole('button', { name: 'Never merge these two' }).click()
  await page.getByText('Never the same person as').waitFor()
  assert.deepEqual((await api(page, 'query($id: ID!) { profile(id: $id) { keptApart } }', { id: two.id })).profile.keptApart, [one.id])
  await page.getByRole('button', { name: 'Allow again' }).click()
  await page.getByRole('status').getByText('They may be matched again').waitFor()
  await page.getByText('Never the same person as').waitFor({ state: 'detached' })
  await close()
})

test('an order without a customer is assigned, and released again', async (t) => {
  const { page, close } = await open()
  const count = async () => (await api(page, '{ ordersWithoutProfile(first: 1) { totalCount } }')).ordersWithoutProfile.totalCount
  const before = await count()
  if (before === 0) t.skip('every order has its customer')
  else {
    const person = await accented(page)
    await page.goto('/orders-without-customer')
    await page.locator('main li button[aria-expanded]').first().click()
    await page.getByRole('button', { name: 'Assign to a customer' }).click()
    await page.getByLabel('Whose order is it?').fill(person.displayName)
    await page.getByRole('dialog').getByRole('button', { name: person.displayName }).first().click()
    await page.getByRole('status').getByText('belongs to').waitFor()
    assert.equal(await count(), before - 1)
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click()
    await page.waitForFunction((n) => document.querySelectorAll('main li button[aria-expanded]').length >= Math.min(n, 50), before)
    assert.equal(await count(), before)
  }
  await close()
})

test('the language is switched and stays', async () => {
  const { page, close } = await open()
  await page.goto('/customers?q=zzzzqqqqxxxx')
  await page.getByTestId('count').filter({ hasText: '0 customers match' }).waitFor()
  await page.getByRole('button', { name: /language/ }).click()
  await page.getByRole('menuitemradio', { name: 'Français' }).click()
  // Zero is singular in French.
  await page.getByTestId('count').filter({ hasText: '0 client correspond' }).waitFor()
  assert.equal(await page.locator('html').getAttribute('lang'), 'fr')
  await page.reload()
  await page.getByRole('heading', { name: 'Clients' }).waitFor()
  await page.getByRole('button', { name: /langue/ }).click()
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click()
  await page.getByRole('heading', { name: 'Kunden' }).waitFor()
  await close()
})

test('the language follows the browser', async () => {
  const { page, close } = await open({ language: 'de-AT' })
  await page.goto('/shops')
  await page.getByRole('heading', { name: 'Shops', level: 1 }).waitFor()
  await page.getByRole('link', { name: 'Warenkörbe' }).first().waitFor()
  await close()
})

test('a phone shows the same', async () => {
  const { page, close } = await open({ width: 375, height: 760 })
  const person = await accented(page)
  await page.goto('/')
  await page.getByRole('link', { name: 'Customers' }).last().click()
  await page.getByRole('region', { name: 'List of customers' }).getByRole('link').first().waitFor()
  await fits(page)
  await page.getByLabel('Search customers').fill(plain(person.displayName))
  await page.getByRole('option').filter({ hasText: person.displayName }).first().click()
  await page.getByRole('heading', { name: person.displayName }).waitFor()
  await fits(page)
  for (const place of ['/shops', '/carts', '/settings', '/customers?f=%5B%5B%7B%22field%22%3A%22orders%22%2C%22min%22%3A2%7D%5D%5D']) {
    await page.goto(place)
    await settled(page)
    await fits(page)
  }
  await close()
})

test('a slow API is waited for, and stale answers are dropped', async () => {
  const { page, close } = await open()
  const person = await accented(page)
  // The next question that begins so is held back until it is let go.
  let held = ''
  let letGo = () => {}
  let gone = Promise.resolve()
  const hold = (question) => {
    held = question
    gone = new Promise((done) => {
      letGo = done
    })
  }
  await page.route('**/graphql', async (route) => {
    if (held && route.request().postData().includes(held)) {
      held = ''
      await gone
    }
    await route.continue().catch(() => {})
  })
  hold('query Customers(')
  await page.goto('/customers')
  await page.locator('main').getByRole('status', { name: 'Loading' }).waitFor()
  letGo()
  await page.getByRole('table').waitFor()
  const field = page.getByLabel('Search in this list')
  hold('query Customers(')
  await field.pressSequentially('zzzz', { delay: 60 })
  await page.waitForURL(/q=zzzz/)
  await field.fill(person.displayName)
  assert.equal(await field.inputValue(), person.displayName)
  await page.getByTestId('count').filter({ hasText: 'match' }).waitFor()
  await page.getByRole('link', { name: person.displayName }).first().waitFor()
  letGo()
  await settled(page)
  await page.getByRole('link', { name: person.displayName }).first().waitFor()
  await close()
})

test('an API that fails is said to fail, and the page recovers by itself', async () => {
  const { page, close } = await open()
  await page.goto('/shops')
  await page.getByRole('heading', { name: 'Shops', level: 1 }).waitFor()
  await page.route('**/graphql', (route) => route.abort())
  await page.getByRole('link', { name: 'Customers' }).first().click()
  await page.getByRole('alert').getByText('Relance does not answer').waitFor()
  await picture(page, 'unreachable')
  await page.unroute('**/graphql')
  await page.getByRole('table').waitFor({ timeout: 15_000 })

  await page.route('**/graphql', (route) =>
    route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify({ data: null, errors: [{ message: 'x', extensions: { code: 'INTERNAL' } }] }) }),
  )
  await page.getByRole('link', { name: 'Carts' }).first().click()
  await page.getByRole('alert').getByText('Something failed on the server').waitFor()
  await page.unroute('**/graphql')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('table').waitFor()
  await close()
})

test('what shops send is text: scripts do not run and their addresses are no links', async () => {
  const { page, close } = await open()
  const { nodes } = await people(page, { orderCount: { min: 1 } }, 1)
  const script = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
  await page.route('**/graphql', async (route) => {
    const response = await route.fetch()
    const body = await response.json()
    const profile = body.data?.profile
    if (profile?.emails) {
      profile.displayName = `${script} ${'x'.repeat(300)}`
      profile.orders.nodes[0].number = 'HOSTILE-1'
      const line = profile.orders.nodes[0].lines[0]
      line.title = script
      line.productUrl = 'javascript:alert(1)'
      profile.orders.nodes[0].adminUrl = 'javascript:alert(2)'
    }
    await route.fulfill({ response, json: body })
  })
  await page.goto(`/customers/${nodes[0].id}`)
  await page.getByRole('heading', { level: 1 }).filter({ hasText: '<script>' }).waitFor()
  await page.getByRole('button', { name: 'HOSTILE-1' }).click()
  await page.locator('li[data-open]').getByText(script).waitFor()
  assert.equal(await page.locator('a[href^="javascript:"]').count(), 0)
  await fits(page)
  await close()
})

test('unknown ids and addresses say so', async () => {
  const { page, close } = await open()
  await page.goto('/customers/0199c0de-0000-7000-8000-000000000000')
  await page.getByText('Nobody has this id').waitFor()
  await page.goto('/customers/not-an-id')
  await page.getByText('Nobody has this id').waitFor()
  await page.goto('/shops/0199c0de-0000-7000-8000-000000000000')
  await page.getByText('No shop has this id').waitFor()
  await page.goto('/nowhere')
  await page.getByText('There is nothing at this address').waitFor()
  await page.goto('/link#token=nonsense')
  await page.getByText('This link no longer works').waitFor()
  assert.equal(new URL(page.url()).hash, '')
  await close()
})

test('somebody is invited, joins by the link, and may do what their role allows', async () => {
  const { page, close } = await open()
  const name = `clerk-${Date.now()}@example.com`
  await page.goto('/settings/users')
  await page.getByRole('button', { name: 'Invite' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('E-mail').fill(name)
  await dialog.getByLabel('Role').selectOption('READER')
  await dialog.getByRole('button', { name: 'Make the invitation' }).click()
  const link = await dialog.getByText(/\/link#token=/).textContent()
  await close()

  const visitor = await open({ signedIn: false })
  await visitor.page.goto(link)
  await visitor.page.getByText(`You will sign in as ${name}.`).waitFor()
  await visitor.page.getByLabel('Your name').fill('Nora Clerk')
  await visitor.page.locator('input[autocomplete$=password]').fill('a long enough sentence')
  await visitor.page.getByRole('button', { name: 'Sign in' }).click()
  await visitor.page.getByRole('button', { name: 'Account: Nora Clerk' }).waitFor()
  await visitor.page.goto('/shops')
  await visitor.page.getByRole('heading', { name: 'Shops', level: 1 }).waitFor()
  assert.equal(await visitor.page.getByRole('button', { name: 'Connect a shop' }).count(), 0)
  await visitor.page.getByRole('button', { name: 'Account: Nora Clerk' }).click()
  await visitor.page.getByRole('menuitem', { name: 'Sign out' }).click()
  await visitor.page.waitForURL(/\/sign-in/)
  await visitor.close()
})

/** The code of RFC 6238 that an authenticator app would show. */
function oneTimeCode(secret, at = Date.now()) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => Number.parseInt(b, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const mac = createHmac('sha1', key).update(step).digest()
  const from = mac.at(-1) & 15
  return String((mac.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

test('a second factor is set up, asked for at the next sign-in, and a recovery code works once', async () => {
  const owner = await open()
  const name = `second-${Date.now()}@example.com`
  const { userInvite } = await api(owner.page, 'mutation($e: String!) { userInvite(email: $e, role: CLERK) { link errors { message } } }', { e: name })
  await owner.close()

  const { page, close } = await open({ signedIn: false })
  await page.goto(userInvite.link)
  await page.getByLabel('Your name').fill('Kim Second')
  await page.locator('input[autocomplete$=password]').fill('a long enough sentence')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Account: Kim Second' }).waitFor()
  await page.goto('/settings/profile')
  const [offer] = await Promise.all([
    page.waitForResponse((r) => r.url().endsWith('/auth/two-factor/start')).then((r) => r.json()),
    page.getByRole('button', { name: 'Set up' }).click(),
  ])
  await page.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor()
  await picture(page, 'two-factor')
  await page.getByLabel('Code that the app shows').fill('000000')
  await page.getByRole('button', { name: 'Switch on' }).click()
  await page.getByText(/code.*(wrong|used)/i).first().waitFor()
  await page.getByLabel('Code that the app shows').fill(oneTimeCode(offer.secret))
  await page.getByRole('button', { name: 'Switch on' }).click()
  await page.getByText('Keep these recovery codes').waitFor()
  const recovery = (await page.locator('main').textContent()).match(/[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}/)[0]
  await page.getByRole('button', { name: 'I have kept them' }).click()

  for (const [code, works] of [
    [recovery, true],
    [recovery, false],
  ]) {
    await page.context().clearCookies()
    await page.goto('/sign-in')
    await page.getByLabel('E-mail').fill(name)
    await page.locator('input[autocomplete$=password]').fill('a long enough sentence')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.locator('input[autocomplete=one-time-code]').fill(code)
    await page.getByRole('button', { name: 'Sign in' }).click()
    if (works) await page.getByRole('button', { name: 'Account: Kim Second' }).waitFor()
    else await page.getByRole('alert').waitFor()
  }
  await close()
})

const screens = [
  ['overview', '/'],
  ['customers', '/customers?sort=SPENT&dir=desc'],
  ['card', ''],
  ['shops', '/shops'],
  ['shop', ''],
  ['orders', '/orders'],
  ['carts', '/carts'],
  ['orders-without-customer', '/orders-without-customer'],
  ['campaigns', '/campaigns'],
  ['campaign-new', '/campaigns/new?template=1'],
  ['segments', '/campaigns/segments'],
  ['settings-profile', '/settings/profile'],
  ['settings-business', '/settings/business'],
  ['settings-shops', '/settings/shops'],
  ['settings-sending', '/settings/sending'],
  ['settings-users', '/settings/users'],
  ['settings-tokens', '/settings/tokens'],
  ['settings-audit', '/settings/audit'],
]
for (const [language, dark, width] of looks) {
  test(`every screen is accessible: ${language}, ${dark ? 'dark' : 'light'}, ${width} px`, async () => {
    const { page, close } = await open({ language, dark, width, height: width < 900 ? 760 : 800 })
    const { nodes } = await people(page, { orderCount: { min: 3 } }, 1)
    const shop = (await api(page, '{ shops { id } }')).shops[0]
    for (const [name, path] of screens) {
      await page.goto(path || (name === 'card' ? `/customers/${nodes[0].id}` : `/shops/${shop.id}`))
      await settled(page)
      await picture(page, `${name}-${language.slice(0, 2)}-${dark ? 'dark' : 'light'}-${width}`)
      await accessible(page, name)
      await fits(page)
    }
    await close()
  })
}
