// What a shop in trouble looks like: rights that are missing, rows that cannot be read, a pull
// that is paused and one that failed. The shop is a simulator that really does so.
import { after, before, test } from 'node:test'
import { accessible, api, fewLooks, lookAt, open, picture, start, stop, trouble } from './browser.mjs'

before(start)
after(stop)

const skip = !trouble.address
let shop

async function shopPage() {
  const opened = await open()
  await opened.page.goto(`/shops/${shop}`)
  await opened.page.getByRole('heading', { name: 'Tea by Post', level: 1 }).waitFor()
  return opened
}

const lacking = {
  en: 'Customers and orders lack their addresses and phone numbers.',
  fr: 'Les adresses et numéros de téléphone manquent aux clients et aux commandes.',
  de: 'Kunden und Bestellungen fehlen Adressen und Telefonnummern.',
}

test('rights that are missing are named with what they cost and how they are granted', { skip }, async () => {
  const { page, close } = await open()
  await page.goto('/shops')
  await page.getByRole('button', { name: 'Connect a shop' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('PrestaShop', { exact: true }).click()
  await dialog.getByLabel('Address of the shop').fill(trouble.address)
  await dialog.getByLabel('Webservice key').fill('too short')
  await dialog.getByRole('button', { name: 'Test and connect' }).click()
  await dialog.getByText('A PrestaShop webservice key has 32 characters, this one has 9.').waitFor()
  await dialog.getByLabel('Webservice key').fill(trouble.key)
  await dialog.getByRole('button', { name: 'Test and connect' }).click()
  await dialog.getByText(lacking.en).waitFor()
  await dialog.getByText('tick View (GET) in the line “addresses”').waitFor()
  await accessible(page, 'missing rights', '[role=dialog]')
  await picture(page, 'rights-dialog')
  await dialog.getByRole('button', { name: 'Pull what is allowed' }).click()
  await page.waitForURL(/\/shops\/[0-9a-f-]{36}$/)
  shop = page.url().split('/').at(-1)
  await page.getByText('Last pull').waitFor({ timeout: 60_000 })
  // The dialog's own address is gone: going back does not open it again.
  await page.goBack()
  await page.waitForURL(/\/shops$/)
  await close()
})

test('rows that cannot be read stand in quarantine with their reasons', { skip }, async () => {
  const { page, close } = await shopPage()
  const quarantine = page.locator('#quarantine')
  for (const reason of ['A date cannot be read.', 'A text cannot be read.', 'An amount is not a plain number.', 'The currency is unknown.']) {
    await quarantine.getByText(reason).waitFor()
  }
  await quarantine.scrollIntoViewIfNeeded()
  await picture(page, 'quarantine')
  await close()
  for (const look of fewLooks) await lookAt(look, 'troubled-shop', `/shops/${shop}`, lacking)
})

test('a pull is paused and goes on', { skip }, async () => {
  await trouble.be('busy')
  const { page, close } = await shopPage()
  await page.getByRole('button', { name: 'Sync', exact: true }).click()
  await page.getByText('The shop asks for fewer requests.').waitFor({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('status').getByText('Paused after the current page.').waitFor()
  await page.getByText('paused', { exact: true }).first().waitFor()
  const busy = { en: 'The shop asks for fewer requests.', fr: 'La boutique demande moins de requêtes.', de: 'Der Shop bittet um weniger Anfragen.' }
  for (const look of fewLooks) await lookAt(look, 'paused', `/shops/${shop}`, busy)
  await lookAt(fewLooks[0], 'shops-paused', '/shops')
  await trouble.be('well')
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByText('Last pull').waitFor({ timeout: 60_000 })
  await page.getByText('connected', { exact: true }).first().waitFor()
  await close()
})

test('a pull that failed says why and when it is tried again', { skip }, async () => {
  await trouble.be('refuses')
  const { page, close } = await shopPage()
  await page.getByRole('button', { name: 'Sync', exact: true }).click()
  await page.getByText('needs attention').first().waitFor({ timeout: 30_000 })
  const { shop: seen } = await api(page, 'query($id: ID!) { shop(id: $id) { state nextTryAt } }', { id: shop })
  if (seen.state !== 'ATTENTION' || !seen.nextTryAt) throw new Error(`the shop is ${JSON.stringify(seen)}`)
  const refused = {
    en: 'The shop does not know this webservice key or it is switched off',
    fr: 'La boutique ne connaît pas cette clé Webservice ou elle est désactivée',
    de: 'Der Shop kennt diesen Webservice-Schlüssel nicht, oder er ist abgeschaltet',
  }
  await page.getByText(refused.en).first().waitFor()
  await page.getByText(/Tried again (in|tomorrow)/).waitFor()
  for (const look of fewLooks) {
    await lookAt(look, 'failed', `/shops/${shop}`, refused)
    await lookAt(look, 'shops-failed', '/shops', refused)
  }

  // Entering new credentials stands in the address; going back closes it.
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Enter new credentials' }).click()
  await page.getByRole('dialog', { name: 'New credentials' }).waitFor()
  await page.reload()
  await page.getByRole('dialog', { name: 'New credentials' }).waitFor()
  await page.goBack()
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  await trouble.be('well')
  await page.getByRole('button', { name: 'Sync', exact: true }).click()
  await page.getByText('connected', { exact: true }).first().waitFor({ timeout: 60_000 })
  await page.getByText(refused.en).first().waitFor() // in the list of pulls
  await close()
})
