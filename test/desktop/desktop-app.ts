// The desktop app, started from what was built, with data and settings of its own.
// Promises: nothing of the person's own app is touched; what it wrote is removed. Leaves alone: what is looked at.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, expect, test as plain, type ElectronApplication, type Page } from '@playwright/test'
import { inheritedVariables } from '../kit/gateway-process.ts'

interface Given {
  readonly app: ElectronApplication
  /** The panel, loaded. */
  readonly panel: Page
  /** Where everything of this run is kept. */
  readonly folder: string
}

const root = resolve(import.meta.dirname, '../..')

export const test = plain.extend<Given>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'tollgate-desktop-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
  app: async ({ folder }, use) => {
    const app = await startApp(folder)
    await use(app)
    await app.close()
  },
  panel: async ({ app }, use) => {
    const page = await app.firstWindow()
    await page.waitForURL('app://panel/ui/**')
    await expect(page.locator('h1')).toBeVisible()
    await use(page)
  },
})
export { expect }

export async function startApp(folder: string): Promise<ElectronApplication> {
  const executablePath = process.env['ELECTRON_PROGRAM']
  if (executablePath === undefined) throw new Error('Run npm run test:desktop: it finds the Electron runtime.')
  return await _electron.launch({
    executablePath,
    args: [root, `--user-data-dir=${join(folder, 'user-data')}`],
    cwd: folder,
    env: { ...inheritedVariables(), TOLLGATE_DATA_DIR: join(folder, 'data'), TOLLGATE_PORT: '0' },
    // Chromium's sandbox is what is tested; Playwright would switch it off by itself.
    chromiumSandbox: true,
  })
}

/** What Electron itself took for a window's preferences. */
export async function preferencesOf(app: ElectronApplication): Promise<readonly Record<string, unknown>[]> {
  return await app.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((contents) => {
      const read: unknown = Reflect.get(contents, 'getLastWebPreferences')
      return (typeof read === 'function' ? Reflect.apply(read as () => unknown, contents, []) : {}) as Record<string, unknown>
    }),
  )
}
