// What a reply probably used when the vendor never said: from the bytes that passed, always flagged.
// Promises: never null for an attempt that produced something; provenance is `estimated`.
// Leaves alone: the hold (bounded without any guess).

import type { GuardedRequest } from '../../contract/request.ts'
import type { Usage } from '../../contract/usage.ts'
import type { Wires } from '../../contract/wire.ts'

// English text averages about four bytes a token (OpenAI's help page "What are tokens and how to count them?", as known 2026-11-21).
const bytesPerToken = 4

export interface Passed {
  readonly deltas: number
  readonly deltaBytes: number
}

/** Vendors send about one token a delta, so the larger of both views counts. */
export function estimateUsage(request: GuardedRequest, passed: Passed, wires: Wires): Usage {
  const mediaBytes = wires[request.wire].inbound?.bound(request.json.open()).mediaBytes ?? 0
  const input = Math.ceil(Math.max(0, request.bodyBytes - mediaBytes) / bytesPerToken)
  const output = Math.max(passed.deltas, Math.ceil(passed.deltaBytes / bytesPerToken))
  return { meters: { input, output }, provenance: 'estimated' }
}
