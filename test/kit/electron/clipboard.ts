// `clipboard`: text only, asynchronous in Electron 45. Promises: what was written last is what is read.
// Leaves alone: pictures and formats. Source: https://www.electronjs.org/docs/latest/api/clipboard (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'

let text = ''
export const clipboard = {
  async writeText(written: string) {
    text = written
  },
  readText: () => Promise.resolve(text),
} satisfies Pick<Electron.Clipboard, 'readText' | 'writeText'>
