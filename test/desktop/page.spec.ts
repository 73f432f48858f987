// What the window's page may do, where it may go and what it may ask, as Electron and the operating system enforce it.
// Promises: the same promises as test/main, asked of the real thing. Leaves alone: the shell's duties (shell.spec.ts).

import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, preferencesOf, test } from './desktop-app.ts'

test('the page is on the private scheme and sees nothing of Node', async ({ panel }) => {
  const seen = await panel.evaluate(() => ({
    protocol: window.location.protocol,
    origin: window.location.origin,
    secure: window.isSecureContext,
    node: ['require', 'process', 'module', 'Buffer', 'global', '__dirname'].filter((name) => name in window),
    bridge: Object.keys(Reflect.get(window, 'tollgate') as object).sort(),
  }))
  expect(seen).toMatchObject({ protocol: 'app:', origin: 'app://panel', secure: true, node: [] })
  expect(seen.bridge).toContain('gatewayNews')
  expect(seen.bridge.length).toBeLessThanOrEqual(20)
})

test('every window has the preferences of the security list', async ({ app, panel }) => {
  expect(panel.url()).toContain('app://panel/ui/')
  const all = await preferencesOf(app)
  expect(all.length).toBeGreaterThan(0)
  for (const preferences of all)
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false })
})

test('the renderer is in the system’s sandbox', async ({ app, panel }) => {
  test.skip(process.platform !== 'linux', 'seccomp is Linux’s')
  await panel.locator('h1').innerText()
  const pids = await app.evaluate(({ webContents }) => webContents.getAllWebContents().map((contents) => contents.getOSProcessId()))
  for (const pid of pids) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    expect(status).toMatch(/^Seccomp:\s+2$/m)
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
  }
})

const departures: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ['location', (page) => page.evaluate(() => void (window.location.href = 'https://example.org/'))],
  ['location to the gateway', (page) => page.evaluate(() => void (window.location.href = 'http://127.0.0.1:4000/ui/'))],
  ['location to a file', (page) => page.evaluate(() => void (window.location.href = 'file:///etc/passwd'))],
  ['a script address', (page) => page.evaluate(() => void (window.location.href = 'javascript:document.body.remove()'))],
  ['a data address', (page) => page.evaluate(() => void (window.location.href = 'data:text/html,x'))],
  ['a link', (page) => clickLink(page, { href: 'https://example.org/' })],
  ['a link with a target', (page) => clickLink(page, { href: 'https://example.org/', target: '_blank' })],
  ['a download', (page) => clickLink(page, { href: '/spend/export.csv', download: '' })],
  ['window.open', (page) => page.evaluate(() => void window.open('https://example.org/', 'named'))],
  ['window.open of a page of ours', (page) => page.evaluate(() => void window.open('/ui/'))],
  ['a form', (page) => submitForm(page)],
  ['a meta refresh', (page) => refresh(page)],
  ['a frame', (page) => addFrame(page)],
]

for (const [name, leave] of departures) {
  test(`${name} leads nowhere`, async ({ app, panel }) => {
    await leave(panel).catch(() => undefined)
    await panel.waitForTimeout(1000)
    expect(panel.url()).toMatch(/^app:\/\/panel\/ui\//)
    expect(app.windows()).toHaveLength(1)
    expect(panel.frames()).toHaveLength(1)
    await expect(panel.locator('h1')).toBeVisible()
  })
}

test('no permission is granted, asked for or queried', async ({ panel }) => {
  const states = await panel.evaluate(async () => {
    const names = [
      'geolocation',
      'notifications',
      'camera',
      'microphone',
      'clipboard-read',
      'clipboard-write',
      'midi',
      'persistent-storage',
      'screen-wake-lock',
      'local-fonts',
    ]
    const asked = names.map(async (name) => {
      const { state } = await navigator.permissions.query({ name: name as PermissionName })
      return [name, state]
    })
    const media = navigator.mediaDevices.getUserMedia({ audio: true }).then(
      () => 'granted',
      () => 'denied',
    )
    const screen = navigator.mediaDevices.getDisplayMedia().then(
      () => 'granted',
      () => 'denied',
    )
    return { queried: await Promise.all(asked), media: await media, screen: await screen, notification: await Notification.requestPermission() }
  })
  expect(states.queried.filter(([, state]) => state !== 'denied')).toEqual([])
  expect(states).toMatchObject({ media: 'denied', screen: 'denied', notification: 'denied' })
})

test('the policy stands on every page, and traversals of the scheme are 404', async ({ panel }) => {
  const found = await panel.evaluate(async () => {
    const page = await fetch('/ui/')
    const paths = ['/ui/..%2f..%2fpackage.json', '/ui/%2e%2e/%2e%2e/etc/passwd', '/ui/assets/../../main.mjs', '/etc/passwd', '/v1/models', '/ui/%252e%252e/x']
    return { policy: page.headers.get('content-security-policy'), statuses: await Promise.all(paths.map(async (path) => (await fetch(path)).status)) }
  })
  expect(found.policy).toMatch(/^default-src 'none'; script-src 'self'/)
  expect(found.statuses).toEqual([404, 404, 404, 404, 404, 404])
})

test('the gateway answers through the scheme, streams included, without a sign-in', async ({ panel }) => {
  const first = await panel.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const source = new EventSource('/panel/events')
        source.onopen = () => resolve('open')
        source.onerror = () => resolve('error')
      }),
  )
  expect(first).toBe('open')
  expect(await panel.evaluate(async () => (await fetch('/panel/session')).status)).toBe(200)
})

test('a channel refuses what its schema does not allow', async ({ panel }) => {
  const outcome = await panel.evaluate(() => {
    const bridge = Reflect.get(window, 'tollgate') as Record<string, (asked: unknown) => Promise<unknown>>
    return Promise.all([
      bridge['textCopy']?.({ text: 1 }),
      bridge['exportSave']?.({ path: '/key/list' }),
      bridge['externalOpen']?.({ url: 'file:///etc/passwd' }),
    ])
  })
  expect(outcome).toMatchObject([
    { ok: false, error: { code: 'invalid' } },
    { ok: false, error: { code: 'refused' } },
    { ok: true, value: { opened: false } },
  ])
})

function clickLink(page: Page, attributes: Readonly<Record<string, string>>): Promise<void> {
  return page.evaluate((given) => {
    const link = document.createElement('a')
    for (const [name, value] of Object.entries(given)) link.setAttribute(name, value)
    document.body.append(link)
    link.click()
  }, attributes)
}

function submitForm(page: Page): Promise<void> {
  return page.evaluate(() => {
    const form = document.createElement('form')
    form.action = 'https://example.org/'
    form.method = 'post'
    document.body.append(form)
    form.submit()
  })
}

function refresh(page: Page): Promise<void> {
  return page.evaluate(() => {
    const meta = document.createElement('meta')
    meta.httpEquiv = 'refresh'
    meta.content = '0;url=https://example.org/'
    document.head.append(meta)
  })
}

function addFrame(page: Page): Promise<void> {
  return page.evaluate(() => {
    const frame = document.createElement('iframe')
    frame.src = '/ui/'
    document.body.append(frame)
    frame.remove()
  })
}
