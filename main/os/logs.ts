// The folder of the logs: shown in the file manager, and its last lines for a support bundle.
// Promises: this folder and no other; a bounded number of bytes of a bounded number of files, whole lines only. Leaves alone: writing and rotating them.

import { shell } from 'electron'
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import path from 'node:path'
import { shellLimits } from './limits.ts'

export interface Logs {
  /** @throws Error with the system's words */
  openFolder(): Promise<void>
  /** Of the files written last, the newest first. */
  readTails(): readonly { readonly name: string; readonly lines: readonly string[] }[]
}

export function createLogs(folder: string): Logs {
  return {
    async openFolder() {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const problem = await shell.openPath(folder)
      if (problem !== '') throw new Error(problem)
    },
    readTails: () => listLogs(folder).map((name) => ({ name, lines: readTail(path.join(folder, name)) })),
  }
}

function listLogs(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() && entry.name.endsWith('.log') ? [entry.name] : []))
    const times = new Map(names.map((name) => [name, statSync(path.join(folder, name)).mtimeMs]))
    return names.toSorted((left, right) => (times.get(right) ?? 0) - (times.get(left) ?? 0)).slice(0, shellLimits.logFilesRead)
  } catch {
    // No folder yet: nothing was logged.
    return []
  }
}

function readTail(file: string): readonly string[] {
  const descriptor = openSync(file, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const from = Math.max(0, size - shellLimits.logTailBytes)
    const bytes = Buffer.alloc(size - from)
    const count = readSync(descriptor, bytes, 0, bytes.length, from)
    const lines = bytes.toString('utf8', 0, count).split('\n')
    // The first line of a cut file is a part of one.
    return (from > 0 ? lines.slice(1) : lines).filter((line) => line.trim() !== '')
  } finally {
    closeSync(descriptor)
  }
}
