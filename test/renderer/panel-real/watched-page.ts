// A page of the real panel under watch, and what a page must look like in every theme and size.
// Promises: console errors, exceptions, content policy violations and requests to any other origin are kept as sentences.
// Leaves alone: starting gateways, and what a test looks at.

import { expect, type BrowserContext, type Page } from '@playwright/test'
import { expectAccessible, expectFitting } from '../panel/panel-page.ts'

export interface Watch {
  /** What went wrong so far. */
  readonly problems: readonly string[]
}

export const themes = ['light', 'dark'] as const
export const sizes = [
  { width: 1280, height: 800 },
  { width: 960, height: 600 },
] as const

/** Every page of a browser context. `expected`: console errors that belong to the test (a browser logs each 401 itself). */
export async function watchPages(context: BrowserContext, origin: string, expected: RegExp | null = null): Promise<Watch> {
  const problems: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error' && expected?.test(message.text()) !== true) problems.push(`console: ${message.text()}`)
  })
  context.on('weberror', (report) => problems.push(`exception: ${report.error().message}`))
  // Addresses made in the page itself (a picture inlined by the style sheet) reach nobody.
  context.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:')) problems.push(`left the gateway: ${request.url()}`)
  })
  await context.exposeFunction('reportViolation', (text: string) => problems.push(`content policy: ${text}`))
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report: unknown = Reflect.get(window, 'reportViolation')
      if (typeof report === 'function') report(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`)
    })
  })
  return { problems }
}

/** Looks at the page as it stands, in each theme and at each size, and calls `look` before judging it. */
export async function expectSoundEverywhere(page: Page, look: (name: string) => Promise<void> = async () => undefined): Promise<void> {
  for (const viewport of sizes) {
    await page.setViewportSize(viewport)
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme })
      await look(`${colorScheme}-${viewport.width}`)
      await expectFitting(page)
      await expectUnclipped(page)
      await expectAccessible(page)
    }
  }
}

/** No text is cut off below its box, no control lies beyond the window's edge, and only panes scroll. */
async function expectUnclipped(page: Page): Promise<void> {
  const wrong = await page.evaluate(() => {
    const name = (element: Element): string => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} "${(element.textContent ?? '').trim().slice(0, 40)}"`
    const found: string[] = []
    if (document.documentElement.scrollHeight > window.innerHeight) found.push(`the page is ${document.documentElement.scrollHeight} high`)
    for (const element of document.querySelectorAll('#app *, #layer-dialog *, #layer-menu *')) {
      if (!(element instanceof HTMLElement) || element.clientHeight === 0 || element.closest('.visually-hidden') !== null) continue
      const { overflowY, display } = getComputedStyle(element)
      const under = element.scrollHeight - element.clientHeight
      if (display !== 'inline' && (overflowY === 'hidden' || overflowY === 'clip') && under > 1) found.push(`${name(element)} hides ${under} px of its height`)
      if (!element.matches('a, button, input, select, summary')) continue
      const box = element.getBoundingClientRect()
      if (element.closest('.scroller, .bar-track') === null && (box.left < -1 || box.right > window.innerWidth + 1)) found.push(`${name(element)} lies beyond the window`)
    }
    return found
  })
  expect(wrong).toEqual([])
}
