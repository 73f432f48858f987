// A page of the real panel under watch, and what a page must look like in every theme and size.
// Promises: console errors, exceptions, content policy violations and requests to any other origin are kept as sentences.
// Leaves alone: starting gateways, and what a test looks at.

import { join } from 'node:path'
import { expect, type BrowserContext, type Page } from '@playwright/test'
import { expectAccessible, expectFitting } from '../panel/panel-page.ts'

export interface Watch {
  /** What went wrong so far. */
  readonly problems: readonly string[]
}

export interface Setting {
  readonly colorScheme: 'light' | 'dark'
  readonly viewport: { readonly width: number; readonly height: number }
}
const wide = { width: 1280, height: 800 }
const narrow = { width: 960, height: 600 }
/** Both themes at both sizes the panel is designed for. */
export const everySetting: readonly Setting[] = [wide, narrow].flatMap((viewport) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ colorScheme, viewport })),
)
/** For a page that differs from another only in what it shows: each theme once, each size once. */
export const twoSettings: readonly Setting[] = [
  { colorScheme: 'light', viewport: wide },
  { colorScheme: 'dark', viewport: narrow },
]
/** A folder to keep pictures in, for people to look at. */
const pictures = process.env['PANEL_PICTURES']

/** Every page of a browser context. `expected`: console errors that belong to the test (a browser logs each 401 itself). */
export async function watchPages(context: BrowserContext, origin: string, expected: RegExp | null = null): Promise<Watch> {
  const problems: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error' && expected?.test(message.text()) !== true) problems.push(`console: ${message.text()} ${message.location().url}`)
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

/** Judges the page as it stands, in each setting; `name` is for its pictures. */
export async function expectSound(page: Page, name: string, settings: readonly Setting[] = everySetting): Promise<void> {
  for (const setting of settings) {
    await expectWhole(page, name, [setting])
    await expectAccessible(page)
  }
}

/** The same without axe, for a page that is judged elsewhere and only served differently. */
export async function expectWhole(page: Page, name: string, settings: readonly Setting[] = everySetting): Promise<void> {
  for (const { colorScheme, viewport } of settings) {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme })
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}-${colorScheme}-${viewport.width}.png`) })
    // A chart follows the window one frame later, and on a busy machine some frames later.
    await expect(async () => {
      await expectFitting(page)
      await expectUnclipped(page)
    }).toPass({ timeout: 5000 })
  }
}

/** No text is cut off below its box, no control lies beyond the window's edge, and only panes scroll. */
async function expectUnclipped(page: Page): Promise<void> {
  const wrong = await page.evaluate(() => {
    const name = (element: Element): string =>
      `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} "${(element.textContent ?? '').trim().slice(0, 40)}"`
    // A figure that is shortened is a wrong figure. An ellipsis leaves scrollWidth alone when the padding has room for the rest.
    const cuts = (cell: HTMLElement): boolean => {
      const style = getComputedStyle(cell)
      const room = cell.getBoundingClientRect().width - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
      const text = document.createRange()
      text.selectNodeContents(cell)
      return text.getBoundingClientRect().width > room + 0.05
    }
    const found: string[] = []
    if (document.documentElement.scrollHeight > window.innerHeight) found.push(`the page is ${document.documentElement.scrollHeight} high`)
    for (const element of document.querySelectorAll('#app *, #layer-dialog *, #layer-menu *')) {
      if (!(element instanceof HTMLElement) || element.clientHeight === 0 || element.closest('.visually-hidden') !== null) continue
      const { overflowY, display } = getComputedStyle(element)
      const under = element.scrollHeight - element.clientHeight
      if (display !== 'inline' && (overflowY === 'hidden' || overflowY === 'clip') && under > 1) found.push(`${name(element)} hides ${under} px of its height`)
      if (element.matches('td.end') && cuts(element)) found.push(`${name(element)} cuts a figure`)
      if (!element.matches('a, button, input, select, summary')) continue
      const box = element.getBoundingClientRect()
      if (element.closest('.scroller, .bar-track') === null && (box.left < -1 || box.right > window.innerWidth + 1))
        found.push(`${name(element)} lies beyond the window`)
    }
    return found
  })
  expect(wrong).toEqual([])
}
