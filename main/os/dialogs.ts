// The questions the shell asks in the system's own boxes, and the places it asks for to save to.
// Promises: the safe answer is the one that Escape and the closed box give; a file is the old one or the whole new one.
// Leaves alone: what follows from an answer. Source: https://www.electronjs.org/docs/latest/api/dialog, as known 2026-11-21.

import { app, dialog, type MessageBoxOptions } from 'electron'
import path from 'node:path'
import { replaceFileSync } from '../../gateway/kit/replace-file.ts'
import type { Hiding } from './close-and-quit.ts'
import { shellLimits } from './limits.ts'
import type { QuitAnswer } from './quit-course.ts'
import { hideSecrets } from './redact.ts'
import { countOf, plainText } from './words.ts'

export interface Dialogs {
  /** true: quit instead. */
  tellClosing(how: Hiding): Promise<boolean>
  askQuit(running: number): Promise<QuitAnswer>
  /** `other`: the port offered instead. */
  askPort(taken: number, owner: string | null): Promise<'other' | 'again' | 'leave'>
  tellCrash(reason: string): Promise<'start' | 'logs' | 'leave'>
  /** true: leave for it. */
  askExternal(host: string): Promise<boolean>
  /** true: save it. */
  askSupportBundle(text: string): Promise<boolean>
  /** A plain word about something that failed. */
  tell(title: string, detail: string): Promise<void>
  /** null: nobody chose one. */
  chooseUpdateFile(): Promise<string | null>
  /** true: install it. */
  askUpdate(update: UpdateFacts): Promise<boolean>
  /** null: the person thought better of it. */
  chooseSaveFile(suggestedName: string): Promise<string | null>
  /** Asks where, and writes it whole. @throws Error with the system's words */
  saveText(suggestedName: string, text: string): Promise<string | null>
}

export interface UpdateFacts {
  readonly version: string
  readonly notes: string
  /** The version before cannot read the ledger afterwards. */
  readonly ledgerChanges: boolean
}

const portMax = 65_535
export const otherPort = (taken: number): number => (taken < portMax ? taken + 1 : taken - 1)

export function createDialogs(): Dialogs {
  const chooseSaveFile = async (suggestedName: string): Promise<string | null> => {
    const { canceled, filePath } = await dialog.showSaveDialog({
      // A name only: a folder in it would be the page's choice of place.
      defaultPath: path.join(app.getPath('downloads'), path.basename(plainText(suggestedName))),
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    })
    return canceled || filePath === '' ? null : filePath
  }
  return {
    tellClosing: async (how) => (await choose(closingBox(how), ['stay', 'quit'])) === 'quit',
    askQuit: (running) => choose(quitBox(running), ['when-done', 'now', 'stay']),
    askPort: (taken, owner) => choose(portBox(taken, owner), ['other', 'again', 'leave']),
    tellCrash: (reason) => choose(crashBox(reason), ['start', 'logs', 'leave']),
    askExternal: async (host) => (await choose(externalBox(host), ['open', 'stay'])) === 'open',
    askSupportBundle: async (text) => (await choose(bundleBox(text), ['save', 'leave'])) === 'save',
    tell: async (title, detail) => void (await choose({ type: 'warning', message: title, detail, buttons: ['OK'] }, ['seen'])),
    chooseUpdateFile,
    askUpdate: async (update) => (await choose(updateBox(update), ['install', 'leave'])) === 'install',
    chooseSaveFile,
    async saveText(suggestedName, text) {
      const file = await chooseSaveFile(suggestedName)
      if (file !== null) replaceFileSync(file, text, 0o644)
      return file
    },
  }
}

async function chooseUpdateFile(): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    defaultPath: app.getPath('downloads'),
    filters: [{ name: 'Updates of Tollgate', extensions: ['update'] }],
    properties: ['openFile'],
  })
  return canceled ? null : (filePaths[0] ?? null)
}

/** Answers belong to buttons by place; the last one is what Escape and the closed box mean. */
async function choose<Answer extends string>(box: MessageBoxOptions, answers: readonly [Answer, ...Answer[]]): Promise<Answer> {
  const last = answers.length - 1
  const { response } = await dialog.showMessageBox({ defaultId: 0, cancelId: last, noLink: true, title: 'Tollgate', ...box })
  return answers[response] ?? answers[last] ?? answers[0]
}

const closingBox = (how: Hiding): MessageBoxOptions => ({
  type: 'info',
  message: 'Tollgate keeps serving',
  detail:
    how === 'hide'
      ? 'Closing the window leaves the gateway running; its icon is where the system shows such icons, with everything in its menu. Quit stops it.'
      : 'Closing the window minimises it and leaves the gateway running, because this desktop shows no tray icons. Quit stops it.',
  buttons: ['OK', 'Quit instead'],
  // Closing the box is no wish to quit.
  cancelId: 0,
})
const quitBox = (running: number): MessageBoxOptions => ({
  type: 'question',
  message: `${countOf(running, 'request')} running`,
  detail: `Quitting stops the gateway. It can wait for them, up to ${String(shellLimits.drainWhenDoneMs / 60_000)} minutes; new ones are refused meanwhile.`,
  buttons: ['Quit when done', 'Quit now', 'Cancel'],
})
const portBox = (taken: number, owner: string | null): MessageBoxOptions => ({
  type: 'warning',
  message: `Port ${String(taken)} is taken${owner === null ? '' : ` by ${plainText(owner)}`}`,
  detail: `The gateway cannot serve there. Programs that are set up for port ${String(taken)} have to be told of another one.`,
  buttons: [`Use ${String(otherPort(taken))}`, 'Try again', 'Not now'],
})
const crashBox = (reason: string): MessageBoxOptions => ({
  type: 'error',
  message: 'The gateway does not run',
  detail: plainText(hideSecrets(reason), shellLimits.logLineLengthMax),
  buttons: ['Start again', 'Open log folder', 'Close'],
})
const externalBox = (host: string): MessageBoxOptions => ({
  type: 'question',
  message: `Open ${plainText(host, shellLimits.reasonLengthMax)} in your browser?`,
  detail: 'This address is outside Tollgate.',
  buttons: ['Open', 'Cancel'],
})
const updateBox = ({ version, notes, ledgerChanges }: UpdateFacts): MessageBoxOptions => ({
  type: 'question',
  message: `Install version ${plainText(version)}?`,
  detail: [
    'Running requests may end, the ledger is backed up, and the gateway starts again with the new version. If that does not start, this one comes back.',
    ...(ledgerChanges ? ['The ledger is upgraded: this version cannot read it afterwards.'] : []),
    ...notes
      .split('\n')
      .slice(0, shellLimits.noteLinesMax)
      .map((line) => plainText(line, shellLimits.reasonLengthMax)),
  ].join('\n'),
  buttons: ['Install', 'Not now'],
})

function bundleBox(text: string): MessageBoxOptions {
  const lines = text.split('\n')
  const more = lines.length - shellLimits.previewLinesMax
  const shown = lines.slice(0, shellLimits.previewLinesMax).map((line) => plainText(line, shellLimits.nameLengthMax * 2))
  return {
    type: 'question',
    message: 'This is what the file will hold',
    detail: [...shown, ...(more > 0 ? [`… and ${countOf(more, 'line')} more, redacted in the same way.`] : [])].join('\n'),
    buttons: ['Save…', 'Cancel'],
  }
}
