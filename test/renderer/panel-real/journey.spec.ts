// A first day with Tollgate in a real browser: from the printed link to the exported file, against a real gateway and a real upstream's book.
// Promises: one page is walked from test to test, as one person would; each amount on screen is compared with the file and with what the upstream said.
// Leaves alone: how every page looks (routes.spec.ts), single controls (../panel).

import { readFile } from 'node:fs/promises'
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test'
import OpenAI from 'openai'
import { parseCsv, type Table } from '../../kit/csv.ts'
import type { Page as BookPage } from '../../kit/upstream-book.ts'
import { expectCleanBody } from '../panel/panel-page.ts'
import { prices, slowly, startFirstHouse, type FirstHouse } from './first-house.ts'
import { billedNano, nanoSum, toNano } from './nano.ts'
import { expectSound, twoSettings, watchPages, type Watch } from './watched-page.ts'

const model = 'house-model'
/** Served as well, but not to the key of this journey. */
const forbidden = 'gpt-4'

test.describe.configure({ mode: 'serial' })

let first: FirstHouse
let context: BrowserContext
let page: Page
let watch: Watch
let cookie = ''
let key = ''
/** What a browser logs by itself when it is told 401. */
const signedOut = /status of 401/

test.beforeAll(async ({ browser }) => {
  first = await startFirstHouse()
  ;({ context, page, watch } = await openBrowser(browser))
})
test.afterAll(async () => {
  await context.close()
  await first.stop()
})
test.afterEach(() => {
  expect(watch.problems).toEqual([])
})

async function openBrowser(browser: Browser): Promise<{ context: BrowserContext; page: Page; watch: Watch }> {
  const made = await browser.newContext()
  const watched = await watchPages(made, first.house.gateway.origin, signedOut)
  return { context: made, page: await made.newPage(), watch: watched }
}
const visit = async (path: string): Promise<void> => {
  await page.goto(`${first.house.gateway.origin}/ui/${path}`)
  await expect(page.locator('h1')).toBeVisible()
}
const enter = async (room: string): Promise<void> => {
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: room, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: room })).toBeVisible()
}
const ask = (content: string): Promise<unknown> => {
  const client = new OpenAI({ baseURL: first.house.baseUrl, apiKey: key, maxRetries: 0 })
  return client.chat.completions.stream({ model, messages: [{ role: 'user', content }] }).finalChatCompletion()
}

test('the printed link signs in, leaves the address bar, and works once', async ({ browser }) => {
  const link = first.house.gateway.signInUrl ?? ''
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ui\/#code=.+/)
  await page.goto(link)
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  expect(page.url()).toBe(link.replace(/#.*/, ''))
  expect(await page.evaluate(() => document.cookie)).toBe('')
  const other = await openBrowser(browser)
  await other.page.goto(link)
  await expect(other.page.getByRole('alert')).toContainText('This sign-in link is not valid any more.')
  await expect(other.page).toHaveURL(link.replace(/#.*/, ''))
  await expectSound(other.page, 'sign-in')
  expect(other.watch.problems).toEqual([])
  await other.context.close()
})

test('a wrong admin key is refused in a sentence; the right one signs in', async ({ browser }) => {
  const other = await openBrowser(browser)
  await other.page.goto(`${first.house.gateway.origin}/`)
  await other.page.getByLabel('Admin key').fill('sk-not-this-one')
  await other.page.getByRole('button', { name: 'Sign in' }).click()
  await expect(other.page.getByRole('alert')).toHaveText('This is not the admin key.')
  await other.page.getByLabel('Admin key').fill(first.house.gateway.adminKey)
  await other.page.keyboard.press('Enter')
  await expect(other.page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  expect(await other.page.content()).not.toContain(first.house.gateway.adminKey)
  expect(other.watch.problems).toEqual([])
  await other.context.close()
})

test('an empty gateway says what comes first and where', async () => {
  await expect(page.getByRole('heading', { name: 'Three steps to the first request' })).toBeVisible()
  await expectSound(page, 'empty-home', twoSettings)
  for (const room of ['Requests', 'Spend', 'Keys', 'Providers']) {
    await enter(room)
    await expect(page.locator('.empty').first()).toBeVisible()
    await expectSound(page, `empty-${room.toLowerCase()}`, twoSettings)
  }
  await enter('Home')
  await page.getByRole('link', { name: 'Add provider' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Add models' })).toBeVisible()
})

test('where secrets cannot be saved the form says so, and a provider that refuses is quoted in plain words', async () => {
  const vault = (await first.house.get('/panel/session')).json['vault'] as { canSave: boolean; sentence: string }
  await page.getByRole('button', { name: 'OpenAI-compatible server' }).click()
  await expect(page.getByRole('radio', { name: /A new one, saved in/ })).toBeEnabled({ enabled: vault.canSave })
  if (!vault.canSave) await expect(page.getByText(vault.sentence)).toBeVisible()
  await page.getByRole('radio', { name: /From an environment variable/ }).check()
  await page.getByRole('textbox', { name: 'Variable' }).fill('UPSTREAM_KEY')
  await page.getByLabel('Base URL').fill(`${first.vendor.origin}/v1`)
  const list = page.getByRole('button', { name: 'List its models' })
  first.vendor.behave(() => ({ status: 401 }))
  await list.click()
  await expect(page.getByRole('alert')).toContainText('did not accept')
  await page.getByLabel('Base URL').fill('http://127.0.0.1:9/v1')
  await list.click()
  await expect(page.getByRole('alert')).toContainText('could not be reached')
  await expectSound(page, 'provider-form', twoSettings)
})

test('a provider is added by address and variable, with models it listed and prices of our own', async () => {
  await page.getByLabel('Base URL').fill(`${first.upstream.origin}/v1`)
  await page.getByRole('button', { name: 'List its models' }).click()
  await expect(page.getByText(/^\d+ models listed, 0 chosen$/)).toBeVisible()
  await page.getByRole('checkbox', { name: 'gpt-4o', exact: true }).check()
  await page.getByLabel('Name for callers of gpt-4o', { exact: true }).fill(model)
  await page.getByRole('checkbox', { name: forbidden, exact: true }).check()
  await page.getByText('Prices of your own').click()
  await page.getByLabel('Input, $ per million tokens').fill(prices.inputPerMillion)
  await page.getByLabel('Output, $ per million tokens').fill(prices.outputPerMillion)
  await expectSound(page, 'provider-form-filled', twoSettings)
  await page.getByRole('button', { name: 'Add 2 models' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Providers' })).toBeVisible()
  const row = page.getByRole('row', { name: new RegExp(model) })
  await expect(row).toContainText('os.environ/UPSTREAM_KEY')
  await expect(row).toContainText('$0.123 / $0.988')
  await expect(row.getByText('$0.123 / $0.988')).toHaveAttribute('title', /^set on the deployment/)
})

test('its test is a real call, recorded under the panel’s own key', async () => {
  const before = first.upstream.pages.length
  await page.getByRole('button', { name: `Test ${model} at OpenAI-compatible server`, exact: true }).click()
  await expect(page.getByText(/^It answered in \d/)).toBeVisible()
  expect(first.upstream.pages.slice(before).map((asked) => asked.path)).toEqual(['/v1/chat/completions'])
  await page.getByRole('link', { name: 'See the request' }).click()
  const detail = page.getByRole('region', { name: 'Request' })
  await expect(detail.getByRole('heading', { level: 2 })).toContainText('Answered')
  await expect(detail.getByRole('region', { name: 'Sender' })).toContainText('panel')
  await expectTotal(detail, first.upstream.pages.at(-1))
})

test('a key is shown once, guards against being lost, and then is nowhere in the page', async () => {
  await enter('Keys')
  await page.getByRole('link', { name: 'Create key' }).first().click()
  await page.getByLabel('Name', { exact: true }).fill('Laptop')
  await page.getByLabel('Block requests beyond an amount').check()
  await page.getByLabel('Amount in dollars').fill('5')
  await page.getByText('More options').click()
  await page.getByLabel('Only these').check()
  await page.getByRole('checkbox', { name: model }).check()
  await page.getByRole('button', { name: 'Create key' }).click()
  const dialog = page.getByRole('dialog', { name: 'Key for Laptop' })
  key = await dialog.getByLabel('The new key').inputValue()
  expect(key).toMatch(/^sk-tg-[0-9A-Za-z]{40,}$/)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog.getByRole('alert')).toContainText('You have not copied it')
  await expectSound(page, 'key-reveal', twoSettings)
  await dialog.getByRole('button', { name: 'Copy key' }).last().click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('row', { name: /Laptop/ })).toContainText('Never used')
  await expectCleanBody(page)
  const kept = await page.evaluate(() => {
    const inputs = [...document.querySelectorAll('input')].map((input) => input.value).join(' ')
    return [document.documentElement.outerHTML, inputs, JSON.stringify({ ...localStorage, ...sessionStorage }), location.href, JSON.stringify(history.state)]
  })
  expect(kept.join('\n')).not.toContain(key)
})

test('a request with that key appears while it runs, turns final in place, and reaches Home by itself', async () => {
  await enter('Requests')
  const rows = page.locator('.request-table tbody tr[data-index]')
  await expect(rows).toHaveCount(1)
  const running = ask(slowly)
  await expect(rows).toHaveCount(2)
  await expect(rows.first()).toContainText('Running')
  await expect(rows.first()).toContainText('Laptop')
  await expect(rows.first()).toContainText(/\(\$0\.\d+\)/)
  await running
  await expect(rows.first()).toContainText('Answered')
  await expect(rows).toHaveCount(2)
  await enter('Home')
  const recent = page.getByRole('region', { name: 'Last requests' }).locator('tbody tr')
  await expect(recent).toHaveCount(2)
  await ask('good morning')
  await expect(recent).toHaveCount(3)
  await expect(page.getByRole('heading', { name: 'Three steps to the first request' })).toHaveCount(0)
})

test('its detail explains time and cost, to the nano-dollar as the upstream counted', async () => {
  await page.getByRole('region', { name: 'Last requests' }).locator('tbody tr').nth(1).click()
  const detail = page.getByRole('region', { name: 'Request' })
  await expect(detail.getByText(/^The gateway added .* of .*; the provider took .*\.$/)).toBeVisible()
  await detail.getByText('Table', { exact: true }).click()
  for (const stage of ['Identify', 'Check limits, reserve budget', 'Choose a route', 'Attempt 1: gpt-4o', 'Receive the reply'])
    await expect(detail.getByRole('row', { name: stage })).toBeVisible()
  await expectTotal(detail, first.upstream.pages.at(-2))
  await expect(detail.getByRole('region', { name: 'Sender' })).toContainText('OpenAI/JS')
})

test('a blocked key is refused at once, and works again after Undo; a model it may not use is refused and listed', async () => {
  await enter('Keys')
  await page.getByRole('link', { name: 'Laptop' }).click()
  await page.getByRole('button', { name: 'Block key' }).click()
  await expect(page.getByText('Blocked “Laptop”. Its requests are refused from now on; those that run are cut off.')).toBeVisible()
  await expect(ask('hello')).rejects.toThrow('401 This API key is blocked.')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('button', { name: 'Block key', exact: true })).toBeVisible()
  const refused = await first.house.chat(key, { model: forbidden })
  expect(refused.status).toBe(403)
  await enter('Requests')
  // A refusal is written without making its caller wait, so it may come in a moment after its answer.
  const newest = page.locator('.request-table tbody tr[data-index="0"]')
  await expect(newest).toContainText('Blocked')
  await newest.click()
  const detail = page.getByRole('region', { name: 'Request' })
  await expect(detail.getByRole('heading', { level: 2 })).toContainText('Blocked')
  await expect(detail.getByRole('region', { name: 'What went wrong' })).toContainText(`The model ${forbidden} is not available for this key`)
  await expect(detail.getByText('No provider was called.')).toBeVisible()
})

test('the exported file, its grouping, the page’s total and the upstream’s book are one sum', async () => {
  await enter('Spend')
  const line = await page.locator('.reconciliation').innerText()
  const [, total = '', count = ''] = /^Total \$([\d.]+) in (\d+) requests, .*Europe\/Berlin\. The export has the same total\.$/.exec(line) ?? []
  const every = await exported(/Every request/)
  expect(every.rows).toHaveLength(Number(count))
  expect(nanoSum(every)).toBe(toNano(total))
  const billed = first.upstream.pages.filter((asked) => asked.path === '/v1/chat/completions')
  expect(billed).toHaveLength(3)
  expect(nanoSum(every)).toBe(billed.reduce((sum, asked) => sum + billedNano(first.upstream, asked), 0n))
  const grouped = await exported(/As shown, grouped/)
  expect(nanoSum(grouped)).toBe(toNano(total))
  expect(grouped.rows.map((row) => [row['model'], row['requests']]).sort()).toEqual([
    // The call of the blocked key: nobody read what it asked for.
    ['', '1'],
    [forbidden, '1'],
    [model, '3'],
  ])
})

test('deleting the deployment asks first, says what it served, and keeps the past', async () => {
  await enter('Providers')
  await page.getByRole('button', { name: `Delete ${model} at OpenAI-compatible server`, exact: true }).click()
  const dialog = page.getByRole('alertdialog', { name: `Delete ${model}?` })
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await expect(dialog).toContainText('It served 3 requests in the last 24 hours.')
  await expectSound(page, 'delete-deployment', twoSettings)
  await dialog.getByRole('button', { name: 'Delete deployment' }).click()
  await expect(page.getByRole('row', { name: new RegExp(model) })).toHaveCount(0)
  await expect(page.getByRole('row', { name: new RegExp(forbidden) })).toHaveCount(1)
  await expectCleanBody(page)
  await expect(ask('still there?')).rejects.toMatchObject({ status: 404 })
  await enter('Spend')
  await expect(page.locator('.spend-card tbody tr').filter({ hasText: model })).toHaveCount(1)
})

test('signing out ends the session for whoever holds its cookie', async () => {
  cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const read = async (): Promise<number> => (await fetch(`${first.house.gateway.origin}/panel/session`, { headers: { cookie } })).status
  expect(await read()).toBe(200)
  await page.getByRole('button', { name: 'Owner' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in to Tollgate' })).toBeVisible()
  expect(await read()).toBe(401)
  await visit('keys')
  await expect(page.getByRole('heading', { name: 'Sign in to Tollgate' })).toBeVisible()
})

async function expectTotal(detail: ReturnType<Page['getByRole']>, asked: BookPage | undefined): Promise<void> {
  if (asked === undefined) throw new Error('the upstream was not asked')
  const table = detail.getByRole('region', { name: 'Cost' }).getByRole('table')
  // The total is waited for; the lines stand above it once it is there, and are read as they are.
  const total = toNano((await table.locator('tfoot td').innerText()).replace('$', ''))
  const lines = await table.locator('tbody td:last-child').allInnerTexts()
  expect(lines.reduce((sum, text) => sum + toNano(text.replace('$', '')), 0n)).toBe(total)
  expect(total).toBe(billedNano(first.upstream, asked))
}

async function exported(entry: RegExp): Promise<Table> {
  await page.getByRole('button', { name: 'Export CSV' }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: entry }).click()])
  expect(download.suggestedFilename()).toMatch(/^spend-[a-z]+-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/)
  return parseCsv(await readFile(await download.path(), 'utf8'))
}
