// A path of the administrator's own that leads to an address they chose: LiteLLM's `pass_through_endpoints`.
// Promises: no secret in it, only references. Leaves alone: how it is written in a file (intake), who answers at it (door), what it costs to hold (admit).

import type { PassingMethod } from './request.ts'
import type { CredentialRef } from './vault.ts'

export interface OwnPath {
  readonly id: string
  /** A slash first, none at the end. */
  readonly path: string
  /** Scheme, host, port and path, without a trailing slash. */
  readonly target: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, OwnHeader>>
  /** Sent where the caller's own query does not say the same. */
  readonly query: Readonly<Record<string, string>>
  /** What stands below the path is served too, below the target. */
  readonly includesBelow: boolean
  /** Dollars; null: nobody says what a call costs. */
  readonly costUsd: number | null
  readonly timeoutMs: number | null
  readonly methods: readonly PassingMethod[]
}
/** Text, followed by what the reference opens to. */
export interface OwnHeader {
  readonly text: string
  readonly ref: CredentialRef | null
}

/** As routes, keys and rows name it: without its first slash. */
export const prefixOf = ({ path }: Pick<OwnPath, 'path'>): string => path.slice(1)
