// The banner of LAN mode: on every page, in both themes, and only while it is on.
// Promises: it fits and is accessible. Leaves alone: what is served to other machines (journeys).

import { expect, expectAccessible, expectFitting, test } from './panel-page.ts'

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`${colorScheme}, LAN mode is on`, () => {
    test.use({ colorScheme, scene: 'lan' })
    for (const path of ['', 'requests', 'keys/3', 'providers/new']) {
      test(`/ui/${path} says where other machines reach the gateway`, async ({ page, open }) => {
        await open(path)
        const banner = page.getByRole('region', { name: 'LAN mode' })
        await expect(banner).toContainText('Reachable from your network at https://192.168.1.5:4443')
        await expect(banner).toContainText('A key is required.')
        await expect(banner.getByRole('link', { name: 'Certificate to trust' })).toHaveAttribute('href', '/panel/lan/authority.pem')
        await expectFitting(page)
        await expectAccessible(page)
      })
    }
    test('it fits the smallest window', async ({ page, open }) => {
      await page.setViewportSize({ width: 960, height: 600 })
      await open('')
      await expect(page.getByRole('region', { name: 'LAN mode' })).toBeVisible()
      await expectFitting(page)
      await expectAccessible(page)
    })
  })
}

test('nothing is said while it is off', async ({ page, open }) => {
  await open('spend')
  await expect(page.getByRole('region', { name: 'LAN mode' })).toHaveCount(0)
})

test.describe('LAN mode is on', () => {
  test.use({ scene: 'lan' })
  test('the whole fingerprint is copied with one click', async ({ page, open }) => {
    await open('spend')
    await page.getByRole('button', { name: 'Copy the fingerprint of its certificate' }).click()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^C4(?::C4){31}$/)
  })
})
