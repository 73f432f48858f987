// Home: what needs someone, the budgets, the last requests.
// Promises: whatever the gateway lists is shown, also when two entries read the same.

import type { PanelHome } from '../../../gateway/contract/panel.ts'
import { alterAnswers, expect, test } from './panel-page.ts'

const alterHome = alterAnswers<PanelHome>

test('warnings and budgets that read the same stand beside each other', async ({ page, open }) => {
  await alterHome(page, '/panel/home', (home) => ({
    ...home,
    attention: [...home.attention, ...home.attention],
    budgets: [...home.budgets, ...home.budgets],
  }))
  await open('')
  await expect(page.getByRole('heading', { name: 'Last requests' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'The budget of the key Night batch is used up.' })).toHaveCount(2)
  await expect(page.getByRole('region', { name: 'Budgets' }).getByRole('link', { name: 'ci-bot' })).toHaveCount(2)
})

test('an amount that lacks a price is a least amount, and nothing at all has no price', async ({ page, open }) => {
  await alterHome(page, '/panel/home', (home) => ({
    ...home,
    recent: home.recent
      .slice(0, 2)
      .map((row, index) => ({ ...row, state: 'closed', end: 'answered', unpriced: true, costUsd: index === 0 ? '1.200000000' : '0.000000000' })),
  }))
  await open('')
  const rows = page.getByRole('region', { name: 'Last requests' }).locator('tbody tr')
  await expect(rows.nth(0)).toContainText('≥ $1.20')
  await expect(rows.nth(1)).toContainText('no price')
})

for (const [figure, outcome] of [
  ['Requests', 'ended'],
  ['Errors', 'error'],
] as const) {
  test(`the figure of ${figure} leads to as many requests`, async ({ page, open }) => {
    await open('?range=7d')
    const card = page
      .getByRole('region', { name: 'Figures' })
      .locator('.stat')
      .filter({ has: page.getByRole('heading', { name: figure }) })
    const count = await card.locator('.stat-value').innerText()
    await card.getByRole('link').click()
    await expect(page.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible()
    await expect(page.getByRole('status').filter({ hasText: new RegExp(` of ${count}$`) })).toBeVisible()
    await expect(page.getByRole('combobox', { name: 'Outcome' })).toHaveValue(outcome)
  })
}

test('the link in a row is followed once, so that Back leads home', async ({ page, open }) => {
  await open('')
  await page.getByRole('region', { name: 'Last requests' }).locator('tbody tr').nth(1).getByRole('link').click()
  await expect(page.getByRole('region', { name: 'Request' })).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
})

test('a click for a new tab leaves this one where it is', async ({ page, open }) => {
  await open('')
  const link = page.getByRole('region', { name: 'Last requests' }).locator('tbody tr').nth(1).getByRole('link')
  await link.click({ modifiers: ['ControlOrMeta'] })
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
})
