// The bridge: runs before the page, in its process, sandboxed, and gives it one named function for each channel.
// Promises: no raw ipcRenderer, no events, no listeners; one plain argument in, one plain outcome out.
// Leaves alone: whether it may be asked (handle.ts judges again).

import { contextBridge, ipcRenderer } from 'electron'
import type { Answered, Asked, Bridge, Channel, Outcome } from './contract.ts'

const ask = <Name extends Channel>(channel: Name, asked: Asked<Name>): Promise<Outcome<Answered<Name>>> =>
  ipcRenderer.invoke(channel, asked) as Promise<Outcome<Answered<Name>>>

const bridge: Bridge = {
  appFacts: () => ask('app-facts', null),
  gatewayNews: (asked) => ask('gateway-news', asked),
  gatewayRestart: () => ask('gateway-restart', null),
  logFolderOpen: () => ask('log-folder-open', null),
  exportSave: (asked) => ask('export-save', asked),
  externalOpen: (asked) => ask('external-open', asked),
  textCopy: (asked) => ask('text-copy', asked),
  autostartRead: () => ask('autostart-read', null),
  autostartWrite: (asked) => ask('autostart-write', asked),
  updateChoose: () => ask('update-choose', null),
  notificationTest: () => ask('notification-test', null),
  themeWrite: (asked) => ask('theme-write', asked),
  supportPreview: () => ask('support-preview', null),
  supportSave: () => ask('support-save', null),
}

contextBridge.exposeInMainWorld('tollgate', bridge)
