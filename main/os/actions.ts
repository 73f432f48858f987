// Does what a menu's item says.
// Promises: an action that fails says so in plain words; none of them throws. Leaves alone: which items there are (tray-menu.ts, menu.ts).

import { clipboard } from 'electron'
import type { Autostart } from './autostart.ts'
import type { Dialogs } from './dialogs.ts'
import type { Logs } from './logs.ts'
import type { Pause } from './pause.ts'
import { wordError, type GatewayCare, type PanelWindow } from './ports.ts'
import type { QuitCourse } from './quit-course.ts'
import type { SupportDesk } from './support-bundle.ts'
import type { ShellAction } from './tray-menu.ts'
import type { Updates } from './updates.ts'

export interface ActionParts {
  readonly window: Pick<PanelWindow, 'show'>
  readonly supervisor: Pick<GatewayCare, 'start'>
  readonly pause: Pick<Pause, 'begin' | 'resume'>
  readonly autostart: Pick<Autostart, 'write'>
  readonly logs: Pick<Logs, 'openFolder'>
  readonly support: SupportDesk
  readonly updates: Pick<Updates, 'install'>
  readonly dialogs: Pick<Dialogs, 'askSupportBundle' | 'saveText' | 'tell'>
  readonly quit: Pick<QuitCourse, 'request'>
  /** After a switch was thrown. */
  readonly redraw: () => void
}

export function createActions(parts: ActionParts): (action: ShellAction) => void {
  return (action) => {
    void act(action, parts).catch((error: unknown) => parts.dialogs.tell('That did not work', wordError(error)))
  }
}

async function act(action: ShellAction, parts: ActionParts): Promise<void> {
  switch (action.do) {
    case 'open':
      return parts.window.show(action.path)
    case 'copy':
      return clipboard.writeText(action.text)
    case 'pause':
      return parts.pause.begin(action.minutes)
    case 'resume':
      return parts.pause.resume()
    case 'start':
      return parts.supervisor.start()
    case 'autostart':
      return await switchAutostart(action.on, parts)
    case 'open-log-folder':
      return await parts.logs.openFolder()
    case 'save-support-bundle':
      return await saveBundle(parts)
    case 'install-update':
      return await parts.updates.install()
    case 'quit':
      return parts.quit.request()
  }
}

async function switchAutostart(on: boolean, { autostart, dialogs, redraw }: ActionParts): Promise<void> {
  const { note } = autostart.write(on)
  redraw()
  if (note !== null) await dialogs.tell('Start at login', note)
}

async function saveBundle({ support, dialogs }: ActionParts): Promise<void> {
  const { name, text } = await support.prepare()
  if (await dialogs.askSupportBundle(text)) await dialogs.saveText(name, text)
}
