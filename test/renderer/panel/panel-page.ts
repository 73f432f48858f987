// A page of the panel for browser tests: a stand-in gateway in the scene asked for, and a record of everything that went wrong.
// Promises: a test fails when the console reports an error, the content policy is violated, or anything outside the gateway is asked.
// Leaves alone: what the test looks at.

import AxeBuilder from '@axe-core/playwright'
import { type Page, test as plain, expect } from '@playwright/test'
import { type PanelFixture, type Scene, startPanelFixture } from '../../kit/panel-fixture.ts'

interface Options {
  readonly scene: Scene
  /** Console errors that belong to the scene (a 503 is logged by the browser itself). */
  readonly expectedErrors: RegExp | null
}
interface Given {
  readonly gateway: PanelFixture
  /** Opens a path below /ui/ and waits for its heading. */
  readonly open: (path: string) => Promise<void>
}

export const test = plain.extend<Options & Given>({
  scene: ['filled', { option: true }],
  expectedErrors: [null, { option: true }],
  gateway: async ({ scene }, use) => {
    const gateway = await startPanelFixture(scene)
    await use(gateway)
    await gateway.close()
  },
  open: async ({ page, gateway, expectedErrors }, use) => {
    const problems: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' && expectedErrors?.test(message.text()) !== true) problems.push(`console: ${message.text()}`)
    })
    page.on('pageerror', (error) => problems.push(`exception: ${error.message}`))
    page.on('request', (request) => {
      if (!request.url().startsWith(gateway.url)) problems.push(`left the gateway: ${request.url()}`)
    })
    await page.exposeFunction('reportViolation', (text: string) => problems.push(`content policy: ${text}`))
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        const report: unknown = Reflect.get(window, 'reportViolation')
        if (typeof report === 'function') report(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`)
      })
    })
    await use(async (path) => {
      await page.goto(`${gateway.url}/ui/${path}`)
      await expect(page.locator('h1')).toBeVisible()
    })
    // A question that was asked last may still be on its way when the test is over: nobody waits for its answer, altered or not.
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    expect(problems).toEqual([])
  },
})
export { expect }

/** From here on, reads of `path` are answered with what the gateway says, altered. */
export async function alterAnswers<Answer>(page: Page, path: string, alter: (answer: Answer) => Answer): Promise<void> {
  await page.route(
    ({ pathname }) => pathname === path,
    async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: alter((await response.json()) as Answer) })
    },
  )
}

/** Nothing for axe to find in the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  // Without frames to look into there is no need for the second page that axe opens to add its findings up.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  expect(
    violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary ?? ''}`).join(' | ')}`),
  ).toEqual([])
}

/** Nothing sticks out sideways; text that is shortened says the rest on pointing at it. */
export async function expectFitting(page: Page): Promise<void> {
  const wrong = await page.evaluate(() => {
    const name = (element: Element): string =>
      `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} "${(element.textContent ?? '').trim().slice(0, 40)}"`
    const found: string[] = []
    if (document.documentElement.scrollWidth > window.innerWidth) found.push(`the page is ${String(document.documentElement.scrollWidth)} wide`)
    for (const element of document.querySelectorAll('#app *, #layer-dialog *, #layer-menu *')) {
      if (!(element instanceof HTMLElement) || element.clientWidth === 0 || element.closest('.visually-hidden') !== null) continue
      const style = getComputedStyle(element)
      const over = element.scrollWidth - element.clientWidth
      if (over <= 1 || style.display === 'inline') continue
      // The last mark of a time axis reaches into the room that is kept for it.
      if (element.matches('select, input, .scroller, .axis')) continue
      const shortened = style.textOverflow === 'ellipsis'
      const told = element.closest('[title]') !== null || element.querySelector('[title]') !== null
      if (!shortened || !told) found.push(`${name(element)} is ${String(over)} px too wide`)
    }
    return found
  })
  expect(wrong).toEqual([])
}

/** The content policy lets no script write a style attribute, so none may be left behind. (Styles set and taken back one by one leave an empty one.) */
export async function expectCleanBody(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.body.getAttribute('style') ?? '')).toBe('')
}
