// Shows notices as notifications of the operating system; a click opens the view they speak of.
// Promises: what was told is remembered before it is shown; a system without notifications shows none and nothing fails.
// Leaves alone: what is worth one (notification-rules.ts). Source: https://www.electronjs.org/docs/latest/api/notification, as known 2026-11-21.

import { Notification } from 'electron'
import type { Supervisor } from '../gateway/state.ts'
import type { AlertFeed } from './alert-feed.ts'
import { shellLimits } from './limits.ts'
import { parseMemory, toJson } from './notice-memory.ts'
import { nextNotices, type News, type Notice } from './notification-rules.ts'
import type { PanelWindow, Timer } from './ports.ts'
import type { ShellSettings } from './settings.ts'

export interface NotificationParts {
  readonly supervisor: Pick<Supervisor, 'state' | 'onChange'>
  readonly feed: Pick<AlertFeed, 'onAlerts'>
  readonly settings: ShellSettings
  readonly window: Pick<PanelWindow, 'show'>
  readonly timer: Timer
}
export interface Notifications {
  /** false: this system shows none. */
  showTest(): boolean
}

export function startNotifications({ supervisor, feed, settings, window, timer }: NotificationParts): Notifications {
  let memory = parseMemory(settings.read('notices'))
  // Until it is closed: a notification that nobody holds is collected, and its click with it.
  const shown = new Map<string, Notification>()
  const show = (notice: Notice): void => {
    if (!Notification.isSupported()) return
    shown.get(notice.id)?.close()
    const { id, title, body, urgent } = notice
    const notification = new Notification({ id, groupId: 'tollgate', title, body, urgency: urgent ? 'critical' : 'normal' })
    shown.set(id, notification)
    const forget = (): void => {
      if (shown.get(id) === notification) shown.delete(id)
    }
    notification.on('click', () => {
      forget()
      window.show(notice.path)
    })
    notification.on('close', forget)
    notification.on('failed', forget)
    notification.show()
  }
  const take = (news: News): void => {
    const told = nextNotices(memory, news, timer.nowMs())
    memory = told.memory
    settings.write('notices', toJson(memory))
    told.notices.forEach(show)
  }
  const tick = (): void => {
    take({ kind: 'time' })
    timer.after(shellLimits.alertsEveryMs, tick)
  }
  supervisor.onChange((state) => take({ kind: 'gateway', state }))
  feed.onAlerts((alerts) => void (alerts === null ? undefined : take({ kind: 'alerts', alerts })))
  tick()
  return {
    showTest() {
      if (!Notification.isSupported()) return false
      show({ id: 'test', title: 'Tollgate can reach you', body: 'Notices about budgets, providers and keys look like this.', path: '/ui/', urgent: false })
      return true
    },
  }
}
