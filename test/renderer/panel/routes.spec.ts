// Every route in both themes and at both sizes the panel is designed for.
// Promises: nothing for axe to find, nothing sticks out, no console error, no policy violation, nothing asked outside the gateway.

import { expect, expectAccessible, expectFitting, test } from './panel-page.ts'

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
const themes = ['light', 'dark'] as const
const sizes = [
  { width: 1280, height: 800 },
  { width: 960, height: 600 },
]

for (const colorScheme of themes) {
  for (const viewport of sizes) {
    test.describe(`${colorScheme} at ${String(viewport.width)}`, () => {
      test.use({ colorScheme, viewport })
      for (const route of routes) {
        test(`/ui/${route.path} is accessible and fits`, async ({ page, open }) => {
          await open(route.path)
          await expect(page.getByRole('heading', { level: 1, name: route.heading })).toBeVisible()
          await expect(page.locator('.skeleton')).toHaveCount(0)
          await expectFitting(page)
          await expectAccessible(page)
        })
      }
    })
  }
}

for (const colorScheme of themes) {
  test.describe(`${colorScheme}, nothing there yet`, () => {
    test.use({ colorScheme, scene: 'empty' })
    for (const path of ['', 'requests?range=all', 'spend', 'keys', 'providers']) {
      test(`/ui/${path} says what will appear and what to do`, async ({ page, open }) => {
        await open(path)
        await expect(page.locator('.empty').first()).toBeVisible()
        await expectFitting(page)
        await expectAccessible(page)
      })
    }
  })

  test.describe(`${colorScheme}, the ledger fails`, () => {
    test.use({ colorScheme, scene: 'error', expectedErrors: /status of 503/ })
    for (const path of ['', 'requests', 'spend', 'keys', 'keys/3', 'providers', 'providers/new']) {
      test(`/ui/${path} says what failed and offers to retry`, async ({ page, open }) => {
        await open(path)
        await expect(page.getByRole('alert').first()).toContainText('the disk is full')
        await expect(page.getByRole('button', { name: 'Retry' }).first()).toBeVisible()
        await expectFitting(page)
        await expectAccessible(page)
      })
    }
  })

  test.describe(`${colorScheme}, signed out`, () => {
    test.use({ colorScheme, scene: 'signed-out', expectedErrors: /status of 401/ })
    test('the sign-in page is accessible and fits', async ({ page, open }) => {
      await open('')
      await expect(page.getByRole('heading', { name: 'Sign in to Tollgate' })).toBeVisible()
      await expectFitting(page)
      await expectAccessible(page)
    })
  })
}

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
