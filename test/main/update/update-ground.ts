// Ground for tests of updates: an installed tree, a key, and bundles to install, sound ones and others.
// Promises: every file is below one temporary folder. Leaves alone: judging.

import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { schemaVersion } from '../../../gateway/ledger/migrate.ts'
import type { Installed } from '../../../main/update/judge.ts'
import { payloadOf, writeUpdate } from '../../../scripts/steps/update-bundle.mjs'

export interface Ground {
  readonly folder: string
  /** The installed tree. */
  readonly place: string
  readonly publicKey: string
  readonly privateKey: KeyObject
  at(name: string): string
  /** Lays files out below a folder; a program is one that starts with `#!`. */
  layOut(name: string, files: Readonly<Record<string, string>>): string
  /** Signs a folder's files as an update. @returns the bundle's path */
  bundle(payload: string, facts?: Partial<Facts>): string
  clear(): void
}
export interface Facts {
  readonly version: string
  readonly platform: string
  readonly arch: string
  readonly kind: string
  readonly ledgerSchema: number
  readonly notes: string
}

export const installed: Installed = { version: '1.2.0', platform: 'linux', arch: 'x64', kind: 'tree', ledgerSchema: schemaVersion }
export const nextFacts: Facts = { version: '1.3.0', platform: 'linux', arch: 'x64', kind: 'tree', ledgerSchema: schemaVersion, notes: 'Better.' }

export const keyPair = (): { readonly privateKey: KeyObject; readonly publicKey: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { privateKey, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
}

export function createGround(): Ground {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-update-'))
  const { privateKey, publicKey } = keyPair()
  const at = (name: string): string => join(folder, name)
  const ground: Ground = {
    folder,
    place: at('app'),
    publicKey,
    privateKey,
    at,
    layOut(name, files) {
      for (const [file, text] of Object.entries(files)) {
        const target = join(folder, name, file)
        mkdirSync(dirname(target), { recursive: true })
        writeFileSync(target, text)
        if (text.startsWith('#!')) chmodSync(target, 0o755)
      }
      return at(name)
    },
    bundle(payload, facts = {}) {
      const target = at(`${facts.version ?? nextFacts.version}.update`)
      writeUpdate({ ...nextFacts, ...facts }, payloadOf(payload), { privateKey, target })
      return target
    },
    clear: () => rmSync(folder, { recursive: true, force: true }),
  }
  return ground
}

/** Every file below a folder with its text, for comparing before and after. */
export function snapshot(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory())
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort()
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]))
}
