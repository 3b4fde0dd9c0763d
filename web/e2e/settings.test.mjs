// Shops and senders: whether mail arrives, the logo, and what is refused, in the reader's own
// language. The domains are invented ones that `relance dev` knows.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessible, api, fewLooks, lookAt, open, picture, start, stop } from './browser.mjs'

before(start)
after(stop)

const place = (shop, hash = '') => `/settings/shops?shop=${shop}${hash}`
let shop

async function sender(address) {
  const { page, close } = await open()
  await page.goto('/')
  shop ??= (await api(page, '{ shops { id } }')).shops[0].id
  await page.goto(place(shop))
  const field = page.getByLabel('Sender address')
  await field.fill(address)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  return { page, close }
}

test('a sender without records is told which to add and where', async () => {
  const { page, close } = await sender('shop@example.net')
  await page.getByText('example.net has several SPF records, so none of them holds.').waitFor()
  await page.getByText('v=spf1 ip4:192.0.2.1 include:spf.relay.example.net ~all').waitFor()
  await page.getByText('_dmarc.example.net', { exact: true }).waitFor()
  await page.getByText('example.net says that it takes no mail').waitFor()
  await accessible(page, 'findings')
  await page.goto('/')
  await page.getByRole('link', { name: 'Mend what keeps mail from arriving' }).click()
  await page.getByText('Does mail arrive?').waitFor()
  await close()
  for (const look of fewLooks) {
    await lookAt(look, 'sender', place(shop), { en: 'Does mail arrive?', fr: 'Les messages arrivent-ils ?', de: 'Kommen E-Mails an?' })
  }
})

test('a sender whose records are right is good, and can be looked up again', async () => {
  const { page, close } = await sender('shop@example.com')
  await page.getByText('Everything that receivers look at is in order.').waitFor()
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.getByText('The mail relay may send for example.com').waitFor()
  await close()
})

test('what was entered can be taken back, and what is wrong is said at its field', async () => {
  const { page, close } = await sender('shop@example.com')
  await page.getByLabel('Country').fill('fr')
  await page.getByLabel('Told about e-mails since').fill('2024-05-01')
  await page.getByLabel('DKIM selector').fill('a b')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('The name of a DKIM key has letters, digits').waitFor()
  await page.getByLabel('DKIM selector').fill('')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const stored = () => api(page, 'query($id: ID!) { shop(id: $id) { settings { country noticeSince } } }', { id: shop })
  await page.waitForFunction(() => !document.querySelector('form [aria-invalid=true]'))
  await page.reload()
  assert.equal(await page.getByLabel('Told about e-mails since').inputValue(), '2024-05-01')
  assert.equal((await stored()).shop.settings.country, 'FR')
  await page.getByLabel('Country').fill('')
  await page.getByLabel('Told about e-mails since').fill('')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved.').waitFor()
  assert.deepEqual((await stored()).shop.settings, { country: '', noticeSince: null })
  await close()
})

test('a logo is checked by what it is, shown and removed', async () => {
  const { page, close } = await sender('shop@example.com')
  const file = page.locator('input[type=file]')
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  await file.setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: svg })
  await page.getByText('SVG logos are not taken').waitFor()
  await file.setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.alloc(600 * 1024) })
  await page.getByText('This file has more than 512 kB.').waitFor()
  await file.setInputFiles({ name: 'anything.txt', mimeType: 'text/plain', buffer: await page.screenshot({ clip: { x: 0, y: 0, width: 300, height: 90 } }) })
  await page.getByText('The logo is set.').waitFor()
  const shown = page.locator('figure img')
  await shown.waitFor()
  await page.waitForFunction(() => document.querySelector('figure img')?.naturalWidth === 300)
  await accessible(page, 'logo')
  await picture(page, 'logo')
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('The logo is removed.').waitFor()
  await shown.waitFor({ state: 'detached' })
  await close()
})
