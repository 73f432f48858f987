// Installs an update from one file: stage, let running requests end, back the ledger up, take the place, try the new version; if it fails, all of it back.
// Promises: until the files are staged and checked nothing is touched; the version that runs stays the judge until the new one serves, and on any
// failure before that it is back in its place with its ledger, serving. Rows that were written stay, unless the new version had changed the ledger.
// Leaves alone: asking the person first, releasing the single-instance lock, and quitting once it is installed.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Supervisor } from '../gateway/state.ts'
import type { Bundle } from './bundle.ts'
import { changesLedger, openFitting, type Installed } from './judge.ts'
import type { Launched } from './launch.ts'
import { backUpLedger, putLedgerBack, type LedgerCommand } from './ledger-care.ts'
import type { Manifest } from './manifest.ts'
import { stagingOf, swapBack, swapIn, type Installation } from './place.ts'
import { UpdateRefusal } from './refusal.ts'
import { stage } from './stage.ts'
import { dropPending, waitForStarted, writePending } from './started.ts'

export interface UpdateTools {
  readonly installed: Installed
  readonly installation: Installation
  /** PEM; null: none was set when this copy was packed. */
  readonly publicKey: string | null
  /** Of the notes that versions leave each other, and of what is staged for an installer; in the data folder. */
  readonly folder: string
  readonly supervisor: Pick<Supervisor, 'start' | 'stop' | 'hold'>
  readonly ledger: LedgerCommand
  /** The app in its place, or an installer. */
  readonly launch: (program: string) => Launched
  readonly drainMs: number
  readonly readyTimeoutMs: number
}
export type Installing =
  /** The new version serves: this one quits and leaves everything to it. */
  | { readonly kind: 'installed'; readonly version: string }
  /** An installer runs: this version quits, and the next start says how it went (reportStarted). */
  | { readonly kind: 'handed-over'; readonly version: string }
  /** Nothing was changed; this version serves. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The new version was tried and taken back; this one serves. */
  | { readonly kind: 'rolled-back'; readonly reason: string }

export async function installUpdate(file: string, tools: UpdateTools): Promise<Installing> {
  try {
    const bundle = await openFitting(file, tools.installed, tools.publicKey)
    return await installBundle(bundle, tools)
  } catch (error) {
    const reason = error instanceof UpdateRefusal ? error.message : wordTrouble(error)
    if (reason === null) throw error
    return { kind: 'refused', reason }
  }
}

/** Of the disk. null: not its doing. */
function wordTrouble(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
  if (code === null) return null
  const known: Partial<Record<string, string>> = {
    EACCES: 'Tollgate may not write to the folder it is in.',
    EPERM: 'Tollgate may not write to the folder it is in.',
    EROFS: 'The folder that Tollgate is in cannot be written to.',
    ENOSPC: 'The disk is full.',
    ENOENT: 'The file is not there any more.',
  }
  return `The update was not installed, and nothing was changed. ${known[code] ?? `The disk says ${code}.`}`
}

async function installBundle(bundle: Bundle, tools: UpdateTools): Promise<Installing> {
  const { manifest } = bundle
  const staging = manifest.kind === 'installer' ? join(tools.folder, manifest.version) : stagingOf(tools.installation.place)
  try {
    await stage(bundle, staging)
  } finally {
    await bundle.close()
  }
  // Whoever wants to serve meanwhile would meet a ledger that is being copied, or the new version in the place.
  const letGo = tools.supervisor.hold()
  let leaves = false
  try {
    await tools.supervisor.stop(tools.drainMs)
    const result = await replace(manifest, staging, tools)
    leaves = result.kind === 'installed' || result.kind === 'handed-over'
    return result
  } finally {
    if (!leaves) letGo()
  }
}

async function replace(manifest: Manifest, staging: string, tools: UpdateTools): Promise<Installing> {
  let backup: string
  try {
    // After the last request and not before: what is put back holds every row.
    backup = await backUpLedger(tools.ledger)
    await writePending(tools.folder, { from: tools.installed.version, to: manifest.version, backup })
    if (manifest.kind === 'installer') {
      if (!(await tools.launch(join(staging, firstPath(manifest))).started))
        throw new UpdateRefusal('The installer could not be started, so nothing was changed.')
      return { kind: 'handed-over', version: manifest.version }
    }
    swapIn(tools.installation, firstPath(manifest))
  } catch (error) {
    await dropPending(tools.folder)
    await rm(staging, { recursive: true, force: true })
    tools.supervisor.start()
    throw error
  }
  return await tryNew(manifest, backup, tools)
}

/** From here on the new version has the place. */
async function tryNew(manifest: Manifest, backup: string, tools: UpdateTools): Promise<Installing> {
  const { place, kind } = tools.installation
  const launched = tools.launch(kind === 'tree' ? join(place, programName) : place)
  if (await serves(launched, manifest.version, tools)) return { kind: 'installed', version: manifest.version }
  await launched.kill()
  await dropPending(tools.folder)
  swapBack(tools.installation)
  const trouble = changesLedger(manifest, tools.installed) ? await putLedgerBack(tools.ledger, backup) : null
  tools.supervisor.start()
  const kept = trouble === null ? '' : ` The ledger could not be put back: ${trouble} Its backup is ${backup}.`
  return { kind: 'rolled-back', reason: `Version ${manifest.version} did not start, so version ${tools.installed.version} is back.${kept}` }
}
const programName = 'tollgate'

async function serves(launched: Launched, version: string, tools: UpdateTools): Promise<boolean> {
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), tools.readyTimeoutMs)
  void launched.ended.then(() => over.abort())
  try {
    return await waitForStarted(tools.folder, version, over.signal)
  } finally {
    clearTimeout(timer)
  }
}

const firstPath = (manifest: Manifest): string => manifest.files[0]?.path ?? ''
