// `dialog`: boxes and places to save to, answered by a test. Promises: a box nobody answers is closed, which gives its `cancelId`; so is a save dialog.
// Leaves alone: opening, certificates. Source: https://www.electronjs.org/docs/latest/api/dialog (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'

interface Answers {
  /** By what a box says to the number of its button; undefined closes it. A promise leaves it open. */
  box: (box: Electron.MessageBoxOptions) => number | undefined | Promise<number | undefined>
  /** null: chose none. */
  open: (options: Electron.OpenDialogOptions) => string | null
  /** null: thought better of it. */
  save: (options: Electron.SaveDialogOptions) => string | null
}
const closed: Answers = { box: () => undefined, open: () => null, save: () => null }
export const dialogs = {
  errors: [] as string[],
  boxes: [] as Electron.MessageBoxOptions[],
  saves: [] as Electron.SaveDialogOptions[],
  answers: { ...closed },
}

export const dialog = {
  showErrorBox: (title: string, content: string) => void dialogs.errors.push(`${title}: ${content}`),
  async showMessageBox(first: Electron.BaseWindow | Electron.MessageBoxOptions, second?: Electron.MessageBoxOptions) {
    // With a window first, or without one.
    const box = second ?? (first as Electron.MessageBoxOptions)
    dialogs.boxes.push(box)
    const response = (await dialogs.answers.box(box)) ?? box.cancelId ?? 0
    if (response >= (box.buttons ?? ['OK']).length) throw new Error(`The box "${box.message}" has no button ${String(response)}`)
    return { response, checkboxChecked: false }
  },
  async showOpenDialog(first: Electron.BaseWindow | Electron.OpenDialogOptions, second?: Electron.OpenDialogOptions) {
    const filePath = dialogs.answers.open(second ?? first)
    return { canceled: filePath === null, filePaths: filePath === null ? [] : [filePath] }
  },
  async showSaveDialog(first: Electron.BaseWindow | Electron.SaveDialogOptions, second?: Electron.SaveDialogOptions) {
    const options = second ?? first
    dialogs.saves.push(options)
    const filePath = dialogs.answers.save(options)
    return { canceled: filePath === null, filePath: filePath ?? '' }
  },
} satisfies Pick<Electron.Dialog, 'showErrorBox' | 'showMessageBox' | 'showOpenDialog' | 'showSaveDialog'>

export function resetDialogs(): void {
  dialogs.errors = []
  dialogs.boxes = []
  dialogs.saves = []
  dialogs.answers = { ...closed }
}
