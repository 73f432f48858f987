// What became of a request, in one shape, one word and one colour, the same everywhere.
// Leaves alone: the gateway's own error texts.

import type { PanelRequest } from '../../gateway/contract/panel.ts'

export type Tone = 'ok' | 'warn' | 'bad' | 'unknown' | 'paused' | 'busy'
export interface Outcome {
  readonly tone: Tone
  readonly word: string
}

export function outcomeOf(request: Pick<PanelRequest, 'state' | 'end' | 'errorCode'>): Outcome {
  if (request.state === 'open') return request.end === null ? { tone: 'busy', word: 'Running' } : { tone: 'busy', word: 'Settling' }
  if (request.state === 'orphaned') return { tone: 'warn', word: 'Interrupted' }
  switch (request.end) {
    case 'answered':
      return { tone: 'ok', word: 'Answered' }
    case 'refused':
      return { tone: 'warn', word: policies.has(request.errorCode ?? '') ? 'Blocked' : 'Rejected' }
    case 'cut':
      return { tone: 'paused', word: 'Caller left' }
    default:
      return { tone: 'bad', word: 'Failed' }
  }
}

// Limits and rules stop a sound request; everything else that is refused was not sound.
const policies = new Set([
  'insufficient_quota',
  'rate_limit_exceeded',
  'concurrency_limit',
  'model_not_allowed',
  'model_unpriced',
  'request_unbounded',
  'guardrail_blocked',
])

/** Whose side an error is on, by the code the ledger kept, and what to do next. */
export interface ErrorAdvice {
  readonly side: string
  readonly next: string | null
}
export function adviceFor(request: Pick<PanelRequest, 'end' | 'errorCode' | 'state' | 'status'>): ErrorAdvice {
  const code = request.errorCode ?? ''
  if (request.state === 'orphaned')
    return { side: 'Interrupted in the gateway', next: 'The gateway stopped while this request was running. Its reserved amount is charged provisionally.' }
  if (request.end === 'cut')
    return { side: 'Ended by the caller', next: 'The caller closed the connection before the reply was complete. What the provider had produced is billed.' }
  if (code === 'upstream_rejected' && (request.status ?? 0) >= 500)
    return { side: 'The provider failed', next: 'Try again, or add a second deployment under the same model name.' }
  const known = advice[code]
  if (known !== undefined) return known
  if (code.startsWith('upstream_')) return { side: 'Failed at the provider', next: null }
  return request.end === 'refused' ? { side: 'The request was not accepted', next: null } : { side: 'Failed', next: null }
}

const advice: Readonly<Record<string, ErrorAdvice>> = {
  insufficient_quota: { side: 'Blocked by a budget', next: 'Raise the budget of the key or its team, or wait for the next period.' },
  rate_limit_exceeded: { side: 'Blocked by a rate limit', next: 'Raise the requests per minute of the key, or let the caller slow down.' },
  concurrency_limit: { side: 'Blocked by the limit of parallel requests', next: 'Raise the parallel requests of the key, or let the caller wait.' },
  model_not_found: { side: 'The caller asked for a model that does not exist here', next: 'Check the spelling, or add the model under Providers.' },
  model_not_allowed: { side: 'Blocked by the models of the key', next: 'Add the model to the key if it should be allowed.' },
  model_unpriced: { side: 'Blocked: no price', next: 'A hard budget needs a price. Add the model again under Providers with prices of your own.' },
  request_unbounded: { side: 'Blocked: no upper bound', next: 'Leave the named parts out, or use a key without a hard budget.' },
  upstream_credential: { side: 'The provider did not accept its credential', next: 'Check the provider credential under Providers.' },
  upstream_unreachable: { side: 'The provider could not be reached', next: 'Check that it is running and that its address is right.' },
  upstream_timeout: { side: 'The provider did not answer in time', next: 'Try again, or add a second deployment under the same model name.' },
  upstream_rejected: {
    side: 'The provider refused the request',
    next: 'The request itself may need a change. The provider’s own words went to the caller; they are not kept here.',
  },
  credential_missing: { side: 'No provider credential', next: 'Set the environment variable or save the credential under Providers.' },
}
