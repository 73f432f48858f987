// Notices as the system shows them. Promises: a click opens the exact view; what was told is remembered across restarts. Leaves alone: what is worth one.

import { beforeEach, expect, test } from 'vitest'
import type { PanelAlerts } from '../../../gateway/contract/alerts.ts'
import { shellLimits } from '../../../main/os/limits.ts'
import { startNotifications, type Notifications } from '../../../main/os/notifications.ts'
import { resetElectron } from '../../kit/electron/index.ts'
import { notifications as seen } from '../../kit/electron/notification.ts'
import {
  budgetAlert,
  createMemorySettings,
  createNotedWindow,
  createToldGateway,
  createTurnedTimer,
  keyAlert,
  noAlerts,
  providerAlert,
} from '../../kit/shell-parts.ts'

beforeEach(resetElectron)

interface Scene {
  readonly tell: (facts: Partial<PanelAlerts>) => void
  readonly gateway: ReturnType<typeof createToldGateway>
  readonly window: ReturnType<typeof createNotedWindow>
  readonly settings: ReturnType<typeof createMemorySettings>
  readonly timer: ReturnType<typeof createTurnedTimer>
  readonly notifications: Notifications
}
function begin(settings = createMemorySettings()): Scene {
  const [gateway, window, timer] = [createToldGateway(), createNotedWindow(), createTurnedTimer()]
  const listeners: ((alerts: PanelAlerts | null) => void)[] = []
  const feed = { onAlerts: (listener: (alerts: PanelAlerts | null) => void) => void listeners.push(listener) }
  const notifications = startNotifications({ supervisor: gateway, feed, settings, window, timer })
  const tell = (facts: Partial<PanelAlerts>): void => listeners.forEach((listener) => listener({ ...noAlerts, ...facts }))
  return { tell, gateway, window, settings, timer, notifications }
}
const titles = (): readonly (string | undefined)[] => seen.shown.map(({ options }) => options.title)

test('a click opens the view it speaks of', () => {
  const { tell, window } = begin()
  tell({ budgets: [budgetAlert({ href: '/ui/keys/7' })], providers: [providerAlert()], keys: [keyAlert()] })
  expect(titles()).toEqual(['OpenAI is failing', 'Team “Web” is at 86 % of its budget', 'Key “ci” expires in 7 days'])
  seen.shown.forEach((notification) => notification.click())
  expect(window.seen).toEqual(['show /ui/requests?provider=openai&outcome=failed', 'show /ui/keys/7', 'show /ui/keys/3'])
})

test('what is urgent is marked so, and all belong to one group', () => {
  const { tell } = begin()
  tell({ budgets: [budgetAlert()], providers: [providerAlert()] })
  expect(seen.shown.map(({ options }) => [options.id, options.groupId, options.urgency])).toEqual([
    ['provider openai', 'tollgate', 'critical'],
    ['budget team 7 hard 30d', 'tollgate', 'normal'],
  ])
})

test('recovery takes the place of the failure', () => {
  const { tell } = begin()
  tell({ providers: [providerAlert()] })
  tell({ providers: [providerAlert({ state: 'ok' })] })
  expect(titles()).toEqual(['OpenAI is failing', 'OpenAI answers again'])
  expect(seen.shown.map(({ closed }) => closed)).toEqual([true, false])
})

test('nothing is told twice, nor after a restart; a recovery is told after it', () => {
  const first = begin()
  first.tell({ budgets: [budgetAlert()], providers: [providerAlert()] })
  first.tell({ budgets: [budgetAlert()], providers: [providerAlert()] })
  const stored = JSON.parse(JSON.stringify(first.settings.values)) as typeof first.settings.values
  const second = begin(createMemorySettings(stored))
  second.tell({ budgets: [budgetAlert()], providers: [providerAlert()] })
  expect(titles()).toHaveLength(2)
  second.tell({ providers: [providerAlert({ state: 'ok' })] })
  expect(titles().at(-1)).toBe('OpenAI answers again')
})

test('a crash is told, with its reason', () => {
  const { gateway } = begin()
  gateway.enter({ kind: 'waiting', reason: 'The gateway ended by itself (code 1).', retryAtMs: 0, crashes: 1 })
  expect(seen.shown[0]?.options).toMatchObject({
    title: 'The gateway stopped unexpectedly',
    body: 'It is started again. The gateway ended by itself (code 1).',
  })
})

test('what found no room comes by itself when there is some', async () => {
  const { tell, timer } = begin()
  const budgets = (from: number): PanelAlerts['budgets'] => [0, 1, 2, 3].map((index) => budgetAlert({ id: `b${String(from + index)}` }))
  tell({ budgets: budgets(0) })
  tell({ budgets: budgets(4) })
  expect(titles()).toHaveLength(4)
  await timer.pass(shellLimits.noticeWindowMs + shellLimits.alertsEveryMs)
  expect(titles().slice(4)).toEqual(['4 more notices'])
})

test('a system without notifications shows none, and nothing fails', () => {
  seen.supported = false
  const { tell, notifications } = begin()
  tell({ providers: [providerAlert()] })
  expect([seen.shown.length, notifications.showTest()]).toEqual([0, false])
})

test('a test notice is shown whenever somebody asks', () => {
  const { notifications, window } = begin()
  expect([notifications.showTest(), notifications.showTest(), seen.shown.length]).toEqual([true, true, 2])
  seen.shown[1]?.click()
  expect(window.seen).toEqual(['show /ui/'])
})
