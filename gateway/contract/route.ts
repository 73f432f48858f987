// The declaration every HTTP route must make before the gateway starts.
// Promises: authentication class, role, body and reply schema and limits are part of the route; a route without them does not compile.
// Leaves alone: HTTP itself (door/).

import type { z } from 'zod'
import type { Caller } from './caller.ts'
import type { SurfaceId } from './request.ts'

/** none: answers without a key (health, the panel's files, the front page, the sign-in exchange) · key: a virtual key or the admin key · admin: the admin key or a panel session · session: a panel session, or the admin key in its place. */
export type AuthClass = 'none' | 'key' | 'admin' | 'session'

export type BodyType = 'application/json' | 'application/octet-stream' | 'multipart/form-data'

export interface RouteLimits {
  readonly bodyBytesMax: number
}
export interface RouteDeclaration {
  /** `GET /v1/models/{model*}`: what is matched, authorised and dispatched. `{name*}` takes what is there up to what follows it, encoded slashes included. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly auth: AuthClass
  readonly surface: SurfaceId
  /** One line for /openapi.json. */
  readonly summary: string
  readonly tag: string
  readonly query?: z.ZodType
  /** Absent: no body is read. 'wire': the corridor reads it (inference). 'text': JSON that the handler gets as its own text, because numbers count digit by digit. */
  readonly body?: z.ZodType | 'wire' | 'text'
  /** What such a body may be written in. Absent: JSON. */
  readonly bodyTypes?: readonly BodyType[]
  /** 'wire': the dialect's own reply; 'media': the same, where it may be sound or plain text; 'stream': CSV or events; 'file': panel files. */
  readonly reply: z.ZodType | 'wire' | 'media' | 'stream' | 'file' | 'text'
  readonly limits: RouteLimits
}

/** What a handler that answers with JSON is given. */
export interface RouteCall {
  readonly params: Readonly<Record<string, string>>
  /** Parsed by the route's own schemas. */
  readonly query: unknown
  readonly body: unknown
  /** null on routes without a key. */
  readonly caller: Caller | null
  readonly sessionHash: string | null
  readonly changedBy: string | null
  readonly requestId: string
  /** It came by TLS. */
  readonly secure: boolean
  /** Aborted when the caller leaves or the gateway stops. */
  readonly gone: AbortSignal
}
export type RouteAnswer =
  | { readonly kind: 'json'; readonly status?: number; readonly value: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'text'; readonly text: string; readonly status?: number }
  | {
      readonly kind: 'stream'
      readonly contentType: string
      readonly headers?: Readonly<Record<string, string>>
      readonly chunks: AsyncIterable<string | Uint8Array>
    }
  | { readonly kind: 'empty'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }

export interface JsonRoute extends RouteDeclaration {
  handle(call: RouteCall): Promise<RouteAnswer>
}
