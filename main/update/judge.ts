// Whether an update fits this installation, and what installing it would mean.
// Promises: only a newer version for this system, this processor and this kind of installation is ready. Changes nothing.
// Leaves alone: asking the person (main/os), installing (install.ts).

import { openBundle, type Bundle } from './bundle.ts'
import type { Manifest, UpdateKind } from './manifest.ts'
import { UpdateRefusal } from './refusal.ts'
import { compareVersions, parseVersion } from './version.ts'

export interface Installed {
  readonly version: string
  readonly platform: string
  readonly arch: string
  /** How it was installed; null: by a package manager, which is the one to update it. */
  readonly kind: UpdateKind | null
  readonly ledgerSchema: number
}
export type Judgement =
  | { readonly kind: 'refused'; readonly reason: string }
  /** `ledgerChanges`: the ledger is upgraded, and the version before cannot read it any more. */
  | { readonly kind: 'ready'; readonly version: string; readonly notes: string; readonly ledgerChanges: boolean }

/** For the question before installing. */
export async function judgeUpdate(file: string, installed: Installed, publicKey: string | null): Promise<Judgement> {
  try {
    const bundle = await openFitting(file, installed, publicKey)
    await bundle.close()
    const { version, notes } = bundle.manifest
    return { kind: 'ready', version, notes, ledgerChanges: changesLedger(bundle.manifest, installed) }
  } catch (error) {
    if (error instanceof UpdateRefusal) return { kind: 'refused', reason: error.message }
    throw error
  }
}

/** @throws UpdateRefusal. Else the caller closes it. */
export async function openFitting(file: string, installed: Installed, publicKey: string | null): Promise<Bundle> {
  const bundle = await openBundle(file, publicKey)
  try {
    checkFit(bundle.manifest, installed)
    return bundle
  } catch (error) {
    await bundle.close()
    throw error
  }
}

export const changesLedger = (manifest: Manifest, installed: Installed): boolean => manifest.ledgerSchema !== installed.ledgerSchema

function checkFit(manifest: Manifest, installed: Installed): void {
  const [offered, present] = [parseVersion(manifest.version), parseVersion(installed.version)]
  if (offered === null || present === null) throw new UpdateRefusal('The versions cannot be compared.')
  const difference = compareVersions(offered, present)
  if (difference === 0) throw new UpdateRefusal(`Version ${installed.version} is already installed.`)
  if (difference < 0) throw new UpdateRefusal(`This update has version ${manifest.version}, which is older than the installed ${installed.version}.`)
  if (manifest.platform !== installed.platform || manifest.arch !== installed.arch)
    throw new UpdateRefusal(`This update is for ${manifest.platform} ${manifest.arch}; this computer is ${installed.platform} ${installed.arch}.`)
  if (installed.kind === null) throw new UpdateRefusal('Tollgate was installed by the package manager of this system. Update it there.')
  if (manifest.kind !== installed.kind)
    throw new UpdateRefusal('This update is for another kind of installation. Choose the file that fits how Tollgate was installed.')
  if (manifest.ledgerSchema < installed.ledgerSchema) throw new UpdateRefusal('This update cannot read the ledger of the installed version.')
}
