// Every route in both themes and at both sizes the panel is designed for.
// Promises: nothing for axe to find, nothing sticks out or is cut off, no console error, no policy violation, nothing asked outside the gateway.

import { everySetting, expectSound } from '../panel-real/watched-page.ts'
import { expect, test } from './panel-page.ts'

const routes = [
  { path: '', heading: 'Home' },
  { path: '?range=30d', heading: 'Home' },
  { path: 'requests?range=all', heading: 'Requests' },
  { path: 'requests/req_01K00000000000000000000839?range=all', heading: 'Requests' },
  { path: 'spend?range=30d&compare=before', heading: 'Spend' },
  { path: 'spend?range=24h&group=key', heading: 'Spend' },
  { path: 'spend?range=custom&first=2026-01-01&last=2026-12-31&measure=requests', heading: 'Spend' },
  { path: 'keys', heading: 'Keys' },
  { path: 'keys/new', heading: 'New key' },
  { path: 'keys/3', heading: 'ci-bot' },
  { path: 'providers', heading: 'Providers' },
  { path: 'providers/new', heading: 'Add models' },
  { path: 'nowhere', heading: 'No such page' },
]
const bothThemes = everySetting.filter(({ viewport }) => viewport.width === 1280)
/** The name of its pictures. */
const pictureOf = (scene: string, path: string): string => `${scene}-${path.replaceAll(/[^a-z0-9]+/gi, '-')}`

for (const { path, heading } of routes) {
  test(`/ui/${path} is accessible and fits, light and dark, wide and narrow`, async ({ page, open }) => {
    // Four looks in one test.
    test.slow()
    await open(path)
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
    await expect(page.locator('.skeleton')).toHaveCount(0)
    await expectSound(page, pictureOf('filled', path))
  })
}

test.describe('nothing there yet', () => {
  test.use({ scene: 'empty' })
  for (const path of ['', 'requests?range=all', 'spend', 'keys', 'providers']) {
    test(`/ui/${path} says what will appear and what to do, light and dark`, async ({ page, open }) => {
      await open(path)
      await expect(page.locator('.empty').first()).toBeVisible()
      await expectSound(page, pictureOf('empty', path), bothThemes)
    })
  }
})

test.describe('the ledger fails', () => {
  test.use({ scene: 'error', expectedErrors: /status of 503/ })
  for (const path of ['', 'requests', 'spend', 'keys', 'keys/3', 'providers', 'providers/new']) {
    test(`/ui/${path} says what failed and offers to retry, light and dark`, async ({ page, open }) => {
      await open(path)
      await expect(page.getByRole('alert').first()).toContainText('the disk is full')
      await expect(page.getByRole('button', { name: 'Retry' }).first()).toBeVisible()
      await expectSound(page, pictureOf('error', path), bothThemes)
    })
  }
})

test.describe('signed out', () => {
  test.use({ scene: 'signed-out', expectedErrors: /status of 401/ })
  test('the sign-in page is accessible and fits, light and dark', async ({ page, open }) => {
    await open('')
    await expect(page.getByRole('heading', { name: 'Sign in to Tollgate' })).toBeVisible()
    await expectSound(page, pictureOf('signed-out', ''), bothThemes)
  })
})

test.describe('at 400 % zoom of a window of 1280 by 800', () => {
  test.use({ viewport: { width: 320, height: 200 } })
  test('the requests are there, and one can be opened', async ({ page, open }) => {
    await open('requests?range=all')
    await page.locator('[data-index="1"]').click()
    await page.getByRole('button', { name: 'Copy as JSON' }).click()
    await page.getByRole('button', { name: 'Close the detail' }).click()
    await expect(page.locator('[data-index="1"]')).toBeVisible()
  })
})

test.describe('at 400 % zoom', () => {
  test.use({ viewport: { width: 320, height: 640 } })
  for (const path of ['', 'keys/new', 'requests/req_01K00000000000000000000839?range=all']) {
    test(`/ui/${path} reflows into one column`, async ({ page, open }) => {
      await open(path)
      await expect(page.locator('.skeleton')).toHaveCount(0)
      expect(await page.evaluate(() => [...document.querySelectorAll('.pane')].filter((pane) => pane.scrollWidth > pane.clientWidth + 1).length)).toBe(0)
    })
  }
})
