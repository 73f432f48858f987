// Keys: making one by keyboard alone, the one time it is shown, changing it, taking it back.
// Promises: what is sent is looked at, not only what is shown.

import type { PanelKey } from '../../../gateway/contract/panel.ts'
import { alterAnswers, expect, expectAccessible, expectCleanBody, test } from './panel-page.ts'

const secret = 'sk-tg-7Qm2vXwR9sKdLb4TnYc8HfJp3ZgA6UeWoNi5rMtBxV1kSa'

test('a key is made with the keyboard alone, copied, and gone from the page', async ({ page, gateway, open }) => {
  await open('keys')
  await page.getByRole('link', { name: 'Create key' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'New key' })).toBeFocused()
  const press = async (key: string, times = 1): Promise<void> => {
    for (let count = 0; count < times; count += 1) await page.keyboard.press(key)
  }
  await press('Tab')
  await expect(page.getByLabel('Name')).toBeFocused()
  await page.keyboard.type('Night batch')
  await press('Tab', 3)
  await expect(page.getByLabel('No limit of its own')).toBeFocused()
  await press('ArrowDown')
  await press('Tab')
  await expect(page.getByLabel('Amount in dollars')).toBeFocused()
  await page.keyboard.type('25')
  await expect(page.getByRole('complementary', { name: 'What this key may do' })).toContainText('Up to $25.00 per calendar month.')
  await press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Key for Night batch' })
  await expect(dialog).toBeVisible()
  expect(gateway.writes.at(-1)).toEqual({ method: 'POST', path: '/key/generate', body: { key_alias: 'Night batch', max_budget: 25, budget_duration: '1mo' } })
  await expectAccessible(page)
  await expect(dialog.getByLabel('The new key')).toHaveValue(secret)

  await press('Escape')
  await expect(dialog.getByRole('alert')).toContainText('You have not copied it')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Copy key' }).last().focus()
  await press('Enter')
  await expect(dialog.getByRole('alert')).toHaveCount(0)
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret)
  await dialog.getByRole('button', { name: 'Done' }).focus()
  await press('Enter')
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeVisible()
  await expectCleanBody(page)
  const kept = await page.evaluate(
    () => document.documentElement.outerHTML + JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }) + location.href,
  )
  expect(kept).not.toContain(secret)
})

test('a click outside does not close the dialog that shows a key', async ({ page, open }) => {
  await open('keys/new')
  await page.getByLabel('Name').fill('laptop')
  await page.getByRole('button', { name: 'Create key' }).click()
  const dialog = page.getByRole('dialog', { name: 'Key for laptop' })
  await expect(dialog).toBeVisible()
  await page.mouse.click(5, 5)
  await expect(dialog).toBeVisible()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await dialog.getByRole('button', { name: 'Close without copying' }).click()
  await expect(dialog).toBeHidden()
})

test('Back and a reload ask first, as closing does, and Back goes where it went before', async ({ page, open }) => {
  await open('keys')
  await page.getByRole('link', { name: 'Create key' }).click()
  await page.getByLabel('Name').fill('laptop')
  await page.getByRole('button', { name: 'Create key' }).click()
  const dialog = page.getByRole('dialog', { name: 'Key for laptop' })
  await expect(dialog).toBeVisible()
  await page.goBack()
  await expect(dialog.getByRole('alert')).toContainText('You have not copied it')
  await expect(dialog.getByLabel('The new key')).toHaveValue(secret)
  const asked = page.waitForEvent('dialog')
  void page.evaluate(() => setTimeout(() => location.reload()))
  await (await asked).dismiss()
  await expect(dialog.getByLabel('The new key')).toHaveValue(secret)
  await page.goBack()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeVisible()
  await page.goBack()
  await expect(page).toHaveURL(/keys$/)
})

test.describe('on Windows', () => {
  test.use({ userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36' })
  test('a new key is copied in a command that runs there', async ({ page, open }) => {
    await open('keys/new')
    await page.getByLabel('Name').fill('laptop')
    await page.getByRole('button', { name: 'Create key' }).click()
    await page.getByRole('button', { name: 'Copy as PowerShell' }).click()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^powershell -NoProfile -Command "Invoke-RestMethod .*Bearer sk-tg-/)
  })
})

test('a form that is not in order says what is wrong, sends nothing and keeps what was typed', async ({ page, gateway, open }) => {
  await open('keys/new')
  await page.getByLabel('Block requests beyond an amount').check()
  await page.getByLabel('Amount in dollars').fill('ten')
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByLabel('Name')).toBeFocused()
  await expect(page.getByText('A name is needed')).toBeVisible()
  await expect(page.getByText('Write an amount in dollars')).toBeVisible()
  expect(gateway.writes).toEqual([])
  await expectAccessible(page)
  await page.getByLabel('Name').fill('x')
  await expect(page.getByText('A name is needed')).toHaveCount(0)
  await expect(page.getByLabel('Amount in dollars')).toHaveValue('ten')
})

test.describe('a refusal by the gateway', () => {
  test.use({ expectedErrors: /status of 400/ })
  test('is shown in full and the form stays as it was', async ({ page, open }) => {
    await open('keys/new')
    await page.getByLabel('Name').fill('taken')
    await page.getByRole('button', { name: 'Create key' }).click()
    await expect(page.getByRole('alert')).toContainText('There is a key with this name already.')
    await expect(page.getByLabel('Name')).toHaveValue('taken')
  })
})

test('a change sends only what was changed', async ({ page, gateway, open }) => {
  await open('keys/3')
  await expect(page.getByRole('button', { name: 'Save changes' })).toBeDisabled()
  await page.getByLabel('Amount in dollars').fill('75.50')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('Saved “ci-bot”.')).toBeVisible()
  expect(gateway.writes).toEqual([{ method: 'POST', path: '/key/update', body: { key: '3'.repeat(64), max_budget: 75.5 } }])
})

test('more options stay open while what is wrong in them is put right', async ({ page, open }) => {
  await open('keys/new')
  await page.getByLabel('Name').fill('laptop')
  await page.getByText('More options').click()
  const rate = page.getByLabel('Requests per minute')
  await rate.fill('x')
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByText('Write a whole number')).toBeVisible()
  await rate.fill('')
  await rate.click()
  await page.keyboard.type('60', { delay: 30 })
  await expect(rate).toBeFocused()
  await expect(rate).toHaveValue('60')
})

test('the period of a soft budget is in sight without a hard one, and is sent', async ({ page, gateway, open }) => {
  await open('keys/new')
  await page.getByLabel('Name').fill('laptop')
  await page.getByText('More options').click()
  await expect(page.getByRole('combobox', { name: 'Period' })).toHaveCount(0)
  await page.getByLabel('Soft budget').fill('10')
  await page.getByRole('combobox', { name: 'Period' }).selectOption('1d')
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByRole('dialog', { name: 'Key for laptop' })).toBeVisible()
  expect(gateway.writes.at(-1)?.body).toEqual({ key_alias: 'laptop', soft_budget: 10, budget_duration: '1d' })
})

test('blocking a key keeps what was changed and not yet saved', async ({ page, open }) => {
  await open('keys/3')
  await page.getByLabel('Amount in dollars').fill('75.50')
  await page.getByRole('button', { name: 'Block key' }).click()
  await expect(page.getByRole('button', { name: 'Unblock key' })).toBeVisible()
  await expect(page.getByLabel('Amount in dollars')).toHaveValue('75.50')
  await expect(page.getByRole('button', { name: 'Save changes' })).toBeEnabled()
})

test('what is spent meanwhile, and what somebody else changes, is shown; a save sends only what was typed here', async ({ page, gateway, open }) => {
  await open('keys/3')
  await expect(page.getByLabel('Amount in dollars')).toHaveValue('50')
  await alterAnswers<readonly PanelKey[]>(page, '/panel/keys', (keys) =>
    keys.map((key) => (key.id === 3 ? { ...key, spendTotalUsd: '199.990000000', budget: { ...key.budget, limitUsd: '60.000000000' } } : key)),
  )
  await gateway.addRequest()
  await expect(page.getByText('$199.99')).toBeVisible()
  await expect(page.getByLabel('Amount in dollars')).toHaveValue('60')
  await expect(page.getByRole('button', { name: 'Save changes' })).toBeDisabled()
  await page.getByLabel('Name', { exact: true }).fill('ci-bot 2')
  await alterAnswers<readonly PanelKey[]>(page, '/panel/keys', (keys) =>
    keys.map((key) => (key.id === 3 ? { ...key, spendTotalUsd: '200.990000000', budget: { ...key.budget, limitUsd: '70.000000000' } } : key)),
  )
  await gateway.addRequest()
  await expect(page.getByText('$200.99')).toBeVisible()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('ci-bot 2')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect.poll(() => gateway.writes.at(-1)?.body).toEqual({ key: expect.any(String), key_alias: 'ci-bot 2' })
})

test.describe('a key that cannot be read again after it was saved', () => {
  test.use({ expectedErrors: /status of 503/ })
  test('keeps what was typed, and what is read later fills nothing in', async ({ page, open }) => {
    await open('keys/3')
    await page.getByLabel('Amount in dollars').fill('75.50')
    const refusal = { error: { message: 'The ledger is busy.', type: 'server_error', param: null, code: 'ledger_unavailable' } }
    await page.route('**/panel/keys', (route) => route.fulfill({ status: 503, json: refusal }))
    await page.getByRole('button', { name: 'Save changes' }).click()
    await expect(page.getByRole('alert')).toContainText('The ledger is busy.')
    await expect(page.getByLabel('Amount in dollars')).toHaveValue('75.50')
    await page.unroute('**/panel/keys')
    await page.getByRole('button', { name: 'Retry' }).click()
    await expect(page.getByRole('alert')).toHaveCount(0)
    await expect(page.getByLabel('Amount in dollars')).toHaveValue('75.50')
  })
})

test('a key with only further limits shows the fullest of them', async ({ page, open }) => {
  await alterAnswers<readonly PanelKey[]>(page, '/panel/keys', (keys) =>
    keys.map((key) => ({
      ...key,
      budget: {
        ...key.budget,
        limitUsd: null,
        windows: [
          { hard: true, limitUsd: '100.000000000', duration: '1mo', settledUsd: '5.000000000', heldUsd: '0.000000000', resetsAtMs: null },
          { hard: true, limitUsd: '5.000000000', duration: '1d', settledUsd: '5.000000000', heldUsd: '0.000000000', resetsAtMs: null },
        ],
      },
    })),
  )
  await open('keys')
  const row = page.getByRole('row', { name: /^ci-bot/ })
  await expect(row).toContainText('Budget used up')
  await expect(row).toContainText('$5.00 of $5.00')
})

test('a new team is made inside the form and chosen', async ({ page, gateway, open }) => {
  await open('keys/new')
  await page.getByRole('button', { name: 'New team' }).click()
  await page.getByLabel('Team name').fill('Web')
  await page.getByLabel('Budget in dollars').fill('200')
  await page.getByRole('button', { name: 'Create team' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByRole('combobox', { name: 'Team' })).toHaveValue('web')
  expect(gateway.writes).toEqual([{ method: 'POST', path: '/team/new', body: { team_alias: 'Web', max_budget: 200, budget_duration: '1mo' } }])
})

test('a button that was pressed keeps the focus, and is pressed once', async ({ page, gateway, open }) => {
  await open('keys/3')
  await page.route('**/key/*block', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    await route.continue()
  })
  await page.getByRole('button', { name: 'Block key', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Unblock key' })).toBeFocused()
  await expect(page.getByRole('button', { name: 'Unblock key' })).toBeEnabled()
  expect(gateway.writes.map(({ path }) => path)).toEqual(['/key/block'])
})

test('blocking happens at once and can be undone', async ({ page, gateway, open }) => {
  await open('keys/3')
  // Exact: “Unblock key” has “block key” in it, and would be taken for the button that comes back.
  const block = page.getByRole('button', { name: 'Block key', exact: true })
  await block.click()
  await expect(page.getByRole('button', { name: 'Unblock key' })).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(block).toBeVisible()
  expect(gateway.writes.map((write) => write.path)).toEqual(['/key/block', '/key/unblock'])
})

test('deleting says how much the key is used, starts on Cancel, and offers blocking instead', async ({ page, gateway, open }) => {
  await open('keys/3')
  await page.getByRole('button', { name: 'Delete key' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Delete “ci-bot”?' })
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await expect(dialog).toContainText(/It was used \d+ times in the last 24 hours\./)
  await dialog.getByRole('button', { name: 'Block instead' }).click()
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: 'Delete key' }).click()
  await page.getByRole('button', { name: 'Delete “ci-bot”' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'ci-bot' })).toHaveCount(0)
  expect(gateway.writes.map((write) => write.path)).toEqual(['/key/block', '/key/delete'])
})

test('search, status and order of the list stand in the address', async ({ page, open }) => {
  await open('keys')
  await page.getByLabel('Search keys').fill('b')
  await page.getByRole('combobox', { name: 'Status' }).selectOption('near')
  await page.getByRole('button', { name: 'Spent in all' }).click()
  await expect(page).toHaveURL(/search=b.*status=near.*order=spend|order=spend/)
  await page.getByLabel('Search keys').fill('zzz')
  await expect(page.getByText('No key matches. There are 7 keys without filters.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear filters' }).last().click()
  await expect(page.locator('tbody tr')).toHaveCount(7)
})
