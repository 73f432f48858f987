// The words of the misbehaving vendor: dialects, a call as it understood it, a way to misbehave.
// Promises: types and the lists of dialects only. Leaves alone: sockets (line.ts), replies (speech.ts), money (bill.ts).

import type { Draw } from './draw.ts'
import type { Line } from './line.ts'

export const dialects = [
  'openai-chat',
  'openai-responses',
  'openai-embeddings',
  'anthropic-messages',
  'gemini-generate',
  'gemini-embed',
  'ollama-chat',
  'ollama-embed',
] as const
export type Dialect = (typeof dialects)[number]
/** What a vendor is asked for beside text and vectors; `any` is a path of its own, of which nobody knows what it means. */
const otherDialects = [
  'openai-completions',
  'ollama-generate',
  'openai-images',
  'openai-speech',
  'openai-transcriptions',
  'openai-moderations',
  'cohere-rerank',
  'jina-rerank',
  'voyage-rerank',
  'tei-rerank',
  'any',
] as const
export type VendorDialect = Dialect | (typeof otherDialects)[number]
export const everyDialect: readonly VendorDialect[] = [...dialects, ...otherDialects]
export const embeddings: readonly VendorDialect[] = ['openai-embeddings', 'gemini-embed', 'ollama-embed']
export const chats: readonly VendorDialect[] = dialects.filter((dialect) => !embeddings.includes(dialect))
/** Those that stream server-sent events. */
export const eventChats: readonly VendorDialect[] = chats.filter((dialect) => dialect !== 'ollama-chat')
/** Those whose streams have a closing mark: elsewhere what comes later still counts, and only the end of the connection is the end. */
export const markedChats: readonly VendorDialect[] = chats.filter((dialect) => dialect !== 'gemini-generate')
/** Those that can stream, with whatever they stream. */
export const streaming: readonly VendorDialect[] = [
  ...chats,
  'openai-completions',
  'ollama-generate',
  'openai-images',
  'openai-speech',
  'openai-transcriptions',
  'any',
]
export const eventStreaming: readonly VendorDialect[] = streaming.filter((dialect) => !dialect.startsWith('ollama-'))
export type Form = 'streamed' | 'whole'

/** What a vendor makes of a call: the tokens it counts, and the words it will say, one token each. */
export interface Thought {
  readonly prompt: number
  readonly cached: number
  readonly words: readonly string[]
}
/** Of a call with a marker; `cap` is the most it may say. null: the vendor's own small talk. */
export type Thinks = (call: { readonly marker: string; readonly dialect: VendorDialect; readonly cap: number }) => Thought | null

/** All the prompt's tokens, `cached` of them read from a cache. */
export interface Tokens {
  readonly prompt: number
  readonly cached: number
  readonly completion: number
}

export interface Call {
  readonly dialect: VendorDialect
  readonly form: Form
  readonly model: string
  /** What the test put into the last message as `[[call:…]]`. */
  readonly marker: string | null
  /** 1 for the first request with this marker, 2 for its first retry. */
  readonly nth: number
  /** Streams of OpenAI's dialect report usage only when asked. */
  readonly asksUsage: boolean
  /** The gateway's credential, for a vendor that repeats it. */
  readonly credential: string | null
  readonly tokens: Tokens
  /** The completion, one word per token; for embeddings, empty. */
  readonly words: readonly string[]
  /** How many vectors or rankings are asked for. */
  readonly inputs: number
  readonly wantsBase64: boolean
  /** Speech as sound itself, not as events. */
  readonly wantsSound: boolean
  readonly draw: Draw
  /** Completion tokens written so far. */
  produced: number
  /** Nothing is charged, whatever the rule says. */
  waived: boolean
}

export interface Misbehaviour {
  readonly name: string
  readonly appliesTo: readonly VendorDialect[]
  readonly form: Form | 'both'
  /** What the vendor bills: input = the prompt alone; produced = the prompt and what it had written. */
  readonly charges: 'nothing' | 'input' | 'produced' | 'all'
  /** What the reply says about tokens: the truth · nothing · not all · what cannot be a count · what could be one and is not true. */
  readonly usage: 'reported' | 'absent' | 'partial' | 'wrong' | 'false'
  /** What a tolerant client can make of the reply: use it · read a refusal · know that it is broken · argue about it. */
  readonly answer: 'usable' | 'refused' | 'unusable' | 'unclear'
  /** Begins when its marker is read, before the rest of the request is. */
  readonly early?: true
  /** Answers with a status that says no, in words of its own. */
  readonly refuses?: true
  /** Chosen again for every further request with the same marker. */
  readonly sticky?: true
  /** Its connection looks reusable and is not: another call in the pool may suffer for it. */
  readonly spoils?: true
  run(line: Line, call: Call): Promise<void>
}
