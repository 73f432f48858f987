// The shell's own life: one instance, a window that hides, a gateway in a process of its own that comes back.
// Promises: seen from outside, through Electron's own objects and the system's process list. Leaves alone: the page (page.spec.ts).

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, startApp, test } from './desktop-app.ts'

test('closing hides the window, and the gateway goes on', async ({ app, panel }) => {
  const health = await panel.evaluate(async () => (await fetch('/panel/session')).status)
  expect(health).toBe(200)
  const visible = await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    window?.close()
    return window === undefined ? null : { destroyed: window.isDestroyed(), shown: window.isVisible() && !window.isMinimized() }
  })
  expect(visible).toEqual({ destroyed: false, shown: false })
  expect(await panel.evaluate(async () => (await fetch('/panel/session')).status)).toBe(200)
})

test('a second start ends by itself and brings the window of the first up', async ({ app, panel, folder }) => {
  await panel.locator('h1').innerText()
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  await startApp(folder).then(
    (second) => second.close(),
    () => undefined,
  )
  await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true)
})

test('the gateway is a utility process whose arguments and environment hold no secret', async ({ app, panel }) => {
  test.skip(process.platform !== 'linux', 'reads /proc')
  await panel.locator('h1').innerText()
  const pids = await app.evaluate(({ app: own }) =>
    own
      .getAppMetrics()
      .filter(({ type, name }) => type === 'Utility' && /gateway/i.test(name ?? ''))
      .map(({ pid }) => pid),
  )
  expect(pids).toHaveLength(1)
  for (const pid of pids) {
    const shown = readFileSync(`/proc/${pid}/environ`, 'utf8') + readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    expect(shown).not.toMatch(/sk-|TOKEN=|_API_KEY=|PASSPHRASE=/)
  }
})

test('a gateway that is killed is shown as ended and comes back, once', async ({ app, panel }) => {
  const pidOf = (): Promise<number | undefined> =>
    app.evaluate(({ app: own }) => own.getAppMetrics().find(({ type, name }) => type === 'Utility' && /gateway/i.test(name ?? ''))?.pid)
  const before = await pidOf()
  expect(before).toBeDefined()
  process.kill(before ?? 0, 'SIGKILL')
  await expect.poll(pidOf, { timeout: 30_000 }).not.toBe(before)
  await expect.poll(() => panel.evaluate(async () => (await fetch('/panel/session')).status), { timeout: 30_000 }).toBe(200)
  expect(await panel.evaluate(() => window.location.pathname)).toBe('/ui/')
})

test('there is a menu with the editing roles and none that opens the developer tools in a packed app', async ({ app, panel }) => {
  await panel.locator('h1').innerText()
  const roles = await app.evaluate(({ Menu }) => {
    const walk = (items: readonly Electron.MenuItem[]): string[] => items.flatMap((item) => [item.role ?? '', ...walk(item.submenu?.items ?? [])])
    return walk(Menu.getApplicationMenu()?.items ?? [])
  })
  expect(roles.map((role) => role.toLowerCase())).toEqual(expect.arrayContaining(['copy', 'paste', 'selectall']))
  expect(roles.map((role) => role.toLowerCase()).filter((role) => /devtools|forcereload/.test(role))).toEqual([])
})

test('quitting ends every process of the app', async ({ app, panel }) => {
  await panel.locator('h1').innerText()
  const pids = await app.evaluate(({ app: own }) => own.getAppMetrics().map(({ pid }) => pid))
  await app.evaluate(({ app: own }) => own.quit())
  await app.waitForEvent('close')
  const alive = pids.filter((pid) => {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  })
  expect(alive, process.platform === 'win32' ? '' : execFileSync('ps', ['-o', 'pid,args']).toString()).toEqual([])
})
