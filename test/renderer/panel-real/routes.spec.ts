// Every route of the panel with a real gateway behind it, in both themes and at both sizes the panel is designed for.
// Promises: nothing for axe to find, nothing clipped or sticking out, no console error, no policy violation, nothing asked of anyone else; a figure that
// counts requests leads to as many, while one still runs.
// Leaves alone: what the pages do (journey.spec.ts, ../panel).

import { expect, test as plain } from '@playwright/test'
import { startFilledHouse, type FilledHouse } from './filled-house.ts'
import { routes } from './panel-routes.ts'
import { expectSound, watchPages } from './watched-page.ts'

const test = plain.extend<{ open: (path: string) => Promise<void> }, { filled: FilledHouse }>({
  filled: [
    // Playwright reads the parameters' text and wants a pattern here.
    async ({}, use) => {
      const filled = await startFilledHouse()
      await use(filled)
      await filled.stop()
    },
    { scope: 'worker' },
  ],
  open: async ({ page, context, filled }, use) => {
    const { origin } = filled.house.gateway
    await context.addCookies([filled.cookie])
    const watch = await watchPages(context, origin)
    await use(async (path) => {
      await page.goto(`${origin}/ui/${path}`)
      await expect(page.locator('h1')).toBeVisible()
      await expect(page.locator('.skeleton')).toHaveCount(0)
    })
    expect(watch.problems).toEqual([])
  },
})

for (const route of routes) {
  test(`${route.name} is sound with real data, light and dark, wide and narrow`, async ({ page, filled, open }) => {
    await open(route.path(filled))
    await expect(page.getByRole('heading', { level: 1, name: route.heading })).toBeVisible()
    await expect(page.locator('#app').getByText(route.shows).filter({ visible: true }).first()).toBeVisible()
    await expectSound(page, route.name, route.settings)
  })
}

for (const { path, figure } of [
  { path: '', figure: 'section[aria-label="Figures"] .stat:first-child' },
  { path: 'spend', figure: '.spend-card tfoot' },
]) {
  test(`/ui/${path} counts requests as the list does that it leads to`, async ({ page, open }) => {
    await open(path)
    const place = page.locator(figure)
    const link = place.getByRole('link')
    const count = (await (path === '' ? place.locator('.stat-value') : link).innerText()).trim()
    expect(Number(count)).toBeGreaterThan(20)
    await link.click()
    await expect(page.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible()
    await expect(page.getByRole('status').filter({ hasText: `${count} of ${count}` })).toBeVisible()
    await expect(page.getByText('Running', { exact: true }).filter({ visible: true })).toHaveCount(0)
  })
}
