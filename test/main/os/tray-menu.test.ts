// The tray's menu, icon and tooltip for each state, and whether there is a tray.
// Promises: the order is the same everywhere; every line does something. Leaves alone: Electron (tray.test.ts).

import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { GatewayState } from '../../../main/gateway/state.ts'
import { hasTray, trayIconFile, trayIconFor, trayIcons } from '../../../main/os/tray-icon.ts'
import { toTrayMenu, toTrayTip, type TrayItem, type TrayView } from '../../../main/os/tray-menu.ts'
import { budgetAlert, noAlerts, providerAlert, serving, startMs } from '../../kit/shell-parts.ts'

const view = (facts: Partial<TrayView> = {}): TrayView => ({ platform: 'linux', state: serving(), pause: null, alerts: noAlerts, autostart: false, ...facts })
const word = (item: TrayItem): string =>
  item.kind === 'separator' ? '—' : item.kind === 'submenu' ? `${item.label} ▸ ${item.items.map(word).join(', ')}` : item.label
const lines = (facts?: Partial<TrayView>): readonly string[] => toTrayMenu(view(facts)).map(word)
const ends = ['—', 'Open log folder', 'Save support bundle…', 'Quit (stops the gateway)']
const clock = (atMs: number): string => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(atMs)

describe('the menu', () => {
  test('while it serves', () => {
    const alerts = {
      ...noAlerts,
      today: { requests: 1284, errors: 3, costUsd: '4.123456789' },
      providers: [providerAlert(), providerAlert({ id: 'x', state: 'ok' })],
      budgets: [budgetAlert()],
    }
    expect(lines({ alerts, autostart: true })).toEqual([
      '● Serving · 127.0.0.1:4000',
      'Today: 1,284 requests · $4.12 · 3 errors',
      '—',
      'Open panel',
      'Live requests',
      'Copy base URL',
      'Copy snippet ▸ Claude Code, Open WebUI, Python, curl',
      '—',
      `⚠ OpenAI failing since ${clock(startMs - 60_000)}`,
      '⚠ Team “Web” at 86 % of budget',
      '—',
      'Pause serving ▸ 15 minutes, 1 hour, Until resumed',
      'Start at login',
      ...ends,
    ])
  })

  const retryAtMs = startMs + 5000
  test.each<[GatewayState, string, string | null]>([
    [{ kind: 'starting' }, '○ Starting', null],
    [{ kind: 'stopping' }, '○ Stopping', null],
    [{ kind: 'stopped', reason: null }, '○ Stopped', 'Start serving now'],
    [{ kind: 'stopped', reason: 'why' }, '○ Stopped: it did not start', 'Start serving now'],
    [{ kind: 'waiting', reason: 'why', retryAtMs, crashes: 1 }, `○ Stopped unexpectedly, starts again at ${clock(retryAtMs)}`, 'Start serving now'],
    [{ kind: 'port-taken', port: 4000, owner: null }, '○ Port 4000 is taken', 'Start serving now'],
  ])('%o', (state, first, start) => {
    expect(lines({ state, alerts: null })).toEqual([first, '—', 'Open panel', '—', ...(start === null ? [] : [start]), 'Start at login', ...ends])
  })

  test('while it is paused', () => {
    const state: GatewayState = { kind: 'stopped', reason: null }
    expect(lines({ state, alerts: null, pause: { untilMs: null } })).toEqual(['○ Paused', '—', 'Open panel', '—', 'Resume serving', 'Start at login', ...ends])
    expect(lines({ state, pause: { untilMs: startMs } })[0]).toBe(`○ Paused until ${clock(startMs)}`)
  })

  test('names from outside are short and of one line', () => {
    const [, , , , , , , , warning] = lines({ alerts: { ...noAlerts, budgets: [budgetAlert({ name: `a\u202e\nb${'x'.repeat(100)}` })] } })
    expect(warning).toMatch(/^⚠ Team “a bx*…” at 86 % of budget$/)
    expect(warning?.length).toBeLessThan(100)
  })

  test('at most five warnings', () => {
    const budgets = Array.from({ length: 9 }, () => budgetAlert())
    expect(lines({ alerts: { ...noAlerts, budgets } }).filter((line) => line.startsWith('⚠'))).toHaveLength(5)
  })

  test.each<GatewayState>([serving(), { kind: 'starting' }, { kind: 'stopped', reason: 'why' }])('no line about the whole panel names a page: %o', (state) => {
    const opens = flat(toTrayMenu(view({ state, alerts: null }))).filter(({ label, action }) => action.do === 'open' && label !== 'Live requests')
    expect(opens.map(({ action }) => action)).toEqual(state.kind === 'serving' ? [{ do: 'open' }] : [{ do: 'open' }, { do: 'open' }])
  })

  test.each(['linux', 'darwin', 'win32'] as const)('what is copied runs as it stands on %s', (platform) => {
    const copied = flat(toTrayMenu(view({ platform }))).flatMap((item) => (item.action.do === 'copy' ? [[item.label, item.action.text] as const] : []))
    expect(copied.map(([label, text]) => [label, /127\.0\.0\.1:4000(\/v1)?/.exec(text)?.[0]])).toEqual([
      ['● Serving · 127.0.0.1:4000', '127.0.0.1:4000'],
      ['Copy base URL', '127.0.0.1:4000/v1'],
      ['Claude Code', '127.0.0.1:4000'],
      ['Open WebUI', '127.0.0.1:4000/v1'],
      ['Python', '127.0.0.1:4000/v1'],
      ['curl', '127.0.0.1:4000/v1'],
    ])
    expect(JSON.stringify(copied)).not.toContain('token-of-this-boot')
  })
})

const flat = (items: readonly TrayItem[]): readonly Extract<TrayItem, { kind: 'item' }>[] =>
  items.flatMap((item) => (item.kind === 'submenu' ? flat(item.items) : item.kind === 'item' ? [item] : []))

describe('the tooltip', () => {
  test.each<[Partial<TrayView>, string]>([
    [{}, 'Tollgate: Serving · 127.0.0.1:4000'],
    [{ state: { kind: 'starting' } }, 'Tollgate: Starting'],
    [{ pause: { untilMs: null } }, 'Tollgate: Paused'],
  ])('%o', (facts, tip) => {
    expect(toTrayTip(view(facts))).toBe(tip)
  })
})

describe('the icon', () => {
  test.each<[Partial<TrayView>, string]>([
    [{}, 'serving'],
    [{ alerts: null }, 'serving'],
    [{ state: { kind: 'starting' } }, 'serving'],
    [{ alerts: { ...noAlerts, providers: [providerAlert()] } }, 'attention'],
    [{ alerts: { ...noAlerts, providers: [providerAlert({ state: 'ok' })] } }, 'serving'],
    [{ alerts: { ...noAlerts, budgets: [budgetAlert()] } }, 'attention'],
    [{ state: { kind: 'stopped', reason: null }, pause: { untilMs: null } }, 'paused'],
    [{ state: { kind: 'stopped', reason: null } }, 'stopped'],
    [{ state: { kind: 'stopping' } }, 'stopped'],
    [{ state: { kind: 'waiting', reason: '', retryAtMs: 0, crashes: 1 } }, 'stopped'],
    [{ state: { kind: 'port-taken', port: 1, owner: null } }, 'stopped'],
  ])('%o: %s', (facts, icon) => {
    const { state, pause, alerts } = view(facts)
    expect(trayIconFor(state, pause !== null, alerts)).toBe(icon)
  })

  test.each([
    ['darwin', true, 'servingTemplate.png'],
    ['darwin', false, 'servingTemplate.png'],
    ['win32', true, 'serving-dark.png'],
    ['linux', false, 'serving-light.png'],
  ] as const)('%s, dark bar %s: %s', (platform, dark, file) => {
    expect(trayIconFile('serving', { platform, dark })).toBe(file)
  })

  test('each one is there, for every bar, and for sharp screens', () => {
    const bars = [
      { platform: 'darwin', dark: false },
      { platform: 'linux', dark: false },
      { platform: 'win32', dark: true },
    ] as const
    const files = trayIcons.flatMap((icon) => bars.map((bar) => trayIconFile(icon, bar)))
    const both = files.flatMap((file) => [file, file.replace('.png', '@2x.png')])
    expect(both.filter((file) => !existsSync(new URL(`../../../resources/icons/tray/${file}`, import.meta.url)))).toEqual([])
  })
})

test.each([
  ['win32', undefined, true],
  ['darwin', undefined, true],
  ['linux', 'KDE', true],
  ['linux', 'ubuntu:GNOME', true],
  ['linux', 'X-Cinnamon', true],
  ['linux', 'XFCE', true],
  ['linux', 'GNOME', false],
  ['linux', 'GNOME-Flashback:GNOME', false],
  ['linux', 'sway', false],
  ['linux', '', false],
  ['linux', undefined, false],
] as const)('a tray on %s, desktop %s: %s', (platform, desktop, there) => {
  expect(hasTray(platform, desktop)).toBe(there)
})
