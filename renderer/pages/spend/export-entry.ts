// An export as an entry of a menu: a download in a browser, a question where to save in the desktop's window.
// Promises: what became of the file is said. Leaves alone: which rows are in it.

import { desktop } from '../../lib/desktop.ts'
import { toasts } from '../../state/toasts.svelte.ts'
import type { MenuEntry } from '../../ui/Menu.svelte'

export function toExportEntry(entry: { readonly label: string; readonly hint: string; readonly href: string }): MenuEntry {
  const shell = desktop
  if (shell === null) return { kind: 'download', ...entry }
  const { label, hint, href } = entry
  return { kind: 'action', label, hint, run: () => void save(shell.saveExport(href)) }
}

async function save(work: Promise<string | null>): Promise<void> {
  try {
    const file = await work
    if (file !== null) toasts.show(`Saved as ${file}`)
  } catch (error) {
    toasts.show(`Nothing was saved. ${error instanceof Error ? error.message : String(error)}`)
  }
}
