// What bounds the cost of a chat with Cohere, of either version, before any model sees it.
// Promises: whatever could cost more than its bytes show is counted or named; never throws, whatever the body holds.
// Leaves alone: prices; whether the vendor will accept the request.
// Source: https://docs.cohere.com/reference/chat, https://docs.cohere.com/v1/reference/chat, as known 2026-11-21.

import { listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { RequestBound } from '../../contract/wire.ts'
import { boundOutput, payloadBytes } from '../openai-chat/bound.ts'
import type { Tally } from '../tally.ts'

/** It takes no files. */
type CohereTally = Omit<Tally, 'files'>

/** Searches run at the vendor, and a conversation it keeps is not in the request. */
const openEnded = ['connectors', 'conversation_id', 'search_queries_only']

export function boundCohere(body: JsonObject): RequestBound {
  const tally: CohereTally = { mediaBytes: 0, images: 0, unbounded: [] }
  for (const name of openEnded) {
    const value = body[name]
    if (value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0)) tally.unbounded.push(name)
  }
  listOf(body['messages']).forEach((message, index) =>
    listOf(objectOf(message)?.['content']).forEach((part, place) => countPart(objectOf(part) ?? {}, `messages[${index}].content[${place}]`, tally)),
  )
  return { ...tally, files: 0, outputTokensMax: boundOutput(body, ['max_tokens']), choices: 1 }
}

const plain = ['text', 'thinking', 'document']

function countPart(part: JsonObject, at: string, tally: CohereTally): void {
  const type = textOf(part['type']) ?? 'no type'
  if (plain.includes(type)) return
  if (type !== 'image_url') return void tally.unbounded.push(`${at} (${type})`)
  tally.images += 1
  tally.mediaBytes += payloadBytes(textOf(objectOf(part['image_url'])?.['url']), 'data:image/')
}
