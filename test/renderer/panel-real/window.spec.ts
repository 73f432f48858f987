// The panel as the desktop's window shows it, through the private scheme's own code, with a real gateway behind it.
// Promises: every route in both themes and both sizes, from one origin, under the policy, without a console error; nobody signs in; the shell is asked for what a page may not do.
// Leaves alone: Electron itself (test/desktop), what the pages do (journey.spec.ts).

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as plain } from '@playwright/test'
import { parseCsv } from '../../kit/csv.ts'
import { startFilledHouse, type FilledHouse } from './filled-house.ts'
import { routes } from './panel-routes.ts'
import { expectWhole, watchPages, type Watch } from './watched-page.ts'
import { openWindowScene, servingOf, type WindowScene } from './window-scene.ts'

interface Given {
  readonly scene: WindowScene
  readonly watch: Watch
  /** Console errors that belong to the test: a browser logs each 503 and each block by the policy itself. */
  readonly expected: RegExp | null
  readonly open: (path: string) => Promise<void>
}

const test = plain.extend<Given, { filled: FilledHouse; saveTo: string }>({
  filled: [
    async ({}, use) => {
      const filled = await startFilledHouse()
      await use(filled)
      await filled.stop()
    },
    { scope: 'worker' },
  ],
  saveTo: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'tollgate-saved-'))
      await use(join(folder, 'export.csv'))
      await rm(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  expected: [null, { option: true }],
  scene: async ({ filled, saveTo, context }, use) => {
    const scene = await openWindowScene({ gateway: filled.house.gateway, saveTo })
    await scene.join(context)
    await use(scene)
    await scene.close()
  },
  watch: async ({ context, scene, expected }, use) => {
    const watch = await watchPages(context, scene.origin, expected)
    await use(watch)
  },
  open: async ({ page, scene, watch, context }, use) => {
    await use(async (path) => {
      await page.goto(`${scene.origin}/ui/${path}`)
      await expect(page.locator('h1')).toBeVisible()
      await expect(page.locator('.skeleton')).toHaveCount(0)
    })
    expect(watch.problems).toEqual([])
    expect(await context.cookies()).toEqual([])
  },
})

for (const route of routes) {
  test(`${route.name} is sound in the window, light and dark, wide and narrow`, async ({ page, filled, open }) => {
    await open(route.path(filled))
    await expect(page.getByRole('heading', { level: 1, name: route.heading })).toBeVisible()
    await expect(page.locator('#app').getByText(route.shows).filter({ visible: true }).first()).toBeVisible()
    await expectWhole(page, `window-${route.name}`)
  })
}

test('nobody signs in, and the token is nowhere in the page', async ({ page, filled, open }) => {
  await open('')
  await page.getByRole('button', { name: 'Owner' }).click()
  const about = page.getByRole('dialog', { name: 'This gateway' })
  await expect(about).toContainText('Data folder')
  await expect(about.getByRole('button', { name: 'Sign out' })).toHaveCount(0)
  const held = await page.evaluate(() =>
    [document.documentElement.outerHTML, JSON.stringify({ ...localStorage, ...sessionStorage }), document.cookie].join('\n'),
  )
  expect(held).not.toContain(filled.house.gateway.adminKey)
})

test('changes arrive by themselves, streamed through the scheme', async ({ page, filled, open }) => {
  await open('requests')
  const rows = page.locator('.request-table tbody tr[data-index]')
  const first = await rows.first().innerText()
  await filled.house.chat(filled.house.gateway.adminKey, { model: 'nothing-of-that-name' })
  await expect(async () => {
    const now = await page.locator('#app').innerText()
    expect((await rows.first().innerText()) !== first || /new request/i.test(now)).toBe(true)
  }).toPass({ timeout: 10_000 })
})

test('an export is saved by the shell, whole, and copies and links go through it', async ({ page, scene, saveTo, open }) => {
  await open('spend')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  await page.getByRole('menuitem', { name: /Every request/ }).click()
  await expect(page.getByText(`Saved as ${saveTo}`)).toBeVisible()
  const saved = parseCsv(await readFile(saveTo, 'utf8'))
  expect(saved.rows.length).toBeGreaterThan(10)
  expect(saved.header).toContain('cost_usd')
  await page.getByRole('button', { name: /Copy the base URL/ }).click()
  await expect(page.getByText('Copied', { exact: true })).toBeAttached()
  await open('providers/new')
  await page
    .getByRole('button', { name: /^OpenAI\b/ })
    .first()
    .click()
  await page.getByRole('link', { name: /^Documentation of/ }).click()
  await expect.poll(() => scene.acts.length).toBe(2)
  expect(scene.acts[0]).toMatch(/^copy http:\/\/127\.0\.0\.1:\d+\/v1$/)
  expect(scene.acts[1]).toMatch(/^open https:\/\//)
  expect(page.context().pages()).toHaveLength(1)
})

test.describe('while the gateway is away', () => {
  test.use({ expected: /status of 503/ })

  test('the window says why, offers to start it again, and comes back by itself', async ({ page, scene, filled, open }) => {
    scene.tell({ kind: 'port-taken', port: 4000, owner: 'ollama (812)' })
    await open('')
    await expect(page.getByRole('alert')).toContainText('Port 4000 is taken by ollama (812).')
    await page.getByRole('button', { name: 'Restart the gateway' }).click()
    await expect.poll(() => scene.acts).toEqual(['restart'])
    scene.tell(servingOf(filled.house.gateway))
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  })
})

test.describe('the policy', () => {
  test.use({ expected: /Content Security Policy|TrustedHTML|violates the following/ })

  test('runs nothing inline, no text as code, nothing from elsewhere, and reports each', async ({ page, scene, watch }) => {
    await page.goto(`${scene.origin}/ui/`)
    await expect(page.locator('h1')).toBeVisible()
    const ran = await page.evaluate(async () => {
      const done: string[] = []
      Reflect.set(window, 'ran', (name: string) => done.push(name))
      const script = document.createElement('script')
      try {
        script.textContent = 'ran("inline script")'
      } catch {
        // Trusted types refuse the text before the policy sees it.
      }
      document.head.append(script)
      const button = document.createElement('button')
      try {
        button.setAttribute('onclick', 'ran("inline listener")')
      } catch {
        // Likewise.
      }
      document.body.append(button)
      button.click()
      // Later: what a test's own call does by itself, the browser lets it do.
      await new Promise<void>((resolve) => {
        window.setTimeout(() => {
          try {
            Reflect.apply(Reflect.get(window, 'eval') as (text: string) => void, window, ['ran("eval")'])
          } catch {
            // What is wanted.
          }
          resolve()
        }, 10)
      })
      try {
        document.body.insertAdjacentHTML('beforeend', '<p id="from-text">text as markup</p>')
      } catch {
        // What is wanted.
      }
      if (document.getElementById('from-text') !== null) done.push('text as markup')
      const image = new Image()
      const settled = new Promise<string | null>((resolve) => {
        image.onload = () => resolve('remote image')
        image.onerror = () => resolve(null)
      })
      image.src = 'http://127.0.0.1:9/pixel.png'
      const loaded = await settled
      if (loaded !== null) done.push(loaded)
      // Not a text that trusted types could refuse: this one is the policy's alone.
      const elsewhere = 'http://127.0.0.1:9/code.js'
      await import(elsewhere).then(
        () => done.push('remote module'),
        () => undefined,
      )
      const frame = document.createElement('iframe')
      frame.src = '/ui/'
      document.body.append(frame)
      await fetch('http://127.0.0.1:9/').then(
        () => done.push('remote fetch'),
        () => undefined,
      )
      return done
    })
    expect(ran).toEqual([])
    for (const directive of ['script-src', 'img-src', 'connect-src', 'trusted-types', 'frame-src'])
      await expect
        .poll(() => watch.problems.filter((problem) => problem.startsWith('content policy:') && problem.includes(directive)).length, { message: directive })
        .toBeGreaterThan(0)
  })
})
