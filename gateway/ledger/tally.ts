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

export function tallyRequest(rollups: Rollups, of: Counted, sums: Sums): void {
  rollups.add(of.receivedAtMs, { dimension: 'total', member: 0 }, sums)
  rollups.add(of.receivedAtMs, { dimension: 'key', member: of.keyId }, sums)
  rollups.add(of.receivedAtMs, { dimension: 'team', member: of.teamId ?? 0 }, sums)
  rollups.add(of.receivedAtMs, { dimension: 'model', member: of.modelId }, sums)
}

export function tallyAttempt(rollups: Rollups, at: { readonly receivedAtMs: number; readonly to: SentTo }, sums: Sums): void {
  rollups.add(at.receivedAtMs, { dimension: 'provider', member: at.to.providerId }, sums)
  rollups.add(at.receivedAtMs, { dimension: 'deployment', member: at.to.deploymentId }, sums)
}
