// How much output may be asked for beside a prompt in one context window, where the caller leaves it to us.
// Promises: as far as we can count, a cap of ours does not make a vendor refuse what fits: most refuse a prompt and a cap that exceed the window together.
// What a caller asks for itself stands.
// Leaves alone: what a budget affords, which only lowers it.

import type { Deployment } from '../../contract/provider.ts'
import type { GuardedRequest } from '../../contract/request.ts'
import type { RequestBound } from '../../contract/wire.ts'
import { countInput } from './count-input.ts'

/** What is left at least, so that a prompt counted too long is still answered; a quarter of a small window. */
const leastTokens = 4096
/** The count is not the vendor's: newer Claude tokenizers make about 30 % more of the same text (platform.claude.com, model pages, as known 2026-11-22). */
const marginOfCount = 1.3

export interface RoomOrder {
  readonly request: Pick<GuardedRequest, 'bodyBytes' | 'json'>
  readonly deployment: Pick<Deployment, 'facts'>
  readonly bound: RequestBound
}

/** @param most tokens that would be asked for in a window without a prompt */
export function leaveRoom({ request, deployment: { facts }, bound }: RoomOrder, most: number): number {
  const { contextTokensMax: window } = facts
  // Where more can be written than read, the two are not of one window.
  if (window === null || facts.outputTokensMax > window) return most
  const media = bound.images * (facts.imageTokensMax ?? 0) + bound.files * (facts.fileTokensMax ?? 0)
  // No text has more tokens than bytes, so most requests need no counting.
  if (request.bodyBytes - bound.mediaBytes + media + most <= window) return most
  const prompt = Math.ceil(countInput(request.json.open(), bound, facts) * marginOfCount)
  return Math.min(most, Math.max(window - prompt, Math.min(leastTokens, Math.floor(window / 4))))
}
