// Ways into the panel: single-use sign-in codes, the admin key, a desktop shell's token, and sessions by hash.
// Promises: a code works once, for a bounded time; secrets are compared in constant time; sessions are known only by their hash.
// Leaves alone: cookies and routes.

import type { Session } from '../contract/store.ts'
import { hashKey, isSameHash, toBase62 } from '../kit/virtual-key.ts'
import type { SessionIndex, SignInGate } from './deps.ts'

export interface AccessTools {
  /** SHA-256 (hex) of the admin key. */
  readonly adminKeyHash: string
  /** SHA-256 (hex) of the token made for a desktop shell at this boot, where there is one. */
  readonly bootTokenHash?: string
  readonly sessions: readonly Session[]
  readonly nowMs: () => number
  readonly randomBytes: (count: number) => Uint8Array
  readonly codeMs: number
}
export interface Access extends SignInGate {
  /** A fresh code for a sign-in link. */
  issueCode(): string
  isSession(hash: string): boolean
  isBootToken(candidate: string): boolean
  readonly sessions: SessionIndex
}

const codeBytes = 32
const codesMax = 100

export function createAccess(tools: AccessTools): Access {
  const codes = new Map<string, number>()
  const sessions = new Map(tools.sessions.map((session) => [session.hash, session.expiresAtMs]))
  const expiresAtMs = (hash: string): number | null => {
    const expiry = sessions.get(hash)
    if (expiry === undefined) return null
    if (expiry > tools.nowMs()) return expiry
    sessions.delete(hash)
    return null
  }
  return {
    issueCode() {
      const code = toBase62(tools.randomBytes(codeBytes))
      const [oldest] = codes.keys()
      if (codes.size >= codesMax && oldest !== undefined) codes.delete(oldest)
      codes.set(hashKey(code), tools.nowMs() + tools.codeMs)
      return code
    },
    consumeCode(code) {
      const hash = hashKey(code)
      const expiry = codes.get(hash)
      codes.delete(hash)
      return expiry !== undefined && expiry > tools.nowMs()
    },
    isAdminKey: (candidate) => isSameHash(hashKey(candidate), tools.adminKeyHash),
    isBootToken: (candidate) => tools.bootTokenHash !== undefined && isSameHash(hashKey(candidate), tools.bootTokenHash),
    isSession: (hash) => expiresAtMs(hash) !== null,
    sessions: {
      put: (hash, expiry) => void sessions.set(hash, expiry),
      delete: (hash) => void sessions.delete(hash),
      expiresAtMs,
    },
  }
}
