// Orders over all customers, and what is open on top of a list.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessible, api, fewLooks, lookAt, open, picture, start, stop } from './browser.mjs'

before(start)
after(stop)

const listed = 'query($f: OrderFilter) { orders(first: 50, filter: $f) { totalCount nodes { id number shop { id } profile { id displayName } } } }'

async function orders(page, filter = {}) {
  return (await api(page, listed, { f: filter })).orders
}

const counted = (page, n) => page.getByTestId('count').filter({ hasText: `${n.toLocaleString('en-GB')} order` }).waitFor()

test('the overview’s orders lead to the orders that it counts', async () => {
  const { page, close } = await open()
  await page.goto('/')
  const { overview } = await api(page, '{ overview { orders } }')
  await page.getByRole('definition').getByRole('link', { name: overview.orders.toLocaleString('en-GB'), exact: true }).first().click()
  await page.waitForURL(/\/orders\?state=counted$/)
  await counted(page, overview.orders)
  await close()
})

test('orders are found by number, state, mark and date, and the address holds it', async () => {
  const { page, close } = await open()
  await page.goto('/orders')
  const all = await orders(page)
  await counted(page, all.totalCount)
  await page.getByRole('link', { name: all.nodes.find((o) => o.profile).profile.displayName }).first().waitFor()

  for (const [mark, filter, badge] of [
    ['Recovered', { recovered: true }, 'recovered'],
    ['Not validated', { validated: false }, 'not validated'],
  ]) {
    const wanted = await orders(page, filter)
    assert.ok(wanted.totalCount > 0, `the shops have no order that is ${badge}`)
    await page.getByLabel('Mark').selectOption({ label: mark })
    await counted(page, wanted.totalCount)
    await page.locator('tbody').getByText(badge, { exact: true }).first().waitFor()
    await picture(page, `orders-${badge.replace(' ', '-')}`)
  }
  await page.getByLabel('Mark').selectOption({ index: 0 })

  await page.getByLabel('State').selectOption({ label: 'Cancelled' })
  const cancelled = await orders(page, { states: ['CANCELLED'] })
  await counted(page, cancelled.totalCount)
  const { number } = cancelled.nodes[0]
  const found = await orders(page, { states: ['CANCELLED'], number })
  await page.getByLabel('Order number').fill(number)
  await page.waitForURL(/q=/)
  await page.getByRole('button', { name: number }).first().waitFor()
  await counted(page, found.totalCount)
  await page.reload()
  await counted(page, found.totalCount)
  assert.equal(await page.getByLabel('Order number').inputValue(), number)

  await page.getByLabel('From').fill('2999-01-01')
  await page.getByText('No order matches').waitFor()
  await page.getByRole('button', { name: 'Show all orders' }).click()
  await counted(page, all.totalCount)
  assert.equal(new URL(page.url()).search, '')
  await page.getByRole('button', { name: 'Date' }).click()
  await page.waitForURL(/dir=asc/)
  await close()
})

test('an open order stands in the address, leads to its card, and going back closes it', async () => {
  const { page, close } = await open()
  const mine = (await orders(page, { states: ['DELIVERED'] })).nodes.find((o) => o.profile)
  await page.goto(`/orders?shop=${mine.shop.id}&q=${encodeURIComponent(mine.number)}`)
  await page.getByRole('button', { name: mine.number }).first().click()
  const drawer = page.getByRole('dialog', { name: `Order ${mine.number}` })
  await drawer.getByText('Id in the shop').waitFor()
  await picture(page, 'order')
  await accessible(page, 'order', '[role=dialog]')
  await page.reload()
  await drawer.getByText('Id in the shop').waitFor()
  await page.goBack()
  await drawer.waitFor({ state: 'detached' })
  await page.goForward()
  await drawer.waitFor()
  await drawer.getByRole('button', { name: 'Close' }).click()
  await drawer.waitFor({ state: 'detached' })
  assert.ok(!page.url().includes('order='))

  await page.getByRole('button', { name: mine.number }).first().click()
  await drawer.getByRole('link', { name: 'Open the customer' }).click()
  await page.getByRole('heading', { name: mine.profile.displayName, level: 1 }).waitFor()
  await page.locator('li[data-open]').getByText('Id in the shop').waitFor()
  await page.goto('/orders?order=0199c0de-0000-7000-8000-000000000000')
  await page.getByText('Nothing has this id').waitFor()
  await close()
})

test('an open cart and open dialogs stand in the address', async () => {
  const { page, close } = await open()
  await page.goto('/carts')
  await page.locator('tbody').getByRole('button').first().click()
  const drawer = page.getByRole('dialog', { name: /^Cart of/ })
  await drawer.getByText('Id in the shop').waitFor()
  assert.match(page.url(), /cart=[0-9a-f-]{36}/)
  await page.reload()
  await drawer.getByText('Id in the shop').waitFor()
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })
  assert.equal(new URL(page.url()).search, '')

  const somebody = (await orders(page)).nodes.find((o) => o.profile).profile
  for (const [path, name, dialog] of [
    [`/customers/${somebody.id}`, 'Merge', 'Merge with another profile'],
    ['/settings/users', 'Invite', 'Invite somebody'],
    ['/settings/tokens', 'Create a token', 'Create a token'],
    ['/shops', 'Connect a shop', 'Connect a shop'],
  ]) {
    await page.goto(path)
    await page.getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog', { name: dialog }).waitFor()
    await page.reload()
    await page.getByRole('dialog', { name: dialog }).waitFor()
    await page.goBack()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, path)
  }
  await close()
})

test('a clerk of one shop sees its orders alone', async () => {
  const owner = await open()
  const { shops } = await api(owner.page, '{ shops { id name } }')
  const name = `orders-${Date.now()}@example.com`
  const { userInvite } = await api(owner.page, 'mutation($e: String!, $s: [ID!]) { userInvite(email: $e, role: CLERK, shopIds: $s) { link } }', { e: name, s: [shops[0].id] })
  const [mine, others] = [await orders(owner.page, { shopIds: [shops[0].id] }), await orders(owner.page, { shopIds: [shops[1].id] })]
  await owner.close()

  const { page, close } = await open({ signedIn: false })
  await page.goto(userInvite.link)
  await page.getByLabel('Your name').fill('Lou Clerk')
  await page.locator('input[autocomplete$=password]').fill('a long enough sentence')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Account: Lou Clerk' }).waitFor()
  await page.goto('/orders')
  await counted(page, mine.totalCount)
  await page.goto(`/orders?order=${others.nodes[0].id}`)
  await page.getByText('Nothing has this id').waitFor()
  await page.goto(`/orders?shop=${shops[1].id}`)
  await page.getByRole('alert').getByText('Your role does not allow this').waitFor()
  await close()
})

test('labels in use are offered where people are filtered', async () => {
  const { page, close } = await open()
  const somebody = (await orders(page)).nodes.find((o) => o.profile).profile
  const label = `Offered ${Date.now()}`
  await api(page, 'mutation($p: ID!, $n: String!) { addLabel(profileId: $p, name: $n) { errors { code } } }', { p: somebody.id, n: label })
  await page.goto('/customers')
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Label' }).click()
  await page.getByLabel('Any of these labels').first().fill('Offered')
  await page.getByRole('option', { name: label }).click()
  await page.getByRole('button', { name: 'Done', exact: true }).click()
  await page.getByTestId('count').filter({ hasText: '1 customer matches' }).waitFor()
  await api(page, 'mutation($p: ID!, $n: String!) { removeLabel(profileId: $p, name: $n) { errors { code } } }', { p: somebody.id, n: label })
  await close()
})

test('orders look well in every language, light and dark, wide and narrow', async () => {
  for (const look of fewLooks) {
    await lookAt(look, 'orders-marked', '/orders?mark=recovered')
    await lookAt(look, 'orders-open', '/orders?state=OPEN')
  }
})
