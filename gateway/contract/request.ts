// One inference request as the door hands it to the corridor, and its guarded form.
// Promises: the body is sealed (it prints as [redacted]); `GuardedRequest` can only be made by the guard room.
// Leaves alone: HTTP; how a wire is read (translate/).

import type { DeploymentId, RequestId } from './ids.ts'
import type { JsonObject } from './json.ts'
import type { Content } from './sealed.ts'

export const operations = ['chat', 'completion', 'embedding', 'rerank', 'image', 'speech', 'transcription', 'moderation', 'pass-through'] as const
export type Operation = (typeof operations)[number]
/** Whose answers may come as a stream; the others are whole, whatever a caller says. */
export const streamedOperations: readonly Operation[] = ['chat', 'completion', 'image', 'speech', 'transcription']

/** A concrete request and reply format. A caller speaks one; a provider speaks some. */
export const wireIds = [
  'openai-chat',
  'openai-completions',
  'openai-embeddings',
  'openai-responses',
  'openai-images',
  'openai-image-edits',
  'openai-speech',
  'openai-transcriptions',
  'openai-translations',
  'openai-moderations',
  'anthropic-messages',
  'ollama-chat',
  'ollama-generate',
  'ollama-embed',
  'gemini-generate',
  'gemini-embed',
  'bedrock-converse',
  'bedrock-invoke',
  'bedrock-titan-embed',
  'bedrock-cohere-embed',
  'vertex-predict',
  'vertex-embed',
  'mistral-chat',
  'cohere-chat',
  'cohere-chat-v1',
  'cohere-embed',
  'cohere-rerank',
  'jina-rerank',
  'voyage-rerank',
  'tei-rerank',
] as const
export type WireId = (typeof wireIds)[number]

/** A stream wanted as one JSON array instead of events. */
export type Framing = 'json-array'

/** A request by a vendor's own path (`/anthropic/v1/messages`, `/openai_passthrough/v1/threads`). */
export interface Passing {
  /** Its first segment, which says the vendor. */
  readonly prefix: string
  /** null: the path is one of the wire's, and the call is bounded, read and priced like any other on it. */
  readonly raw: RawPassing | null
  /** Set where the provider declares the path: it is the one that is called. */
  readonly asked?: AskedPath
}
/** One of a vendor's declared paths, as a request filled it in. */
export interface AskedPath {
  /** Query included, a slash first; each parameter decoded once, and encoded anew. */
  readonly path: string
  /** It is below the deployment's base URL, with this version of the API where another one is named; absent: `path` is the vendor's whole one. */
  readonly base?: { readonly version: string | null }
  /** The provider's own parameters that stand in it: they must be the deployment's. */
  readonly place: Readonly<Record<string, string>>
}
/** What is sent as it came, by a path whose meaning only the vendor knows. */
export interface RawPassing {
  readonly method: PassingMethod
  /** What follows the prefix, with its query, a slash first; the vendor's host is never part of it. */
  readonly path: string
  /** Those that may travel. */
  readonly headers: Readonly<Record<string, string>>
  /** The model that the path itself is about. What a body says, a vendor need not read. */
  readonly named: string | null
}
export const passingMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type PassingMethod = (typeof passingMethods)[number]

/** The family whose envelope errors use. */
export type SurfaceId = 'openai' | 'anthropic' | 'gemini' | 'ollama' | 'cohere' | 'bedrock' | 'admin'

export interface InferenceRequest {
  readonly id: RequestId
  readonly surface: SurfaceId
  readonly operation: Operation
  readonly wire: WireId
  /** The public model name, as asked. */
  readonly model: string
  readonly stream: boolean
  /** The wire that the answer is to be written in, where it is not the one the request came in. Such a call is always translated. */
  readonly answeredIn?: WireId
  /** How the stream is to be framed; absent: as its wire does. */
  readonly framing?: Framing
  /** The caller's own bytes, decompressed, otherwise untouched. */
  readonly body: Content<Uint8Array>
  /** The same, parsed once at the door (object, depth and key rules already checked). Of a form: its text fields, and its files as facts about them. */
  readonly json: Content<JsonObject>
  /** Of a form: the caller's own, which names its boundary. Absent: the body is JSON. */
  readonly contentType?: string
  readonly bodyBytes: number
  readonly receivedAtMs: number
  /** Headers that belong to what the body says, for a vendor who speaks the caller's dialect: its version, its betas. */
  readonly dialectHeaders?: Readonly<Record<string, string>>
  /** Set only by the gateway's own test calls: this deployment and no other. */
  readonly pinned?: DeploymentId
  /** Where it goes when no deployment's name says so. */
  readonly passing?: Passing
  readonly trace: TraceFacts
}

/** What a row remembers about where a request came from. Never content. */
export interface TraceFacts {
  /** x-litellm-trace-id, traceparent or null. */
  readonly traceId: string | null
  /** Body `litellm_session_id` / `metadata.session_id`, x-claude-code-session-id, session-id … or null. */
  readonly sessionId: string | null
  /** Body `user` or `metadata.user_id`, x-litellm-end-user-id / -customer-id. */
  readonly endUser: string | null
  /** First product of the User-Agent: "OpenAI/JS 7.55.0". */
  readonly userAgent: string | null
  readonly clientIp: string | null
  /** Body `metadata.tags`, x-litellm-tags, and the key's own; at most `tagsMax`. */
  readonly tags: readonly string[]
}
export const tagsMax = 20

/** With the key's own tags first, so that no caller can push them out. */
export function withTags(trace: TraceFacts, own: readonly string[]): TraceFacts {
  return own.length === 0 ? trace : { ...trace, tags: [...new Set([...own, ...trace.tags])].slice(0, tagsMax) }
}

declare const guarded: unique symbol
/** A request that every guardrail of its stage has passed. */
export type GuardedRequest = InferenceRequest & { readonly [guarded]: true }
/** For the guard room only. */
export const asGuarded = (request: InferenceRequest): GuardedRequest => request as GuardedRequest

export type Verdict = { readonly kind: 'pass' } | { readonly kind: 'block'; readonly guardrail: string; readonly reason: string }

/** A guardrail: inspects, never decides fail-open or fail-closed (policy does). */
export interface Guardrail {
  readonly id: string
  readonly stage: 'request' | 'reply' | 'both'
  inspect(request: InferenceRequest): Promise<Verdict>
}
