// Campaigns and segments: written, refused, started, stopped, and explained. Whether a message goes out depends on
// the day (nothing is sent on Sundays), so nothing here waits for one.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessible, api, fewLooks, fits, lookAt, open, people, picture, settled, start, stop } from './browser.mjs'

before(start)
after(stop)

const plan = 'id name state version segmentId trigger { kind minAgeMinutes } steps { key afterMinutes voucher { kind value } }'
const named = async (page, name) => (await api(page, `{ campaigns { ${plan} } }`)).campaigns.find((c) => c.name === name)
const save = (page) => page.getByRole('button', { name: 'Save as a draft' }).click()

/** A draft from a template, by its number. */
async function draft(page, template, name) {
  await page.goto(`/campaigns/new?template=${template}`)
  await page.getByLabel('Name').fill(name)
  await save(page)
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}

/** Nothing starts without a sender; the shops get one and give it back. */
async function senders(page, senderEmail) {
  const { shops } = await api(page, '{ shops { id } }')
  for (const { id } of shops) {
    const { shopSettingsUpdate } = await api(page, 'mutation($id: ID!, $s: ShopSettingsInput!) { shopSettingsUpdate(shopId: $id, settings: $s) { errors { message } } }', { id, s: { senderEmail } })
    assert.deepEqual(shopSettingsUpdate.errors, [])
  }
}

test('a campaign begins with a template and tells who would get something', async () => {
  const { page, close } = await open()
  await page.goto('/')
  await page.getByRole('link', { name: 'Campaigns' }).click()
  await page.getByRole('link', { name: /^Abandoned cart/ }).first().click()
  await page.getByLabel('Name').fill('Carts of the week')
  await page.getByRole('textbox', { name: 'At least ago', exact: true }).fill('6')
  await page.getByLabel('Value of the voucher').fill('15')
  await save(page)
  await page.getByRole('heading', { name: 'Carts of the week', level: 1 }).waitFor()
  await page.getByText('draft', { exact: true }).waitFor()
  await page.getByText('A cart rests 6 hours without an order').waitFor()
  const saved = await named(page, 'Carts of the week')
  assert.equal(saved.trigger.minAgeMinutes, 360)
  assert.deepEqual(saved.steps.map((s) => s.key), ['reminder', 'voucher'])
  assert.equal(Number(saved.steps[1].voucher.value), 15)

  await page.getByRole('button', { name: 'Preview' }).click()
  const { campaign } = await api(page, 'query($id: ID!) { campaign(id: $id) { preview { sends people } } }', { id: saved.id })
  const shown = page.getByTestId('preview')
  await shown.getByText(`${campaign.preview.sends} message`).waitFor()
  await shown.getByText(`${campaign.preview.people} people judged`).waitFor()
  // The same over the past: what the page says is what the API says.
  await page.getByLabel('Over how many past days').selectOption({ label: '30 days' })
  await page.getByRole('button', { name: 'Play' }).click()
  const { campaign: past } = await api(page, 'query($id: ID!) { campaign(id: $id) { backtest(days: 30) { sends people } } }', { id: saved.id })
  const played = page.getByTestId('backtest')
  await played.getByText(`${past.backtest.sends} message`).waitFor()
  await played.getByText(`${past.backtest.people} people judged`).waitFor()
  await picture(page, 'campaign-preview')
  await accessible(page, 'campaign with its preview')
  await close()
})

test('what is refused is said at its field, in whatever language the text is', async () => {
  const { page, close } = await open()
  await page.goto('/campaigns/new?template=1')
  const first = page.getByRole('region', { name: 'Step 1: send an e-mail' })
  await first.getByRole('tab', { name: 'French' }).click()
  await first.getByLabel('Text', { exact: true }).fill('Bonjour {{ voucher.code }} {% if %}')
  await first.getByRole('tab', { name: 'English' }).click()
  await save(page)
  const body = first.getByLabel('Text', { exact: true })
  await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA')
  assert.equal(await body.getAttribute('aria-invalid'), 'true')
  assert.match(await body.inputValue(), /^Bonjour/)
  await accessible(page, 'builder with a refused text')
  await picture(page, 'campaign-refused')
  await body.fill('Bonjour')

  for (const [field, bad, says, good] of [
    [page.getByLabel('Holdout in percent'), '80', 'Hold out 0 to 50 percent.', '10'],
    [page.getByRole('textbox', { name: 'At least ago', exact: true }), '0', 'Wait at least 30 minutes', '4'],
    [page.getByLabel('Beginning of the codes'), '1A', 'A code begins with', 'TEA'],
    [page.getByLabel('Name'), '', 'Give it a name', 'Refused no more'],
  ]) {
    await field.fill(bad)
    await save(page)
    await page.getByText(says).waitFor()
    assert.equal(await field.getAttribute('aria-invalid'), 'true', says)
    await field.fill(good)
  }
  await page.getByLabel('Audience').selectOption({ label: 'a segment' })
  await save(page)
  await page.getByText('Choose a segment.').waitFor()
  await page.getByLabel('Audience').selectOption({ label: 'everybody' })
  await save(page)
  await page.getByRole('heading', { name: 'Refused no more', level: 1 }).waitFor()
  await close()
})

test('steps keep their keys when they move, and two who edit are told', async () => {
  const { page, close } = await open()
  await draft(page, 1, 'Moved about')
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByRole('button', { name: 'Move step 2 up' }).click()
  await page.getByRole('button', { name: 'Add a step' }).click()
  const third = page.getByRole('region', { name: 'Step 3: send an e-mail' })
  await third.getByLabel('Subject').fill('Still there')
  await third.getByLabel('Text', { exact: true }).fill('{{ greeting }}')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Whoever has entered already').waitFor()
  const { id, steps } = await named(page, 'Moved about')
  assert.deepEqual(steps.map((s) => s.key).slice(0, 2), ['voucher', 'reminder'])
  assert.match(steps[2].key, /^step-/)

  await page.goto(`/campaigns/${id}/edit`)
  await page.getByLabel('Name').fill('Mine')
  const other = await open()
  await other.page.goto(`/campaigns/${id}/edit`)
  await other.page.getByLabel('Name').fill('Theirs')
  await other.page.getByRole('button', { name: 'Save', exact: true }).click()
  await other.page.getByRole('heading', { name: 'Theirs', level: 1 }).waitFor()
  await other.close()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Somebody else changed this campaign').waitFor()
  await page.getByRole('button', { name: 'Reload' }).click()
  await page.waitForFunction(() => document.querySelector('input')?.form === null || [...document.querySelectorAll('input')].some((i) => i.value === 'Theirs'))
  await close()
})

test('a campaign is started, paused and ended, and all sending is stopped', async () => {
  const { page, close } = await open()
  await draft(page, 4, 'Long gone')
  const { id } = await named(page, 'Long gone')
  const act = async (verb) => {
    await page.getByRole('button', { name: `${verb} Long gone` }).click()
    await page.getByRole('dialog').getByRole('button', { name: verb, exact: true }).click()
  }
  await senders(page, '')
  await act('Start')
  await page.getByRole('status').getByText('No shop of this campaign has a sender address').waitFor()
  await senders(page, 'shop@example.com')
  await act('Start')
  await page.getByText('running', { exact: true }).waitFor()

  // Why this person gets nothing, or would, is the server's own decision.
  const { nodes } = await people(page, { orderCount: { min: 1 } }, 1)
  await page.goto(`/customers/${nodes[0].id}`)
  const panel = page.getByRole('region', { name: 'Follow-ups' })
  await panel.getByText('Why / why not: Long gone').click()
  await panel.getByRole('link', { name: 'Open the campaign' }).waitFor()
  const { campaign } = await api(page, 'query($id: ID!, $p: ID!) { campaign(id: $id) { why(profileId: $p) { verdict } } }', { id, p: nodes[0].id })
  const words = { SEND: 'Would be sent', REFUSE: 'Not sent', WAIT: 'Not yet', EXPIRE: 'Too late' }
  if (campaign.why.length > 0) await panel.getByText(words[campaign.why[0].verdict], { exact: true }).first().waitFor()
  else await panel.getByText('has not happened to this person').waitFor()
  await accessible(page, 'card with follow-ups')
  await picture(page, 'why-not')

  await page.goto('/campaigns')
  await page.getByText('1 campaign is running').waitFor()
  const everything = page.getByRole('switch', { name: 'Stop all sending' })
  await everything.click({ force: true })
  await page.getByText('No campaign sends anything').waitFor()
  assert.ok((await api(page, '{ sendingRules { stoppedAt } }')).sendingRules.stoppedAt)
  await accessible(page, 'sending stopped')
  await picture(page, 'sending-stopped')
  await everything.click({ force: true })
  await page.getByRole('dialog').getByRole('button', { name: 'Let it go on' }).click()
  await page.getByText('Running campaigns send.').waitFor()

  await act('Pause')
  await page.getByText('paused', { exact: true }).waitFor()
  await act('End')
  await page.getByText('ended', { exact: true }).waitFor()
  assert.equal((await named(page, 'Long gone')).state, 'ENDED')
  await page.goto(`/campaigns/${id}?state=UNCERTAIN`)
  await page.getByText('No message is in this state.').waitFor()
  await senders(page, '')
  await close()
})

test('a filter is saved as a segment, a campaign writes to it, and then it cannot go', async () => {
  const { page, close } = await open()
  await page.goto(`/customers?f=${encodeURIComponent('[[{"field":"orders","min":2}]]')}`)
  await page.getByRole('button', { name: 'Save as segment' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Came back')
  await accessible(page, 'save as segment', '[role=dialog]')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByRole('status').getByRole('link', { name: 'Show the segments' }).click()
  const row = page.getByRole('listitem').filter({ hasText: 'Came back' })
  await row.getByText('at least 2 orders').waitFor()
  const { totalCount } = await people(page, { orderCount: { min: 2 } }, 1)
  await row.getByRole('link', { name: `${totalCount} people` }).click()
  await page.getByTestId('count').filter({ hasText: `${totalCount} customers match` }).waitFor()

  await page.goto('/campaigns/new?template=2')
  await page.getByLabel('Name').fill('For those who came back')
  await page.getByLabel('Audience').selectOption({ label: 'a segment' })
  await page.getByLabel('Segment').selectOption({ label: 'Came back' })
  await save(page)
  await page.getByText('Audience: the segment Came back.').waitFor()

  // Another name is another name everywhere; one that is taken is refused.
  await page.goto('/campaigns/segments')
  await page.getByRole('button', { name: 'Rename Came back' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Came back again')
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
  await page.getByText('The segment is called Came back again now.').waitFor()
  await page.getByRole('button', { name: 'Rename Came back again' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Came back')
  await accessible(page, 'rename segment', '[role=dialog]')
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('button', { name: 'Delete Came back', exact: true }).waitFor()
  await page.goto('/campaigns/segments')
  await page.getByRole('button', { name: 'Delete Came back' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('status').locator('[data-failed]').waitFor()
  const { segments } = await api(page, '{ segments { name } }')
  assert.ok(segments.some((s) => s.name === 'Came back'))
  await close()
})

test('a filter of its own is kept and shown again', async () => {
  const { page, close } = await open()
  await page.goto('/campaigns/new?template=2')
  await page.getByLabel('Name').fill('With a filter')
  await page.getByLabel('Audience').selectOption({ label: 'whom a filter finds' })
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Number of orders' }).click()
  await page.getByLabel('At least', { exact: true }).fill('3')
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByText('customers match').waitFor()
  await save(page)
  await page.getByText('Audience: at least 3 orders.').waitFor()
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByRole('button', { name: 'at least 3 orders', exact: true }).waitFor()
  await close()
})

test('sending rules are changed, and what is out of bounds is said', async () => {
  const { page, close } = await open()
  await page.goto('/settings/sending')
  const gap = page.getByLabel('Hours between two messages at least')
  const before = await gap.inputValue()
  const save = page.getByRole('region', { name: 'Sending rules' }).getByRole('button', { name: 'Save' })
  await gap.fill('50')
  await save.click()
  await page.getByRole('status').getByText('Saved.').waitFor()
  assert.equal((await api(page, '{ sendingRules { gapHours } }')).sendingRules.gapHours, 50)
  await gap.fill(before)
  await save.click()
  await settled(page)
  await close()
})

test('campaigns look well in every language, light and dark, wide and narrow', async () => {
  const { page, close } = await open({ width: 375, height: 760 })
  const { id } = await named(page, 'Carts of the week')
  await page.goto(`/campaigns/${id}/edit`)
  await settled(page)
  await fits(page)
  await close()
  for (const look of fewLooks) {
    await lookAt(look, 'campaign', `/campaigns/${id}`, { en: 'A cart rests', fr: 'Un panier reste', de: 'Ein Warenkorb bleibt' })
    await lookAt(look, 'campaign-edit', `/campaigns/${id}/edit`, { en: 'Bounds', fr: 'Limites', de: 'Grenzen' })
  }
})
