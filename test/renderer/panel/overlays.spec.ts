// Menus and dialogs: reachable, closable, and leaving nothing behind.
// Promises: after each overlay the body carries no style, because the content policy would keep it there for good; focus goes back to the opener.

import type { Page } from '@playwright/test'
import { expect, expectAccessible, expectCleanBody, test } from './panel-page.ts'

interface Overlay {
  readonly name: string
  readonly path: string
  readonly opener: (page: Page) => ReturnType<Page['getByRole']>
  readonly role: 'menu' | 'dialog' | 'alertdialog'
}
const overlays: readonly Overlay[] = [
  { name: 'the theme menu', path: 'keys', opener: (page) => page.getByRole('button', { name: 'Theme' }), role: 'menu' },
  { name: 'the session panel', path: 'keys', opener: (page) => page.getByRole('button', { name: 'Owner' }), role: 'dialog' },
  { name: 'the export menu', path: 'spend', opener: (page) => page.getByRole('button', { name: 'Export CSV' }), role: 'menu' },
  { name: 'the new team dialog', path: 'keys/new', opener: (page) => page.getByRole('button', { name: 'New team' }), role: 'dialog' },
  { name: 'the delete key dialog', path: 'keys/3', opener: (page) => page.getByRole('button', { name: 'Delete key' }), role: 'alertdialog' },
  {
    name: 'the delete deployment dialog',
    path: 'providers',
    opener: (page) => page.getByRole('button', { name: 'Delete gpt-4o at OpenAI', exact: true }),
    role: 'alertdialog',
  },
  {
    name: 'the delete credential dialog',
    path: 'providers',
    opener: (page) => page.getByRole('button', { name: 'Delete the credential openai' }),
    role: 'alertdialog',
  },
]

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 960, height: 600 } })
    for (const overlay of overlays) {
      test(`${overlay.name} opens, is accessible, closes with Escape and leaves nothing behind`, async ({ page, open }) => {
        await open(overlay.path)
        const opener = overlay.opener(page)
        await opener.click()
        await expect(page.getByRole(overlay.role)).toBeVisible()
        await page.waitForTimeout(200)
        await expectAccessible(page)
        const box = await page.getByRole(overlay.role).boundingBox()
        expect(box === null ? null : box.x >= 0 && box.y >= 0 && box.x + box.width <= 960 && box.y + box.height <= 600).toBe(true)
        await page.keyboard.press('Escape')
        await expect(page.getByRole(overlay.role)).toBeHidden()
        await expect(opener).toBeFocused()
        await expectCleanBody(page)
        // The page still takes clicks: nothing invisible lies over it.
        await page.getByRole('link', { name: 'Requests', exact: true }).first().click()
        await expect(page.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible()
      })
    }
  })
}
