// What the vendor makes of a request: dialect, marker, tokens by its own count, the words it will say.
// Promises: all of it from the seed and the request, so that a run replays; output respects the cap that was sent.
// Leaves alone: prices (bill.ts).

import { createDraw, type Draw } from './draw.ts'
import { embeddings, eventChats, streaming, type Call, type Form, type Thinks, type Tokens, type VendorDialect } from './misbehaviour.ts'
import type { VendorRequest } from './read-request.ts'

type Fields = Readonly<Record<string, unknown>>

export const markerOf = (body: string): string | null => /\[\[call:([\w.-]+)\]\]/.exec(body)?.[1] ?? null
/** The misbehaviour a request asks for by name. */
export const forcedOf = (body: string): string | null => /\[\[([a-z][a-z0-9-]*)\]\]/.exec(body)?.[1] ?? null

const dialectByPath: readonly (readonly [end: string, dialect: VendorDialect])[] = [
  ['/chat/completions', 'openai-chat'],
  ['/completions', 'openai-completions'],
  ['/responses', 'openai-responses'],
  ['/embeddings', 'openai-embeddings'],
  ['/v1/messages', 'anthropic-messages'],
  [':generateContent', 'gemini-generate'],
  [':streamGenerateContent', 'gemini-generate'],
  [':batchEmbedContents', 'gemini-embed'],
  ['/api/chat', 'ollama-chat'],
  ['/api/generate', 'ollama-generate'],
  ['/api/embed', 'ollama-embed'],
  ['/images/generations', 'openai-images'],
  ['/images/edits', 'openai-images'],
  ['/audio/speech', 'openai-speech'],
  ['/audio/transcriptions', 'openai-transcriptions'],
  ['/audio/translations', 'openai-transcriptions'],
  ['/moderations', 'openai-moderations'],
  ['/v2/rerank', 'cohere-rerank'],
  ['/voyage/v1/rerank', 'voyage-rerank'],
  ['/tei/rerank', 'tei-rerank'],
  ['/rerank', 'jina-rerank'],
  ['/anything', 'any'],
]
export function dialectOf(path: string): VendorDialect | null {
  const [plain = ''] = path.split('?')
  return dialectByPath.find(([end]) => plain.endsWith(end))?.[1] ?? null
}

/** The form is needed before the whole request is here. Google's dialect has it in the path, the others in the body, be it JSON or a form. */
export function formOf({ path, body }: Pick<VendorRequest, 'path' | 'body'>, dialect: VendorDialect): Form {
  if (!streaming.includes(dialect)) return 'whole'
  // Sound comes piece by piece, with or without events around it.
  if (dialect === 'openai-speech') return 'streamed'
  if (dialect === 'gemini-generate') return path.includes(':streamGenerateContent') ? 'streamed' : 'whole'
  if (dialect === 'ollama-chat' || dialect === 'ollama-generate') return /"stream":\s*false/.test(body) ? 'whole' : 'streamed'
  return /"stream":\s*true|name="stream"\r\n\r\ntrue/.test(body) ? 'streamed' : 'whole'
}
const modelInPath = (path: string): string | undefined => /\/models\/([^:/]+):/.exec(path)?.[1]

export interface Reading {
  readonly seed: number
  readonly nth: number
  readonly dialect: VendorDialect
  readonly thinks?: Thinks | undefined
}

export function readCall(request: VendorRequest, { seed, nth, dialect, thinks }: Reading): Call {
  const body = parse(request.body)
  const marker = markerOf(request.body)
  const draw = createDraw(seed, `${marker ?? request.body} ${nth}`)
  const thought = marker === null ? undefined : thinks?.({ marker, dialect, cap: capOf(body) ?? wordsMax })
  const tokens = thought == null ? countTokens(body, dialect, draw) : { prompt: thought.prompt, cached: thought.cached, completion: thought.words.length }
  return {
    dialect,
    form: formOf(request, dialect),
    model: typeof body['model'] === 'string' ? body['model'] : (modelInPath(request.path) ?? '*'),
    marker,
    nth,
    asksUsage: fields(body['stream_options'])['include_usage'] === true,
    credential: credentialOf(request),
    tokens,
    words: thought?.words ?? Array.from({ length: tokens.completion }, () => `${vocabulary[draw.between(0, vocabulary.length - 1)] ?? ''} `),
    inputs: [body['input'], body['requests'], body['documents'], body['texts']].find(Array.isArray)?.length ?? 1,
    wantsBase64: body['encoding_format'] === 'base64',
    wantsSound: body['stream_format'] !== 'sse',
    draw,
    produced: 0,
    waived: false,
  }
}

// Four letters each, one of them with letters of more than one byte.
const vocabulary = ['rain', 'gold', 'tree', 'lamp', 'wind', 'übér', 'moon', 'fish']

const wordsMax = 24
const bytesPerToken = 4

/** A token per four bytes of text; a third of the calls find some of their prompt in a cache, where the dialect can say so. */
function countTokens(body: Fields, dialect: VendorDialect, draw: Draw): Tokens {
  const texts = [body['system'], body['messages'], body['input'], body['prompt'], body['contents'], body['requests']].flatMap(textsIn)
  const prompt = Math.max(1, Math.ceil(Buffer.byteLength(texts.join('')) / bytesPerToken))
  const caches = eventChats.includes(dialect)
  const cached = caches && draw.between(1, 3) === 1 ? draw.between(1, prompt) : 0
  const embeds = embeddings.includes(dialect)
  const cap = Math.max(1, Math.min(wordsMax, capOf(body) ?? wordsMax))
  return { prompt, cached, completion: embeds ? 0 : draw.between(Math.min(2, cap), cap) }
}

function capOf(body: Fields): number | null {
  const elsewhere = fields(body['options'])['num_predict'] ?? fields(body['generationConfig'])['maxOutputTokens']
  const cap = body['max_completion_tokens'] ?? body['max_tokens'] ?? body['max_output_tokens'] ?? elsewhere
  return typeof cap === 'number' ? cap : null
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  const { content, parts, text } = fields(value)
  return [content, parts, text].flatMap((inner) => (inner === undefined ? [] : textsIn(inner)))
}

const credentialOf = ({ headers }: VendorRequest): string | null =>
  headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers['authorization']?.replace(/^Bearer /, '') ?? null

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})

/** A request that is only half there is read as far as its marker needs. */
function parse(text: string): Fields {
  try {
    return fields(JSON.parse(text))
  } catch {
    return { stream: /"stream":\s*true/.test(text), model: /"model":\s*"([^"]*)"/.exec(text)?.[1] }
  }
}
