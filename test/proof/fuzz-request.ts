// What a fuzzed request is, and what it may know of the gateway it is sent to.
// Promises: a request is whole: nothing is decided while it is sent. Leaves alone: where it comes from (fuzz-plan.ts, fuzz-corpus.ts).

import type { SurfaceId } from '../../gateway/contract/request.ts'

export interface FuzzedRequest {
  readonly index: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | null
  /** Where it stands in the table of answers. */
  readonly row: string
  /** Meant for a vendor; null: what it comes to is nobody's intention. */
  readonly reaches: boolean | null
  /** Whose words a refusal must be in; null: whoever's. */
  readonly surface: SurfaceId | null
  /** Written to the socket as it is, instead of all of the above but the surface. */
  readonly raw: Uint8Array | null
}
export interface Ground {
  readonly keys: { readonly budgeted: string; readonly free: string }
  readonly adminKey: string
  /** Responses that were kept for the free key. */
  readonly kept: readonly string[]
  /** Declared routes that are not inference, as /openapi.json lists them. */
  readonly routes: readonly (readonly [method: string, path: string])[]
}
