// The pivot between wires: a chat, embedding or rerank request, and a reply as a union of events.
// Promises: every wire reads into and writes from these, so N wires need N codecs, not N².
// Leaves alone: anything same-dialect (those bytes pass untouched).

import type { Json, JsonObject } from './json.ts'
import type { Usage } from './usage.ts'

/** An image as the caller gave it. We never fetch a url; it is passed on as text. */
export type MediaSource = { readonly kind: 'base64'; readonly mediaType: string; readonly data: string } | { readonly kind: 'url'; readonly url: string }

export type ContentPart =
  | { readonly type: 'text'; readonly text: string; readonly cacheControl?: JsonObject }
  | { readonly type: 'image'; readonly source: MediaSource; readonly detail?: string; readonly cacheControl?: JsonObject }
  | { readonly type: 'file'; readonly source: MediaSource; readonly name?: string; readonly cacheControl?: JsonObject }
  | { readonly type: 'audio'; readonly data: string; readonly format: string }

/** A model's reasoning, carried opaquely: `signature` and `redacted` only make sense to the vendor that issued them. */
export interface Thinking {
  readonly text: string
  readonly signature?: string
  readonly redacted?: string
}
export interface ToolCall {
  readonly id: string
  readonly name: string
  /** The arguments exactly as text; may be invalid JSON when a model wrote it so. */
  readonly argumentsText: string
  /** What Gemini wants back with the call, opaque; other vendors are never shown it. */
  readonly thoughtSignature?: string
}
export type ChatMessage =
  | { readonly role: 'system'; readonly parts: readonly ContentPart[] }
  | { readonly role: 'user'; readonly parts: readonly ContentPart[]; readonly name?: string }
  | {
      readonly role: 'assistant'
      readonly parts: readonly ContentPart[]
      readonly thinking: readonly Thinking[]
      readonly toolCalls: readonly ToolCall[]
      readonly refusal?: string
    }
  | { readonly role: 'tool'; readonly callId: string; readonly parts: readonly ContentPart[]; readonly isError?: boolean }

export interface ToolDefinition {
  readonly name: string
  readonly description?: string
  /** JSON Schema, always an object schema. */
  readonly parameters: JsonObject
  readonly strict?: boolean
  readonly cacheControl?: JsonObject
}
export type ToolChoice = { readonly kind: 'auto' | 'none' | 'required' } | { readonly kind: 'tool'; readonly name: string }
export type ResponseFormat =
  { readonly kind: 'text' | 'json' } | { readonly kind: 'schema'; readonly name: string; readonly schema: JsonObject; readonly strict?: boolean }

/** What callers speak. Responses says what it has beside the pivot in the words of Chat Completions. */
export type Dialect = 'openai' | 'responses' | 'anthropic' | 'gemini' | 'ollama' | 'cohere'

export interface ChatRequest {
  readonly operation: 'chat' | 'completion'
  /** Whose words `other` are. */
  readonly dialect: Dialect
  readonly messages: readonly ChatMessage[]
  readonly tools: readonly ToolDefinition[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  /** Cap on output tokens per choice, as asked. */
  readonly outputTokensMax?: number
  readonly choices: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop: readonly string[]
  readonly seed?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  /** none · minimal · low · medium · high · xhigh · max, as the caller spelled it. */
  readonly reasoningEffort?: string
  /** The caller leaves it to the model whether it reasons at all: an effort is only for those that are known to, `none` for vendors whose models take it. */
  readonly reasoningOptional?: true
  readonly responseFormat?: ResponseFormat
  readonly user?: string
  /** Fields the pivot has no word for, kept for wires that share the dialect and for naming what was dropped. */
  readonly other: JsonObject
  /** What of the caller's own dialect no word here carries, by its own names: reported as dropped, whoever serves it. */
  readonly lost?: readonly string[]
}
export interface EmbeddingRequest {
  readonly operation: 'embedding'
  readonly dialect: Dialect
  readonly inputs: readonly string[]
  readonly dimensions?: number
  readonly encoding: 'float' | 'base64'
  readonly other: JsonObject
  readonly lost?: readonly string[]
}
export interface RerankRequest {
  readonly operation: 'rerank'
  readonly dialect: Dialect
  readonly query: string
  /** As the text that is to be compared; what a caller gets back of a document is its own. */
  readonly documents: readonly string[]
  /** How many results are wanted; absent: all. */
  readonly resultsMax?: number
  /** Where a long document is cut off. */
  readonly documentTokensMax?: number
  readonly other: JsonObject
  readonly lost?: readonly string[]
}
export type PivotRequest = ChatRequest | EmbeddingRequest | RerankRequest

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error'

export type ReplyEvent =
  | { readonly type: 'reply-start'; readonly upstreamId: string | null; readonly model: string | null }
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  /** Closes the current reasoning block with what the vendor needs back. */
  | { readonly type: 'reasoning-end'; readonly signature?: string; readonly redacted?: string }
  | { readonly type: 'refusal-delta'; readonly text: string }
  /** `index` counts tools from 0 without gaps. */
  | { readonly type: 'tool-start'; readonly index: number; readonly id: string; readonly name: string; readonly thoughtSignature?: string }
  | { readonly type: 'tool-delta'; readonly index: number; readonly argumentsText: string }
  /** A whole one, as base64. */
  | { readonly type: 'picture'; readonly mediaType: string; readonly data: string }
  | { readonly type: 'embedding'; readonly index: number; readonly vector: readonly number[] }
  /** How well the document of that place answers the query; more is better. */
  | { readonly type: 'ranking'; readonly index: number; readonly score: number }
  /** Last one wins; a vendor may report early and late. */
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly stopSequence?: string }
  | { readonly type: 'keepalive' }
  /** The vendor broke the reply off and said so. */
  | { readonly type: 'error'; readonly message: string; readonly code: string | null }
  | { readonly type: 'reply-end' }

/** A vendor's error reply, read minimally. */
export interface VendorError {
  readonly message: string
  readonly type: string | null
  readonly code: string | null
  readonly param: Json
  /** When to try again, where the vendor says so in the body instead of a header. */
  readonly retryAfterS?: number
  /** The body says that our credential was refused, whatever the status says. */
  readonly credentialRefused?: boolean
}
