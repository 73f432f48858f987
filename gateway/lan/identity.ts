// Who the gateway is to machines of its network: a certificate by our own authority, or the administrator's.
// Promises: `refresh` gives a new one when it is due (a day, other addresses, changed files) and null otherwise; what cannot be renewed is a warning
// and the one in use stays.
// Leaves alone: sockets; asking the system for its addresses.

import type { LanConfig, LanNames, TlsIdentity } from '../contract/lan.ts'
import { openAuthority } from './authority-file.ts'
import { expiryWarning, readGiven } from './given.ts'
import { issueLeaf } from './issue.ts'
import { fingerprintOf } from './pair.ts'

export interface IdentityTools {
  /** Where the authority is kept. */
  readonly folder: string
  readonly machine: string
  readonly names: () => LanNames
  readonly nowMs: () => number
  readonly leafMs: number
  readonly renewEveryMs: number
}
export interface Identity {
  readonly current: TlsIdentity
  readonly names: LanNames
  /** Of the authority; of the certificate itself where it is not ours. */
  readonly fingerprint: string
  /** PEM. */
  readonly authority: string | null
  warnings(): readonly string[]
  refresh(): Promise<TlsIdentity | null>
}

/** @throws LanUnusable */
export async function createIdentity(config: Pick<LanConfig, 'certificate'>, tools: IdentityTools): Promise<Identity> {
  return config.certificate === null ? await createOwn(tools) : await createGiven(config.certificate, tools)
}

async function createOwn({ folder, machine, names, nowMs, leafMs, renewEveryMs }: IdentityTools): Promise<Identity> {
  const authority = await openAuthority({ folder, machine, nowMs: nowMs() })
  const issue = async (known: LanNames): Promise<{ leaf: TlsIdentity; known: LanNames; atMs: number }> => {
    const atMs = nowMs()
    return { leaf: await issueLeaf(authority, known, { nowMs: atMs, leafMs }), known, atMs }
  }
  let issued = await issue(names())
  return {
    get current() {
      return issued.leaf
    },
    get names() {
      return issued.known
    },
    fingerprint: fingerprintOf(authority.certificate),
    authority: authority.certificate,
    warnings: () => expiryWarning(authority.certificate, { what: 'The LAN authority', nowMs: nowMs() }),
    async refresh() {
      const now = names()
      const age = nowMs() - issued.atMs
      // A clock that was set back is as good a reason as a day gone by.
      if (age >= 0 && age < renewEveryMs && isSame(now, issued.known)) return null
      issued = await issue(now)
      return issued.leaf
    },
  }
}

async function createGiven(files: NonNullable<LanConfig['certificate']>, { names, nowMs }: IdentityTools): Promise<Identity> {
  let current = await readGiven(files, nowMs())
  let trouble: readonly string[] = []
  return {
    get current() {
      return current
    },
    get names() {
      return names()
    },
    get fingerprint() {
      return fingerprintOf(current.certificate)
    },
    authority: null,
    warnings: () => [...trouble, ...expiryWarning(current.certificate, { what: `The LAN certificate ${files.certificate}`, nowMs: nowMs() })],
    async refresh() {
      try {
        const found = await readGiven(files, nowMs())
        trouble = []
        if (found.certificate === current.certificate && found.key.open() === current.key.open()) return null
        current = found
        return current
      } catch (error) {
        // Whoever renews it may be in the middle of writing it: the one in use is still good, and the next look is soon.
        trouble = [`${error instanceof Error ? error.message : String(error)} The one read before stays in use.`]
        return null
      }
    },
  }
}

const isSame = (left: LanNames, right: LanNames): boolean => JSON.stringify(left) === JSON.stringify(right)
