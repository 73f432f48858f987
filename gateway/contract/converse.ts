// Replies that a later request may go on from: the words between the corridor, the room that keeps them, and the routes that show them.
// Promises: types only. Leaves alone: how many are kept and for how long (rooms/converse).

import type { Caller } from './caller.ts'
import type { KeyId } from './ids.ts'
import type { Outcome } from './itinerary.ts'
import type { Json, JsonObject } from './json.ts'
import type { InferenceRequest } from './request.ts'
import type { Content } from './sealed.ts'

export interface KeptResponse {
  /** What it answered, everything that came before included. */
  readonly input: readonly Json[]
  /** As the caller got it. */
  readonly response: JsonObject
}
/** A key sees its own. */
export interface KeptResponses {
  find(keyId: KeyId, id: string): Content<KeptResponse> | null
  /** `bytes`: about what it takes, as the request and its reply were read and sent. False: it is too large. */
  keep(keyId: KeyId, id: string, what: { readonly kept: KeptResponse; readonly bytes: number }): boolean
  /** False: there was none. */
  forget(keyId: KeyId, id: string): boolean
}

export interface Converse {
  /** The request with what it refers to in its place. The same object when it refers to nothing kept here. @throws GatewayError previous_response_not_found, body_too_large */
  resume(caller: Caller, request: InferenceRequest): InferenceRequest
  keep(visit: { readonly caller: Caller; readonly request: InferenceRequest; readonly outcome: Outcome }): void
}
