// What a surface is: a family of routes that one kind of client speaks, with its own words for errors.
// Promises: everything the door must know of a dialect stands in one object. Leaves alone: bodies (translate/).

import type { GatewayError } from '../../contract/errors.ts'
import type { Json, JsonObject } from '../../contract/json.ts'
import type { AskedPath, Framing, Operation, SurfaceId, WireId } from '../../contract/request.ts'
import type { RouteDeclaration } from '../../contract/route.ts'

/** What is read of a request before the corridor takes it. */
export interface Asked {
  readonly model: Json | undefined
  readonly stream: Json | undefined
  readonly framing?: Framing
  /** Instead of the route's, where the body itself shows which dialect it is in: then the route's is the one it is answered in. */
  readonly wire?: WireId
}
export interface InferenceRoute extends RouteDeclaration {
  readonly operation: Operation
  readonly wire: WireId
  /** Where this dialect says which model is wanted, and whether as a stream. `params` are the path's. */
  asked(json: JsonObject, params: Readonly<Record<string, string>>, query: URLSearchParams): Asked
  readonly finality?: Finality
  /** Headers that belong to what the body says: a vendor who speaks the dialect gets them as they came. */
  readonly forwards?: readonly string[]
  /** It is for the vendor of this prefix alone; raw: the body is not read but for a model's name; streams: as the route it repeats. */
  readonly passes?: { readonly prefix: string; readonly raw: boolean; readonly streams: boolean; readonly asked?: AskedRule }
}

/** How a vendor's own path follows from the one that was matched. */
export interface AskedRule {
  /** Behind the prefix and what stands for the base URL. */
  readonly template: string
  readonly base?: AskedPath['base']
  /** Taken as it came, from this segment on, instead of the template's parameters. */
  readonly restFrom?: number
  /** Segments that may not stand in such a rest: they would name another place. */
  readonly closed?: readonly string[]
  readonly query?: Readonly<Record<string, string>>
}

/** How a refusal ends matters where clients would otherwise ask again. */
export interface Finality {
  /** Instead of 403 and 404, after which its clients go on asking. */
  readonly status: number
  /** Who sends this header has words of its own for a used-up budget (429), and shows ours with the final status only. */
  readonly mark: string
}
/** What tells one route of a surface from its others. */
export type Operated = Pick<InferenceRoute, 'path' | 'operation' | 'wire' | 'summary'> & Partial<Pick<InferenceRoute, 'asked' | 'bodyTypes' | 'reply'>>

/** An error as every surface needs it. A vendor's own words stand in place of ours where there are any. */
export interface ErrorFacts {
  readonly error: GatewayError
  readonly status: number
  readonly message: string
  readonly requestId: string
}
export interface Surface {
  readonly id: SurfaceId
  /** Beginnings of paths that belong here even when nothing is served there: their 404 is worded for these clients. */
  readonly prefixes: readonly string[]
  /** Who says this in the query under its prefixes is its client: no vendor's own path is meant. */
  readonly queryMark?: string
  /** Where its clients look for the request's id, beside `x-request-id`. */
  readonly idHeader?: string
  /** Headers that only its clients send. */
  readonly marks?: readonly string[]
  /** Other surfaces' clients ask at its addresses too (the list of models): who sends another's mark is answered in that one's words. */
  readonly shared?: true
  routes(bodyBytesMax: number): readonly InferenceRoute[]
  /** The body of an error, as this surface's clients read it. */
  wordError(facts: ErrorFacts): JsonObject
}

/** Most dialects put both into the body. */
export const askedInBody = (json: JsonObject): Asked => ({ model: json['model'], stream: json['stream'] ?? false })
