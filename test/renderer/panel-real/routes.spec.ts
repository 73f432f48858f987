// Every route of the panel with a real gateway behind it, in both themes and at both sizes the panel is designed for.
// Promises: nothing for axe to find, nothing clipped or sticking out, no console error, no policy violation, nothing asked of anyone else.
// Leaves alone: what the pages do (journey.spec.ts, ../panel).

import { expect, test as plain } from '@playwright/test'
import { startFilledHouse, type FilledHouse } from './filled-house.ts'
import { expectSound, twoSettings, watchPages, type Setting } from './watched-page.ts'

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

interface Route {
  readonly name: string
  readonly path: (filled: FilledHouse) => string
  readonly heading: string | RegExp
  /** Something of the ledger's own that the page must show. */
  readonly shows: string | RegExp
  /** Every setting when left out. */
  readonly settings?: readonly Setting[]
}
const routes: readonly Route[] = [
  { name: 'home', path: () => '', heading: 'Home', shows: 'Night batch' },
  { name: 'home-30d', path: () => '?range=30d', heading: 'Home', shows: 'Night batch', settings: twoSettings },
  { name: 'requests', path: () => 'requests', heading: 'Requests', shows: 'Caller left' },
  { name: 'request-answered', path: ({ requests }) => `requests/${requests.answered}`, heading: 'Requests', shows: 'Reasoning tokens' },
  { name: 'request-retried', path: ({ requests }) => `requests/${requests.retried}`, heading: 'Requests', shows: 'Attempt 2: small', settings: twoSettings },
  { name: 'request-failed', path: ({ requests }) => `requests/${requests.failed}`, heading: 'Requests', shows: 'The provider failed' },
  { name: 'request-refused', path: ({ requests }) => `requests/${requests.refused}`, heading: 'Requests', shows: 'Blocked by a budget', settings: twoSettings },
  { name: 'request-cut', path: ({ requests }) => `requests/${requests.cut}`, heading: 'Requests', shows: 'Ended by the caller', settings: twoSettings },
  {
    name: 'request-open',
    path: ({ requests }) => `requests/${requests.open}`,
    heading: 'Requests',
    shows: /reserved until the request ends/,
    settings: twoSettings,
  },
  { name: 'spend', path: () => 'spend?compare=before', heading: 'Spend', shows: 'The export has the same total.' },
  { name: 'spend-keys', path: () => 'spend?range=24h&group=key', heading: 'Spend', shows: 'ci-bot', settings: twoSettings },
  { name: 'spend-providers', path: () => 'spend?group=provider&measure=requests', heading: 'Spend', shows: 'Not served', settings: twoSettings },
  { name: 'keys', path: () => 'keys', heading: 'Keys', shows: 'Contractor' },
  { name: 'key', path: ({ nearKeyId }) => `keys/${nearKeyId}`, heading: 'Night batch', shows: 'Take it back' },
  { name: 'key-new', path: () => 'keys/new', heading: 'New key', shows: 'Can use every model of this gateway.' },
  { name: 'providers', path: () => 'providers', heading: 'Providers', shows: 'config.yaml' },
  { name: 'provider-new', path: () => 'providers/new', heading: 'Add models', shows: 'OpenAI-compatible' },
  { name: 'missing', path: () => 'nowhere', heading: 'No such page', shows: /./ },
]

for (const route of routes) {
  test(`${route.name} is sound with real data, light and dark, wide and narrow`, async ({ page, filled, open }) => {
    await open(route.path(filled))
    await expect(page.getByRole('heading', { level: 1, name: route.heading })).toBeVisible()
    await expect(page.locator('#app').getByText(route.shows).filter({ visible: true }).first()).toBeVisible()
    await expectSound(page, route.name, route.settings)
  })
}
