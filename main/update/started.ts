// How two versions of the app tell each other how an update went: one writes what is to come, the other that it serves.
// Promises: each note is whole or not there. Reads its own notes as strictly as anything from a disk.
// Leaves alone: what is done about it (install.ts, and the shell at its start).

import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isJsonObject, textOf } from '../../gateway/contract/json.ts'
import { replaceFile } from '../../gateway/kit/replace-file.ts'
import { readyLookMs } from './limits.ts'

export interface Pending {
  readonly from: string
  readonly to: string
  /** Of the ledger, made before. */
  readonly backup: string
}
/** not-updated: the version before is back, because an installer did not get through. */
export type Outcome = { readonly kind: 'none' } | { readonly kind: 'updated' | 'not-updated'; readonly pending: Pending }

const pendingFile = (folder: string): string => join(folder, 'pending.json')
const startedFile = (folder: string): string => join(folder, 'started.json')

/** By the old version, before the new one runs. */
export async function writePending(folder: string, pending: Pending): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await rm(startedFile(folder), { force: true })
  await replaceFile(pendingFile(folder), JSON.stringify(pending))
}

export async function dropPending(folder: string): Promise<void> {
  await rm(pendingFile(folder), { force: true })
}

/** By every version, at each start, as soon as its gateway serves. */
export async function reportStarted(folder: string, version: string): Promise<Outcome> {
  const pending = await readPending(folder)
  if (pending === null) return { kind: 'none' }
  if (pending.to === version) await replaceFile(startedFile(folder), JSON.stringify({ version }))
  await dropPending(folder)
  return { kind: pending.to === version ? 'updated' : 'not-updated', pending }
}

/** By the old version. @returns whether the new one served in time */
export async function waitForStarted(folder: string, version: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const found = await readObject(startedFile(folder))
    if (found !== null) return found['version'] === version
    await new Promise((resolve) => setTimeout(resolve, readyLookMs))
  }
  return false
}

async function readPending(folder: string): Promise<Pending | null> {
  const found = await readObject(pendingFile(folder))
  const [from, to, backup] = ['from', 'to', 'backup'].map((field) => textOf(found?.[field]))
  return from === undefined || to === undefined || backup === undefined ? null : { from, to, backup }
}

async function readObject(file: string): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    return isJsonObject(value) ? value : null
  } catch {
    // Not there, or not whole: either way nothing was said.
    return null
  }
}
