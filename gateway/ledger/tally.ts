// Which roll-up rows a request counts in.
// Promises: a request counts once per dimension, where it was sent last; each attempt's cost counts where it arose.
// Leaves alone: writing the sums (rollups.ts).

import type { Rollups, Sums } from './rollups.ts'

export interface Counted {
  readonly receivedAtMs: number
  readonly keyId: number
  readonly teamId: number | null
  readonly modelId: number
}
export interface SentTo {
  readonly providerId: number
  readonly deploymentId: number
}
export const sentNowhere: SentTo = { providerId: 0, deploymentId: 0 }

/** What belongs to a request and to where it was sent. */
export function tally(rollups: Rollups, { of, to }: { readonly of: Counted; readonly to: SentTo }, sums: Sums): void {
  const members = { total: 0, key: of.keyId, team: of.teamId ?? 0, model: of.modelId, provider: to.providerId, deployment: to.deploymentId }
  rollups.add(of.receivedAtMs, members, sums)
}

/** What belongs to a request that was sent to several places. */
export function tallyRequest(rollups: Rollups, of: Counted, sums: Sums): void {
  rollups.add(of.receivedAtMs, { total: 0, key: of.keyId, team: of.teamId ?? 0, model: of.modelId }, sums)
}

/** What belongs to one of the places. */
export function tallyAttempt(rollups: Rollups, at: { readonly receivedAtMs: number; readonly to: SentTo }, sums: Sums): void {
  rollups.add(at.receivedAtMs, { provider: at.to.providerId, deployment: at.to.deploymentId }, sums)
}
