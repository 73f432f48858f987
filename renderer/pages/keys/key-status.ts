// The state of a key in one shape and word, from what the gateway knows about it now; and the limit that decides it.
// Leaves alone: enforcement (the gateway).

import type { PanelKey, PanelWindow } from '../../../gateway/contract/panel.ts'
import type { Tone } from '../../lib/outcome.ts'
import { perMille, readNano, sumUsd } from '../../lib/money.ts'

export type KeyStatusId = 'blocked' | 'expired' | 'spent' | 'near' | 'expiring' | 'unused' | 'active'
export interface KeyStatus {
  readonly id: KeyStatusId
  readonly tone: Tone
  readonly word: string
}

const weekMs = 7 * 86_400_000
const all: Readonly<Record<KeyStatusId, KeyStatus>> = {
  blocked: { id: 'blocked', tone: 'paused', word: 'Blocked' },
  expired: { id: 'expired', tone: 'bad', word: 'Expired' },
  spent: { id: 'spent', tone: 'bad', word: 'Budget used up' },
  near: { id: 'near', tone: 'warn', word: 'Near limit' },
  expiring: { id: 'expiring', tone: 'warn', word: 'Expires soon' },
  unused: { id: 'unused', tone: 'unknown', word: 'Never used' },
  active: { id: 'active', tone: 'ok', word: 'Active' },
}
export const statusOptions = [{ value: '', label: 'Every status' }, ...Object.values(all).map((status) => ({ value: status.id, label: status.word }))]

export function statusOf(key: PanelKey, nowMs: number): KeyStatus {
  if (key.blocked) return all.blocked
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) return all.expired
  const limit = fullestLimit(key)
  const used = limit === null ? 0 : usedPerMille(limit)
  if (used >= 1000) return all.spent
  if (used >= 800) return all.near
  if (key.expiresAtMs !== null && key.expiresAtMs - nowMs < weekMs) return all.expiring
  return key.lastUsedAtMs === null ? all.unused : all.active
}

export type KeyLimit = Pick<PanelWindow, 'limitUsd' | 'settledUsd' | 'heldUsd'>

/** Of the limits that refuse, with a running increase, the one with least left; null: nothing limits the key. */
export function fullestLimit({ budget }: PanelKey): KeyLimit | null {
  const { limitUsd, settledUsd, heldUsd } = budget
  const hard = budget.windows.filter((window) => window.hard)
  if (hard.length === 0) return limitUsd === null ? null : { limitUsd, settledUsd, heldUsd }
  return hard.reduce((fullest, window) => (usedPerMille(window) > usedPerMille(fullest) ? window : fullest))
}

function usedPerMille({ limitUsd, settledUsd, heldUsd }: KeyLimit): number {
  const taken = sumUsd([settledUsd, heldUsd])
  // A limit of 0 is a decision, not a budget that was used up: the key works, for what costs nothing.
  return perMille(taken, limitUsd) ?? (readNano(taken) > 0n ? 1000 : 0)
}
