// The state of a key in one shape and word, from what the gateway knows about it now.
// Leaves alone: enforcement (the gateway).

import type { PanelKey } from '../../../gateway/contract/panel.ts'
import type { Tone } from '../../lib/outcome.ts'
import { perMille, sumUsd } from '../../lib/money.ts'

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
  const used = key.budget.limitUsd === null ? 0 : (perMille(sumUsd([key.budget.settledUsd, key.budget.heldUsd]), key.budget.limitUsd) ?? 1000)
  if (used >= 1000) return all.spent
  if (used >= 800) return all.near
  if (key.expiresAtMs !== null && key.expiresAtMs - nowMs < weekMs) return all.expiring
  return key.lastUsedAtMs === null ? all.unused : all.active
}
