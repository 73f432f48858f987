// Spend: chart, table, comparison, export.
// Promises: every view of the page shows the same figures; the export asks for what is on screen.

import type { PanelSpend } from '../../../gateway/contract/panel.ts'
import { alterAnswers, expect, test } from './panel-page.ts'

const nano = (text: string): bigint => {
  const [whole = '0', fraction = ''] = text.replace(/[≥$,\s]/g, '').split('.')
  return BigInt(whole + fraction.padEnd(9, '0'))
}

test('the chart is drawn and says in a sentence what it shows', async ({ page, open }) => {
  await open('spend')
  const chart = page.getByRole('img', { name: /^Spend, .*: \$\d/ })
  await expect(chart).toBeVisible()
  await expect
    .poll(() =>
      chart.evaluate(
        (canvas) =>
          canvas instanceof HTMLCanvasElement &&
          canvas
            .getContext('2d')
            ?.getImageData(0, 0, canvas.width, canvas.height)
            .data.some((value) => value > 0),
      ),
    )
    .toBe(true)
})

test('arrow keys read the chart column by column, and Escape stops', async ({ page, open }) => {
  await open('spend')
  await page.getByRole('group', { name: /^Chart\./ }).focus()
  await page.keyboard.press('ArrowLeft')
  const hint = page.locator('.chart-hint')
  await expect(hint).toContainText('so far')
  const today = await hint.innerText()
  await page.keyboard.press('ArrowLeft')
  await expect(hint).not.toHaveText(today)
  await page.keyboard.press('Escape')
  await expect(hint).toHaveCount(0)
})

test('the table view and the rows below add up to the reconciled total', async ({ page, open }) => {
  await open('spend')
  await page.getByText('Table', { exact: true }).click()
  await expect(page.getByRole('region', { name: 'Figures by day' })).toBeVisible()
  // The line is waited for; the rows are there with it, and are read as they are.
  const line = await page.locator('.reconciliation').innerText()
  const exact = await page
    .locator('.spend-card tbody td:nth-child(2) [title^="$"]')
    .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('title') ?? ''))
  const total = /^Total (\$[\d,.]+) in/.exec(line)?.[1] ?? ''
  expect(exact.reduce((sum, text) => sum + nano(text), 0n)).toBe(nano(total))
  expect(line).toContain('Europe/Berlin. The export has the same total.')
})

test('choosing a row narrows the page, and taking the filter away widens it', async ({ page, open }) => {
  await open('spend')
  await page.locator('.spend-card').getByRole('button', { name: 'gpt-4o', exact: true }).click()
  await expect(page).toHaveURL(/model=gpt-4o/)
  await expect(page.locator('.spend-card tbody tr')).toHaveCount(1)
  await page.getByRole('button', { name: 'Remove the filter Model gpt-4o' }).click()
  await expect(page.locator('.spend-card tbody tr')).toHaveCount(5)
})

test('a figure leads to the requests behind it', async ({ page, open }) => {
  await open('spend?range=7d')
  const link = page.locator('.spend-card tbody tr').filter({ hasText: 'claude-sonnet' }).getByRole('link')
  const count = await link.innerText()
  await link.click()
  await expect(page.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: `of ${count}` })).toBeVisible()
})

test('the export asks for the range, grouping and filters on screen', async ({ page, open }) => {
  await open('spend?range=7d&group=key&model=gpt-4o')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  const href = new URL((await page.getByRole('menuitem', { name: /As shown/ }).getAttribute('href')) ?? '', page.url())
  expect(Object.fromEntries(href.searchParams)).toMatchObject({ group: 'key', model: 'gpt-4o' })
  expect(Number(href.searchParams.get('to')) - Number(href.searchParams.get('from'))).toBe(7 * 86_400_000)
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: /Every request/ }).click()
  expect((await download).url()).toContain('group=none')
})

test('the export and the links ask for the range that was answered, not for the one that was asked', async ({ page, open }) => {
  const halfHourMs = 1_800_000
  let answered = { from: '', to: '' }
  await alterAnswers<PanelSpend>(page, '/panel/spend', (spend) => {
    const widened = { ...spend, fromMs: spend.fromMs - halfHourMs, toMs: spend.toMs + halfHourMs }
    answered = { from: String(widened.fromMs), to: String(widened.toMs) }
    return widened
  })
  await open('spend?range=24h')
  const link = page.locator('.spend-card tfoot').getByRole('link')
  const queryOf = (href: string | null): unknown => Object.fromEntries(new URL(href ?? '', page.url()).searchParams)
  expect(queryOf(await link.getAttribute('href'))).toMatchObject(answered)
  await page.getByRole('button', { name: 'Export CSV' }).click()
  for (const name of [/As shown/, /Every request/]) expect(queryOf(await page.getByRole('menuitem', { name }).getAttribute('href'))).toMatchObject(answered)
})

test('the total leads to its requests under the filter in force', async ({ page, open }) => {
  await open('spend?model=gpt-4o')
  await expect(page.locator('.spend-card tfoot').getByRole('link')).toHaveAttribute('href', /model=gpt-4o/)
})

test('the period before is drawn when asked for, and the address says so', async ({ page, open }) => {
  await open('spend')
  await page.getByRole('button', { name: 'Compare with before' }).click()
  await expect(page).toHaveURL(/compare=before/)
  await expect(page.getByText('Period before')).toBeVisible()
})

test('a year is not asked for before it is typed to its end', async ({ page, open }) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).search))
  await open('spend?range=custom&first=2026-11-01&last=2026-11-22')
  await expect(page.locator('.spend-card')).toBeVisible()
  asked.length = 0
  for (const year of ['0002', '0020', '0202']) await page.getByLabel('First day').fill(`${year}-09-15`)
  await page.getByLabel('First day').fill('')
  await page.getByLabel('First day').fill('2026-09-15')
  await expect(page).toHaveURL(/first=2026-09-15/)
  await expect.poll(() => asked.filter((search) => search.includes('grain=day'))).toHaveLength(1)
})

test('a first day after the last one waits for the last one', async ({ page, open }) => {
  await open('spend?range=custom&first=2026-11-01&last=2026-11-22')
  await page.getByLabel('First day').fill('2026-12-01')
  await expect(page.getByRole('alert')).toHaveText('The last day is before the first.')
  await expect(page).toHaveURL(/first=2026-11-01/)
  await page.getByLabel('Last day').fill('2026-12-31')
  await expect(page).toHaveURL(/first=2026-12-01&last=2026-12-31/)
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test('a range that cannot be is not claimed to be shown', async ({ page, open }) => {
  await open('spend?range=custom&first=2026-11-20&last=2026-11-04')
  await expect(page.getByLabel('First day')).toHaveValue(/-01$/)
  await expect(page.getByLabel('Last day')).not.toHaveValue('2026-11-04')
})
