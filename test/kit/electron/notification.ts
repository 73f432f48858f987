// `Notification`: shown, clicked, closed. Promises: keeps every one that was shown; a system without them says so.
// Leaves alone: actions, replies, history. Source: https://www.electronjs.org/docs/latest/api/notification (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'
import { EventEmitter } from 'node:events'

export const notifications = { supported: true, shown: [] as Notification[] }

export class Notification extends EventEmitter {
  readonly options: Electron.NotificationConstructorOptions
  closed = false

  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super()
    this.options = options
  }
  static isSupported(): boolean {
    return notifications.supported
  }
  show(): void {
    notifications.shown.push(this)
    this.emit('show', {})
  }
  close(): void {
    this.closed = true
    this.emit('close', {})
  }
  /** The driver: a person clicks it. */
  click(): void {
    this.emit('click', {})
  }
}

export function resetNotifications(): void {
  notifications.supported = true
  notifications.shown = []
}
