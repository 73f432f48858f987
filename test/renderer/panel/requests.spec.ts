// The list of requests and one request in full.
// Promises: rows never move under a reader; large lists stay usable; the address holds filters and the open request.

import type { PanelRequestDetail, PanelRequestPage } from '../../../gateway/contract/panel.ts'
import { alterAnswers, expect, test } from './panel-page.ts'

const rows = '.request-table tbody tr[data-index]'

test('a new request appears at the top while someone only watches', async ({ page, gateway, open }) => {
  await open('requests')
  const first = page.locator(rows).first()
  await expect(first).toContainText('Running')
  await gateway.addRequest()
  await expect(first).toContainText('Answered')
  await expect(first.getByRole('link')).toHaveAttribute('href', /901/)
})

test('while someone reads further down, new requests wait, counted, and nothing moves', async ({ page, gateway, open }) => {
  await open('requests?range=all')
  const scroller = page.locator('.grid-scroller')
  await expect(page.locator(rows).first()).toBeVisible()
  await scroller.evaluate((element) => element.scrollTo({ top: 320 }))
  await page.waitForTimeout(200)
  const before = await page.locator('[data-index="12"]').innerText()
  await gateway.addRequest()
  await gateway.addRequest()
  const button = page.getByRole('button', { name: '2 new requests: show' })
  await expect(button).toBeVisible()
  expect(await page.locator('[data-index="12"]').innerText()).toBe(before)
  await button.click()
  await expect(button).toBeHidden()
  expect(await scroller.evaluate((element) => element.scrollTop)).toBe(0)
  await expect(page.locator('[data-index="14"]')).toContainText(before.split('\t')[0] ?? '')
})

test('pausing keeps new requests out until it is resumed', async ({ page, gateway, open }) => {
  await open('requests')
  // What is there is read before anything can be new.
  await expect(page.locator(rows).first()).toContainText('Running')
  await page.getByRole('button', { name: 'Live' }).click()
  await expect(page.getByRole('button', { name: 'Paused' })).toHaveAttribute('aria-pressed', 'false')
  await gateway.addRequest()
  await expect(page.getByRole('button', { name: '1 new request: show' })).toBeVisible()
  await expect(page.locator(rows).first()).toContainText('Running')
  await page.getByRole('button', { name: 'Paused' }).click()
  await expect(page.locator(rows).first()).toContainText('Answered')
})

test('filters stand in the address, and zero matches are zero', async ({ page, open }) => {
  await open('requests?range=all')
  await page.getByRole('combobox', { name: 'Outcome' }).selectOption('failed')
  await expect(page).toHaveURL(/outcome=failed/)
  await expect(page.locator(rows).first()).toContainText('Failed')
  await page.getByRole('combobox', { name: 'Key' }).selectOption({ label: 'research notebook' })
  await expect(page.getByText('No requests match these filters.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear filters' }).first().click()
  await expect(page).toHaveURL(/requests\?range=all$/)
  await expect(page.locator(rows).first()).toContainText('Running')
})

test('a request has an address of its own; Back and Escape close it', async ({ page, open }) => {
  await open('requests?range=all')
  await page.locator('[data-index="2"]').click()
  await expect(page).toHaveURL(/requests\/req_.*range=all/)
  const detail = page.getByRole('region', { name: 'Request' })
  await expect(detail.getByRole('heading', { level: 2 })).toContainText('Answered')
  await detail.getByRole('button', { name: 'Older request' }).click()
  await expect(page.locator('[data-index="3"]')).toHaveAttribute('aria-current', 'true')
  await page.goBack()
  await page.goBack()
  await expect(detail).toBeHidden()
  await page.goForward()
  await expect(detail).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(detail).toBeHidden()
})

test('the keyboard stays where it is from request to request, and goes back to the row', async ({ page, open }) => {
  await open('requests?range=all')
  await page.locator('[data-index="2"] a').focus()
  await page.keyboard.press('Enter')
  const older = page.getByRole('button', { name: 'Older request' })
  await older.focus()
  for (const index of [3, 4]) {
    await page.keyboard.press('Enter')
    await expect(page.locator(`[data-index="${String(index)}"]`)).toHaveAttribute('aria-current', 'true')
    await expect(older).toBeFocused()
  }
  await page.getByRole('button', { name: 'Close the detail' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-index="4"] a')).toBeFocused()
})

test('a detail that is left asks for nothing any more', async ({ page, gateway, open }) => {
  await open('requests')
  await page.locator(rows).first().click()
  await expect(page.getByRole('region', { name: 'Request' }).getByRole('heading', { level: 2 })).toContainText('Running')
  // The first notice is read at once, so the next one is still waiting for its turn when the page is left.
  await gateway.addRequest()
  await page.waitForResponse(/\/panel\/requests\/req_/)
  await gateway.addRequest()
  await page.waitForResponse(/\/panel\/requests\?/)
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'Keys', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeVisible()
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.waitForTimeout(700)
  expect(asked.filter((path) => path.startsWith('/panel/requests'))).toEqual([])
})

test('a failed request explains itself first, and its time can be read as a table', async ({ page, open }) => {
  await open('requests/req_01K00000000000000000000839?range=all')
  const detail = page.getByRole('region', { name: 'Request' })
  await expect(detail.getByRole('region', { name: 'What went wrong' })).toContainText('OpenAI could not be reached: connect ETIMEDOUT')
  await expect(detail.getByText(/^The gateway added .* of .*; the provider took/)).toBeVisible()
  await detail.getByText('Table', { exact: true }).click()
  await expect(detail.getByRole('row', { name: /Attempt 3/ })).toBeVisible()
  await expect(detail.getByRole('row', { name: /Choose a route/ })).toContainText('0.08 ms')
})

test('the lines of a bill add up to its total', async ({ page, open }) => {
  await open('requests?range=all&model=gpt-4o&outcome=ok')
  await page.locator('[data-index="1"]').click()
  const table = page.getByRole('region', { name: 'Cost' }).getByRole('table')
  // The total is waited for; the lines stand above it once it is there, and are read as they are.
  const total = await table.locator('tfoot td').innerText()
  const cells = await table.locator('tbody td:last-child').allInnerTexts()
  const nano = (text: string): bigint =>
    BigInt(
      text
        .replace(/[$,]/g, '')
        .replace('.', '')
        .padEnd(text.replace(/[$,]/g, '').indexOf('.') + 9, '0'),
    )
  expect(cells).toHaveLength(2)
  expect(cells.reduce((total, text) => total + nano(text), 0n)).toBe(nano(total))
})

test('an amount that lacks a price is a least amount, in the list and in the detail', async ({ page, open }) => {
  const partly = { unpriced: true, costUsd: '1.200000000' }
  await alterAnswers<PanelRequestPage>(page, '/panel/requests', (answer) => ({ ...answer, rows: answer.rows.map((row) => ({ ...row, ...partly })) }))
  const id = 'req_01K00000000000000000000838'
  await alterAnswers<PanelRequestDetail>(page, `/panel/requests/${id}`, (detail) => ({ ...detail, ...partly }))
  await open(`requests/${id}?range=all`)
  await expect(page.locator(rows).nth(1)).toContainText('≥ $1.20')
  await expect(page.getByRole('region', { name: 'Request' }).locator('.summary')).toContainText('≥ $1.20')
})

test('an id that does not exist is said not to', async ({ page, gateway }) => {
  await page.goto(`${gateway.url}/ui/requests`)
  await page.getByRole('searchbox', { name: 'Open a request by its id' }).fill('req_nothing')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('There is no request with this id')
})

test.describe('with ten thousand requests', () => {
  test.use({ scene: 'many' })
  test('the list stays small in the page, loads on, and never claims to be complete', async ({ page, open }) => {
    await open('requests?range=all')
    await expect(page.getByRole('status').filter({ hasText: '100 of 10,000+' })).toBeVisible()
    const scroller = page.locator('.grid-scroller')
    for (let turn = 0; turn < 12; turn += 1) {
      await scroller.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
      await expect(page.getByRole('status').filter({ hasText: `${((turn + 2) * 100).toLocaleString('en')} of 10,000+` })).toBeVisible()
    }
    expect(await page.locator(rows).count()).toBeLessThan(80)
    await expect(page.locator('.end-note')).toContainText('Counted to 10,000; there are more.')
  })

  test('arrow keys walk the rows and Enter opens one', async ({ page, open }) => {
    await open('requests?range=all')
    await page.locator('[data-index="0"] a').focus()
    for (let step = 0; step < 40; step += 1) await page.keyboard.press('ArrowDown')
    await expect(page.locator('[data-index="40"] a')).toBeFocused()
    await expect(page.locator('[data-index="40"] a')).toBeInViewport()
    await page.keyboard.press('End')
    await expect(page.locator('[data-index="99"] a')).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('region', { name: 'Request' })).toBeVisible()
  })
})
