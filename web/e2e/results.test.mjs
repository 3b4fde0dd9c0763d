// What a campaign brought. cmd/relance/results_test.go has put a past into the ledger: a campaign by which those
// held out ordered less.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessible, api, fewLooks, lookAt, open, picture, settled, start, stop } from './browser.mjs'

before(start)
after(stop)

const figures = `results(windowDays: 90) { evaluated eligible totals { sent takings { currency byCode { orders revenue margin goods { pieces known late } } byMatchBack { orders revenue } } }
  comparison { treated { people ordered } holdout { people ordered } conversion { missing difference { estimate low high } } } }`
const past = async (page) => (await api(page, `{ campaigns { id name revenueByCode { amount } ${figures} } }`)).campaigns.find((c) => c.name === 'Of last year')

test('the results say what the server counted, and the window stands in the address', async () => {
  const { page, close } = await open()
  await page.goto('/campaigns')
  const { id, results: r } = await past(page)
  await page.getByRole('link', { name: 'Of last year' }).click()
  await page.getByRole('link', { name: 'Results' }).click()
  await page.getByLabel('Orders within').selectOption('90')
  await page.waitForURL(`**/campaigns/${id}/results?window=90`)
  await settled(page)
  const number = (n) => n.toLocaleString('en-GB')
  const figure = (name) => page.locator('dl > div').filter({ has: page.getByRole('button', { name, exact: true }) }).locator('dd')
  assert.equal(await figure('Judged').textContent(), number(r.evaluated))
  assert.equal(await figure('Entered').textContent(), number(r.eligible))
  const money = (amount) => Number(amount).toLocaleString('en-GB', { style: 'currency', currency: r.totals.takings[0].currency })
  assert.equal(await figure('Revenue by code').textContent(), money(r.totals.takings[0].byCode.revenue))
  assert.equal(await figure('Revenue by match-back').textContent(), money(r.totals.takings[0].byMatchBack.revenue))
  const { margin, goods } = r.totals.takings[0].byCode
  assert.ok(goods.known > 0 && goods.known < goods.pieces && goods.late === goods.known) // all are older than the shop is connected
  assert.equal(
    await figure('Margin by code').textContent(),
    `${money(margin)}known for ${number(goods.known)} of ${number(goods.pieces)} pieces, ${number(goods.late)} by a later cost`,
  )
  await page.getByRole('region', { name: 'Margin per person' }).getByText('pieces whose cost is known').waitFor()

  // The interval is drawn and said, and does not touch zero: that is how the past was made.
  const { low } = r.comparison.conversion.difference
  assert.ok(low > 0)
  const conversion = page.getByRole('region', { name: 'Conversion' })
  await conversion.getByText('People order more often with the campaign.').waitFor()
  await conversion.getByRole('img', { name: `interval from +${(100 * low).toLocaleString('en-GB', { maximumFractionDigits: 1 })} points` }).waitFor()
  await page.getByRole('row', { name: 'Sent' }).getByText(number(r.totals.sent)).first().waitFor()
  await page.getByText('How this is counted').click()
  await accessible(page, 'results')
  await picture(page, 'results')
  await close()
})

test('too few people give no figure, and a campaign that did nothing has no results', async () => {
  const { page, close } = await open()
  await page.goto('/campaigns')
  const { id } = await past(page)
  await page.goto(`/campaigns/${id}/results?window=7`)
  await page.getByRole('region', { name: 'Revenue per person' }).getByText('Not enough data').waitFor()
  const { campaign } = await api(page, 'query($id: ID!) { campaign(id: $id) { results(windowDays: 7) { comparison { revenue { missing } conversion { missing } } } } }', { id })
  const { revenue, conversion } = campaign.results.comparison
  await page.getByText(`About ${(revenue[0]?.missing ?? conversion.missing).toLocaleString('en-GB')} more people`).first().waitFor()

  await page.goto('/campaigns/new?template=2')
  await page.getByLabel('Name').fill('Did nothing yet')
  await page.getByRole('button', { name: 'Save as a draft' }).click()
  await page.getByRole('link', { name: 'Results' }).click()
  await page.getByText('No results yet').waitFor()
  await accessible(page, 'no results')
  await close()
})

test('results look well in every language, light and dark, wide and narrow', async () => {
  const { page, close } = await open()
  await page.goto('/campaigns')
  const { id } = await past(page)
  await close()
  for (const look of fewLooks) {
    await lookAt(look, 'results', `/campaigns/${id}/results?window=90`, { en: 'Against the holdout', fr: 'Face au groupe témoin', de: 'Gegenüber der Kontrollgruppe' })
  }
})

test('a month is reported line by line, and as a file', async () => {
  const { page, close } = await open()
  await page.goto('/campaigns')
  await page.getByRole('link', { name: 'Monthly report' }).click()
  const day = new Date(Date.now() - 200 * 86_400_000)
  const month = day.toISOString().slice(0, 7)
  await page.getByLabel('Month').selectOption(month)
  const { monthlyReport } = await api(page, 'query($m: String!) { monthlyReport(month: $m) { shopName campaignName group eligible sent } }', { m: month })
  assert.ok(monthlyReport.length > 0)
  await page.getByRole('link', { name: 'Of last year' }).first().waitFor()
  assert.equal(await page.locator('tbody tr').count(), monthlyReport.length)
  const people = monthlyReport.reduce((sum, r) => sum + r.eligible, 0)
  assert.equal(people, (await past(page)).results.eligible)
  await accessible(page, 'monthly report')
  for (const [kind, begins] of [['XLSX', 'PK'], ['CSV', 'Shop,Group,Campaign']]) {
    const file = await page.request.get(await page.getByRole('link', { name: kind }).getAttribute('href'))
    assert.equal(file.status(), 200)
    assert.match(file.headers()['content-disposition'], new RegExp(`relance-${month}`))
    assert.ok((await file.body()).toString('latin1').startsWith(begins), kind)
  }
  await page.goto('/campaigns/report')
  await settled(page)
  await close()
  for (const look of fewLooks) await lookAt(look, 'monthly-report', `/campaigns/report?month=${month}`, { en: 'Of last year', fr: 'Of last year', de: 'Of last year' })
})
