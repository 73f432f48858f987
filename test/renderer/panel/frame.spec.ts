// The frame: signing in and out, the address, the theme, a lost line, the way around.
// Promises: a one-time code leaves the address bar before it is used; data stays when the line is lost.

import { alterAnswers, expect, test } from './panel-page.ts'

test.describe('signed out', () => {
  test.use({ scene: 'signed-out', expectedErrors: /status of 401/ })

  test('a one-time code signs in and leaves the address', async ({ page, gateway, open }) => {
    await open('keys#code=abc%2Fdef')
    await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeVisible()
    expect(page.url()).toBe(`${gateway.url}/ui/keys`)
    expect(gateway.writes).toEqual([{ method: 'POST', path: '/panel/sign-in', body: { code: 'abc/def' } }])
  })

  test('a code that does not hold says so and asks for the admin key', async ({ page, open }) => {
    await open('#code=wrong')
    await expect(page.getByRole('alert')).toHaveText('This is not the admin key.')
    await expect(page.getByLabel('Admin key')).toBeVisible()
  })

  test('a link pasted into a tab that is open already signs in as well, and leaves the address', async ({ page, gateway, open }) => {
    await open('')
    await expect(page.getByLabel('Admin key')).toBeVisible()
    await page.goto(`${gateway.url}/ui/#code=abc`)
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
    expect(page.url()).toBe(`${gateway.url}/ui/`)
  })

  test('a code that was cut within a character is refused like any other', async ({ page, open }) => {
    await open('#code=wrong%e')
    await expect(page.getByRole('alert')).toHaveText('This is not the admin key.')
  })

  test('the admin key signs in, and stays in no field', async ({ page, gateway, open }) => {
    await open('')
    await page.getByLabel('Admin key').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('alert')).toHaveText('This is not the admin key.')
    await page.getByLabel('Admin key').fill('sk-admin')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
    expect(gateway.writes.at(-1)?.body).toEqual({ adminKey: 'sk-admin' })
    expect(await page.content()).not.toContain('sk-admin')
  })
})

test.describe('signed in', () => {
  test.use({ expectedErrors: /status of 401/ })
  test('a link that was used up leads in all the same, and one that is pasted keeps the page', async ({ page, gateway, open }) => {
    await open('keys/new#code=wrong')
    await page.getByLabel('Name', { exact: true }).fill('Half a name')
    await page.goto(`${gateway.url}/ui/keys/new#code=wrong`)
    await expect(page).toHaveURL(`${gateway.url}/ui/keys/new`)
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Half a name')
  })
})

test.describe('signing out', () => {
  test.use({ expectedErrors: /status of 401/ })
  test('ends the session in the gateway too', async ({ page, gateway, open }) => {
    await open('')
    await page.getByRole('button', { name: 'Owner' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in to Tollgate' })).toBeVisible()
    expect(gateway.writes.at(-1)?.path).toBe('/panel/sign-out')
  })
})

test('the address of the gateway is copied with one click', async ({ page, open }) => {
  await open('spend')
  await page.getByRole('button', { name: /Serving http:\/\/127\.0\.0\.1:4000\/v1/ }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('http://127.0.0.1:4000/v1')
  await expect(page.getByText('Copied', { exact: true })).toBeAttached()
})

test('a chosen theme holds against the system and survives a reload', async ({ page, open }) => {
  await open('')
  const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const light = await background()
  await page.getByRole('button', { name: 'Theme' }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await page.keyboard.press('Escape')
  const dark = await background()
  expect(dark).not.toBe(light)
  await page.reload()
  await expect(page.locator('h1')).toBeVisible()
  expect(await background()).toBe(dark)
})

test.describe('when the gateway is gone', () => {
  test.use({ expectedErrors: /ERR_|Failed to load resource/ })
  test('a banner says since when, data stays, writes wait, and all comes back', async ({ page, gateway, open }) => {
    await open('keys/3')
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('ci-bot')
    await gateway.cut()
    const banner = page.getByRole('alert').filter({ hasText: /Not connected to the gateway since \d\d:\d\d:\d\d\./ })
    await expect(banner).toBeVisible({ timeout: 12_000 })
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('ci-bot')
    await expect(page.getByRole('button', { name: 'Block key' })).toBeDisabled()
    // With its stream back, the panel would be so by itself within half a second, before anybody can ask.
    gateway.heal('answers')
    await banner.getByRole('button', { name: 'Retry now' }).click()
    await expect(banner).toBeHidden()
    await expect(page.getByRole('button', { name: 'Block key' })).toBeEnabled()
    gateway.heal()
  })
})

test.describe('a session that ended', () => {
  test.use({ expectedErrors: /ERR_|Failed to load resource/ })
  test('is said to have ended, though nobody asks for anything; the gateway is not said to be gone', async ({ page, gateway, open }) => {
    await open('keys/new')
    await page.route(/\/panel\/(events|session)$/, (route) => route.fulfill({ status: 401, json: { error: { message: 'Sign in.', code: 'missing_key' } } }))
    await gateway.cut()
    gateway.heal()
    await expect(page.getByRole('heading', { name: 'Sign in to Tollgate' })).toBeVisible()
    await expect(page.getByRole('alert')).toHaveText('The session has ended. Sign in again.')
  })
})

test.describe('a gateway that was restarted', () => {
  test.use({ expectedErrors: /ERR_|Failed to load resource/ })
  test('what is said of it is what holds now', async ({ page, gateway, open }) => {
    await open('')
    const lan = { url: 'https://192.168.1.5:4443', fingerprint: 'C4:C4', ownAuthority: true, panel: false }
    await gateway.cut()
    await alterAnswers<object>(page, '/panel/session', (session) => ({ ...session, lan }))
    gateway.heal()
    await expect(page.getByRole('region', { name: 'LAN mode' })).toContainText('Reachable from your network at https://192.168.1.5:4443')
  })
})

test('rooms are links, the current one is marked, and the heading takes the focus', async ({ page, open }) => {
  await open('')
  for (const room of ['Requests', 'Spend', 'Keys', 'Providers', 'Home']) {
    await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: room, exact: true }).click()
    await expect(page.getByRole('heading', { level: 1, name: room })).toBeFocused()
    await expect(page.getByRole('navigation', { name: 'Rooms' }).locator('[aria-current="page"]')).toHaveText(room)
    await expect(page).toHaveTitle(`${room} · Tollgate`)
  }
})

test.describe('a slow gateway', () => {
  test.use({ scene: 'signed-out', expectedErrors: /status of 401/ })
  test('the keyboard reaches the page past the rooms', async ({ page, open }) => {
    await open('#code=ok')
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
    await page.keyboard.press('Tab')
    await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.locator('#main')).toBeFocused()
  })
})

test.describe('the first run', () => {
  test.use({ scene: 'empty' })
  test('shows the three steps and leads to the first', async ({ page, open }) => {
    await open('')
    await expect(page.getByRole('heading', { name: 'Three steps to the first request' })).toBeVisible()
    await page.getByRole('link', { name: 'Add provider' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Add models' })).toBeVisible()
  })
})
