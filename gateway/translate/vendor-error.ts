// Error bodies as OpenAI-style vendors write them, and the error event this family puts into a stream.
// Promises: the vendor's own wording survives; something readable comes out of any body, HTML included.
// Leaves alone: which status a caller gets.

import type { ReplyEvent, VendorError } from '../contract/chat.ts'
import { isJsonObject, listOf, objectOf, textOf, type Json } from '../contract/json.ts'
import { decode } from './json-text.ts'
import { sseData } from './sse.ts'

/** What the family's clients wait for at the end of a stream. */
export const doneMarker = '[DONE]'

export interface StreamError {
  readonly message: string
  readonly type: string
  readonly code: string
}

/**
 * `{error:{message,type,param,code}}` (OpenAI), the same in a list (Gemini's compatible layer), `{error:"text"}` (Ollama, llama.cpp),
 * `{message}` (older vLLM), `{detail}` (FastAPI), either inside the other (Mistral, github.com/editor-code-assistant/eca/issues/231), `{errors:[{message}]}`
 * (Cloudflare), or plain text from a proxy in between.
 */
export function readVendorError(status: number, body: unknown): VendorError {
  const root: unknown = Array.isArray(body) ? body[0] : body
  if (typeof root === 'string') return said(status, root.trim())
  const outer = objectOf(root) ?? {}
  const inner = outer['error']
  if (typeof inner === 'string') return said(status, inner)
  const error = isJsonObject(inner) ? inner : outer
  const listed = objectOf(listOf(outer['errors'])[0]) ?? {}
  const message = words(error['message']) ?? words(outer['message']) ?? detail(outer['detail']) ?? words(listed['message'])
  return { ...said(status, message ?? ''), type: textOf(error['type']) ?? null, code: code(error['code']), param: error['param'] ?? null }
}

const said = (status: number, message: string): VendorError => ({
  message: message === '' ? `status ${status} without a message` : message,
  type: null,
  code: null,
  param: null,
})
const code = (value: Json | undefined): string | null => (typeof value === 'number' ? String(value) : (textOf(value) ?? null))

function words(value: Json | undefined): string | undefined {
  const inner = isJsonObject(value) && value['detail'] !== undefined ? value['detail'] : value
  return inner === '' ? undefined : detail(inner)
}

function detail(value: Json | undefined): string | undefined {
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  const rows = listOf(value).map((row) => objectOf(row) ?? {})
  const said = rows.flatMap((row) => (textOf(row['msg']) === undefined ? [] : [`${listOf(row['loc']).join('.')}: ${textOf(row['msg']) ?? ''}`]))
  return said.length > 0 ? said.join('; ') : JSON.stringify(value)
}

/**
 * An error after the headers. openai-node throws at the event (its `Stream` looks for a top-level `error`, version 7.55.0); the marker behind it
 * ends readers that wait for nothing else.
 */
export function failOpenai(error: StreamError): Uint8Array {
  return Buffer.concat([sseData(JSON.stringify({ error: { message: error.message, type: error.type, param: null, code: error.code } })), sseData(doneMarker)])
}

export const cutEvent: ReplyEvent = { type: 'error', message: 'The provider broke off its reply.', code: 'upstream_cut' }

/** A piece of a stream that cannot be read. Its start is shown, for whoever has to find out why. */
export function unreadable(bytes: Uint8Array): ReplyEvent {
  return { type: 'error', message: `The provider sent a stream event that is not valid JSON: ${decode(bytes.subarray(0, 200))}`, code: 'upstream_protocol' }
}
