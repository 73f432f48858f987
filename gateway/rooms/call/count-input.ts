// About how many tokens a request is, counted when its vendor does not say: the texts of its messages, its tools, its images by their known size.
// Promises: bounded work, however long the request (a long text is sampled); media bytes are never taken for text.
// Leaves alone: the hold (bounded without any guess).

import { isJsonObject, type JsonObject } from '../../contract/json.ts'
import type { ModelFacts } from '../../contract/provider.ts'
import type { RequestBound } from '../../contract/wire.ts'
import { countTokens } from '../../kit/token-count.ts'

// A chat template puts its marks around each message and opens the answer (OpenAI's cookbook, "How to count tokens with tiktoken", as known 2026-11-21).
const tokensPerMessage = 3
const tokensOfOpening = 3

/** Of every wire, with those that only pass. */
const textFields = [
  ...['system', 'messages', 'prompt', 'input', 'instructions', 'documents'],
  ...['systemInstruction', 'system_instruction', 'contents', 'content', 'requests', 'instances'],
  // Cohere's first chat, Titan's embeddings, Cohere's and those of Hugging Face's servers.
  ...['message', 'chat_history', 'preamble', 'inputText', 'texts', 'inputs'],
]

export function countInput(body: JsonObject, bound: RequestBound, facts: ModelFacts): number {
  const texts: string[] = []
  const said = body['messages'] ?? body['contents']
  const messages = Array.isArray(said) ? said.length : 0
  for (const field of textFields) collect(body[field], texts)
  // What a tool is described by is structure as well as text.
  for (const field of ['tools', 'functions', 'toolConfig', 'response_format']) if (body[field] !== undefined) texts.push(JSON.stringify(body[field]))
  const media = bound.images * (facts.imageTokensMax ?? 0) + bound.files * (facts.fileTokensMax ?? 0)
  const tokenIds = countIds(body) + countQuery(body)
  return countSampled(texts.join('\n')) + media + tokenIds + (messages === 0 ? 0 : messages * tokensPerMessage + tokensOfOpening)
}

// Names and marks of the format, not what was said.
const structure = new Set([
  ...['role', 'type', 'id', 'tool_call_id', 'tool_use_id', 'cache_control', 'detail', 'format', 'media_type', 'signature', 'model', 'taskType'],
  // Media and opaque marks of Gemini's parts: base64 without a prefix that would tell it from text.
  ...['inlineData', 'inline_data', 'fileData', 'file_data', 'thoughtSignature', 'thought_signature'],
  // OpenAI's sound; and its own reasoning, which it alone can read.
  ...['input_audio', 'encrypted_content'],
])

function collect(value: unknown, texts: string[]): void {
  if (typeof value === 'string') {
    if (!isMedia(value)) texts.push(value)
  } else if (Array.isArray(value)) for (const item of value) collect(item, texts)
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) if (!structure.has(key) && !isBytes(key, item, value)) collect(item, texts)
}

/** Base64 by its place: Anthropic's beside its own description, Converse's alone in a source, Ollama's beside a role. */
function isBytes(key: string, item: unknown, beside: JsonObject): boolean {
  if (key === 'data') return beside['type'] === 'base64'
  if (key === 'bytes') return typeof item === 'string' && Object.keys(beside).length === 1
  return key === 'images' && Array.isArray(item) && typeof beside['role'] === 'string'
}

const isMedia = (text: string): boolean => text.startsWith('data:') && text.slice(0, 300).includes(';base64,')

/** Prompts and inputs may be given in tokens. */
function countIds(body: JsonObject): number {
  const given: unknown = body['prompt'] ?? body['input']
  if (!Array.isArray(given)) return 0
  const lists: readonly unknown[] = typeof given[0] === 'number' ? [given] : given
  return lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0)
}

/** A query that documents are held against is read with each of them. */
function countQuery({ query, documents }: JsonObject): number {
  return typeof query === 'string' && Array.isArray(documents) ? countSampled(query) * documents.length : 0
}

const wholeLengthMax = 128 * 1024
const sampleLength = 4 * 1024
const samples = 24

/** A long text is counted in samples from all over it: counting all of it would make every other caller wait. */
function countSampled(text: string): number {
  if (text.length <= wholeLengthMax) return countTokens(text)
  const step = (text.length - sampleLength) / (samples - 1)
  let tokens = 0
  for (let index = 0; index < samples; index += 1) {
    const start = Math.floor(index * step)
    tokens += countTokens(text.slice(start, start + sampleLength))
  }
  return Math.round((tokens * text.length) / (samples * sampleLength))
}
