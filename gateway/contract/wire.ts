// What a wire's codec can do. One object per wire in translate/, all pure.
// Promises: `call` needs nothing else to pass bytes through, to translate, and to know what was used.
// Leaves alone: network, prices, retries.

import type { PivotRequest, ReplyEvent, VendorError } from './chat.ts'
import type { JsonObject } from './json.ts'
import type { Framing, Operation, WireId } from './request.ts'
import type { Meter, Meters, TextTally, Usage } from './usage.ts'
import type { Quirks } from './provider.ts'

/** What bounds a request's cost before any model sees it. Reads fields, counts no tokens. */
export interface RequestBound {
  /** Base64 media bytes inside the body, to be taken off the text bytes. */
  readonly mediaBytes: number
  readonly images: number
  readonly files: number
  /** Output cap per choice as asked; undefined = the model's maximum. */
  readonly outputTokensMax: number | undefined
  readonly choices: number
  /** Bytes of text that may be read more often than they stand in the body (a query, once per document). Absent: none. */
  readonly repeatedBytes?: number
  /** Most calls it may be billed as, where it is sold by calls (Cohere's search units). Absent: one. */
  readonly calls?: number
  /** Things whose cost the request does not show: "messages[2].content[0] (file_id)", "tools[1] (web_search)". */
  readonly unbounded: readonly string[]
  /** The same for what runs at a vendor who speaks the caller's own wire, and is left out of every translation. */
  readonly hosted?: { readonly wire: WireId; readonly names: readonly string[] }
  /** Present where an operation is not text in and text out. */
  readonly units?: UnitBound
}

/** Of operations that may be sold by the image, the second, the character. No field of theirs caps what they write. */
export interface UnitBound {
  /** The most there can be. A unit that is missing here has no bound. */
  readonly most: Meters
  /** What is taken to have been used where the vendor does not say. */
  readonly about: Meters
  /** Those of `about` that are no count. */
  readonly guessed: readonly Meter[]
  /** About how many tokens it comes to beside its text, where the model is sold by tokens and the vendor does not say. Output left out: the model's most. */
  readonly tokens: Meters
  /** Input that only the model's window bounds: audio. */
  readonly fillsWindow?: true
}

/** A request's bytes, for what its fields do not show: how long a recording plays. */
export interface SentBody {
  readonly bytes: Uint8Array
  /** Of a form. */
  readonly contentType?: string
  /** What the caller's dialect says in headers. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Changes policy makes to a request that otherwise passes byte for byte. */
export interface PassEdits {
  /** The vendor's own model name. */
  readonly model: string
  /** Set when the budget caps the output below what the caller asked. Per choice. */
  readonly outputTokensMax?: number
  /** Ask the vendor for usage in a stream, when the wire has a switch for it. */
  readonly askUsage: boolean
  readonly quirks: Quirks
  /** Values from the deployment's settings for top-level fields that the caller left out. */
  readonly defaults: JsonObject
  /** Of a form. */
  readonly contentType?: string
  /** What the caller's dialect says in headers. */
  readonly headers?: Readonly<Record<string, string>>
}
/** The new body, and whether a usage event was asked for that the caller did not ask for (strip it again). */
export interface PassedRequest {
  readonly body: Uint8Array
  readonly stripUsage: boolean
  /** In place of the dialect's headers, where the vendor wants them said otherwise. */
  readonly headers?: Readonly<Record<string, string>>
  /** What the vendor would refuse, by the caller's name. */
  readonly dropped?: readonly string[]
  /** Events of the reply may be as long as pictures are. */
  readonly pictures?: boolean
}

/** Takes a stream of another type out of what a reseller wraps it in. */
export interface Envelope {
  /** Of the wrapped stream. */
  readonly type: string
  open(): EnvelopeReader
}
export interface EnvelopeReader {
  /** @throws GatewayError upstream_protocol when it is damaged */
  push(bytes: Uint8Array): readonly Uint8Array[]
  /** @throws GatewayError upstream_cut when it ends within a piece */
  end(): void
}

/** Reads a same-dialect reply while its bytes pass. */
export interface Tap {
  /** Bytes to forward now. The wire's closing event (`data: [DONE]`) is kept for `end`. */
  push(bytes: Uint8Array): readonly Uint8Array[]
  /** What is left to send after the record: closing event, unfinished line. */
  end(): Uint8Array
  /** The wire's closing event has come; nothing after it counts. */
  readonly closed: boolean
  /** Where choices end by themselves and nothing closes the stream: so many have ended. More may follow, and what ended the last one is kept for `end`. */
  readonly ended?: number
  /** Where it is not the wire's `streamType`. */
  readonly contentType?: string
  /** An error after what has passed, where its form depends on that. */
  fail?(error: { readonly message: string; readonly type: string; readonly code: string }): Uint8Array
  readonly seen: StreamFacts
}
export interface TapOptions {
  readonly stripUsage: boolean
  readonly text: TextTally
  readonly framing?: Framing
  readonly pictures?: boolean
  /** So many were asked for. Absent: one. */
  readonly choices?: number
}
/** What passing bytes showed. */
export interface StreamFacts {
  readonly usage: Usage | null
  readonly upstreamId: string | null
  readonly model: string | null
  /** Text, reasoning and tool arguments that had passed when usage was last reported; more than that now means the report is stale. */
  readonly textBytesAtUsage: number
  readonly finished: boolean
  /** Set when the vendor broke the stream off with an error event. */
  readonly error: VendorError | null
}

/** Turns an upstream's stream into events. Tolerant: unknown events are skipped, bad ones become `error`. */
export interface ReplyReader {
  /** Nothing closes streams of this format, and the reply has ended. More may follow. */
  readonly ended?: boolean
  push(bytes: Uint8Array): readonly ReplyEvent[]
  end(): readonly ReplyEvent[]
}
/** Turns events into the caller's stream. */
export interface ReplyWriter {
  readonly contentType: string
  write(event: ReplyEvent): Uint8Array
  /** The closing bytes. */
  end(): Uint8Array
  /** An error after the headers, in this wire's own form. */
  fail(error: { readonly message: string; readonly type: string; readonly code: string }): Uint8Array
}
export interface WriterOptions {
  readonly id: string
  /** The public model name. */
  readonly model: string
  readonly createdS: number
  /** The caller's own body: include_usage, encoding_format. */
  readonly request: JsonObject
  readonly framing?: Framing
}
export interface WrittenRequest {
  readonly body: JsonObject
  /** Parameters this wire cannot carry, by the caller's name. Reported in a reply header, or refused unless dropping is allowed. */
  readonly dropped: readonly string[]
  /** Tools that the vendor knows by another name than the caller: what was written, and the caller's own. Absent: none. */
  readonly toolNames?: ReadonlyMap<string, string>
  /** As of a request that passes. */
  readonly pictures?: boolean
}
export interface WriteTarget {
  readonly model: string
  readonly stream: boolean
  /** For wires that require a cap: what the call may at most produce per choice. */
  readonly outputTokensMax: number
  /** What the caller or its budget asked for per choice; null = nothing, leave it to the model where the wire allows that. Absent: as outputTokensMax. */
  readonly outputTokensAsked?: number | null
  /** The deployment's own settings (num_ctx, keep_alive …). */
  readonly settings: JsonObject
  readonly quirks: Quirks
  /** The model is known to reason. Absent: nobody knows. */
  readonly reasons?: boolean
}

export interface Wire {
  readonly id: WireId
  readonly operation: Operation
  /** It has no translation: between this wire and another there is none, and a whole reply to a caller who asked for a stream is handed on as it is. */
  readonly passesOnly?: true
  /** What resellers wrap this wire's streams in. Absent: nothing. */
  readonly envelopes?: readonly Envelope[]
  /** The content type of an upstream stream on this wire. */
  readonly streamType: 'text/event-stream' | 'application/x-ndjson' | 'application/stream+json' | 'application/vnd.amazon.eventstream'

  /** As a caller's wire. Absent when callers cannot speak it yet. */
  readonly inbound?: {
    /** `sent`: the body as it came, for what its fields do not show. */
    bound(body: JsonObject, sent?: SentBody): RequestBound
    /** @throws GatewayError invalid_request naming the field */
    read(body: JsonObject): PivotRequest
    createWriter(options: WriterOptions): ReplyWriter
    writeWhole(events: readonly ReplyEvent[], options: WriterOptions): JsonObject
    /** What an engine answers to a body that only has it load a model or let it go; null: a model is asked. Absent in dialects without such. */
    answerIdle?(body: JsonObject, at: { readonly model: string; readonly nowMs: number }): JsonObject | null
  }
  /** As a provider's wire. */
  readonly outbound: {
    /** Absent: requests reach a provider in this wire only by passing. */
    write?(request: PivotRequest, target: WriteTarget): WrittenRequest
    /** `pictures`: its events may be as long as pictures are. */
    createReader(options?: { readonly pictures?: boolean }): ReplyReader
    /** Some have what was used in a header. */
    readWhole(body: unknown, headers?: Readonly<Record<string, string>>): readonly ReplyEvent[]
    readError(status: number, body: unknown): VendorError
    /** No body of this wire says what it used. */
    readonly silent?: true
  }
  /** When caller and provider both speak it. Absent when no caller can. */
  readonly pass?: {
    /** As `inbound.bound`, of a wire that callers speak by the vendor's own path only. */
    bound?(body: JsonObject, sent?: SentBody): RequestBound
    edit(raw: Uint8Array, body: JsonObject, edits: PassEdits): PassedRequest
    createTap(options: TapOptions): Tap
    /** Facts of a whole (non-streamed) reply, some of which may stand in its headers; its text is added to the tally. */
    readFacts(body: unknown, text: TextTally, headers?: Readonly<Record<string, string>>): StreamFacts
    /** False: the caller's body is of an older form, which has to be read and written anew. Absent: every form passes. */
    takes?(request: JsonObject): boolean
    /** True when a whole reply is not in the form the caller asked for, so it must be read and written anew. Absent: that cannot happen. */
    misfits?(body: unknown, request: JsonObject): boolean
    /** Replies that are neither JSON nor a stream of events: their content types, the one first that stands for a vendor who names none. They pass as they come. */
    readonly media?: { readonly types: readonly string[]; /** While they come, or when all is there. */ readonly streams: boolean }
    /** An error event in this wire's stream form. */
    fail(error: { readonly message: string; readonly type: string; readonly code: string }): Uint8Array
  }
}

export type Wires = Readonly<Record<WireId, Wire>>
