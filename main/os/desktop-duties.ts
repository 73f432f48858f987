// What the panel may have the operating system do, by the shell's duties.
// Promises: every answer is plain data; what a person refuses is a value; a support bundle is saved as it was shown. Leaves alone: who may ask (main/ipc).

import { app } from 'electron'
import type { AppFacts } from '../ipc/contract.ts'
import type { DesktopDuties } from '../ipc/duties.ts'
import type { Autostart } from './autostart.ts'
import type { Dialogs } from './dialogs.ts'
import type { Logs } from './logs.ts'
import type { Notifications } from './notifications.ts'
import type { SupportDesk } from './support-bundle.ts'
import type { Theme } from './theme.ts'
import type { Updates } from './updates.ts'

export interface DesktopParts {
  readonly platform: AppFacts['platform']
  readonly logs: Pick<Logs, 'openFolder'>
  readonly dialogs: Pick<Dialogs, 'chooseSaveFile' | 'saveText' | 'askExternal'>
  readonly autostart: Pick<Autostart, 'read' | 'write'>
  readonly notifications: Notifications
  readonly theme: Pick<Theme, 'apply'>
  readonly support: SupportDesk
  readonly updates: Pick<Updates, 'choose'>
}

export function createDesktopDuties({ platform, logs, dialogs, autostart, notifications, theme, support, updates }: DesktopParts): DesktopDuties {
  return {
    facts: { version: app.getVersion(), platform, electron: process.versions['electron'] ?? '' },
    openLogFolder: () => logs.openFolder(),
    chooseSaveFile: (suggestedName) => dialogs.chooseSaveFile(suggestedName),
    confirmExternal: (host) => dialogs.askExternal(host),
    readAutostart: () => Promise.resolve(autostart.read()),
    writeAutostart: (enabled) => Promise.resolve(autostart.write(enabled)),
    chooseUpdate: () => updates.choose(),
    showTestNotification: () => Promise.resolve(notifications.showTest()),
    applyTheme: (choice) => Promise.resolve(theme.apply(choice)),
    async previewSupportBundle() {
      const { parts } = await support.prepare()
      return parts.map(({ name, text }) => ({ name, bytes: Buffer.byteLength(text), excerpt: text }))
    },
    async saveSupportBundle() {
      const { name, text } = await support.current()
      return await dialogs.saveText(name, text)
    },
  }
}
