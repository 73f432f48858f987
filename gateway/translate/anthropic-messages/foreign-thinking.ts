// Reasoning in a Messages history that Anthropic did not sign: what another vendor thought when the conversation was there, under a mark of ours.
// Promises: Anthropic would refuse the whole request for it, so it is left out, and nothing else; a history without any stays as it is.
// Leaves alone: all other signatures, empty ones too, which Anthropic checks itself.
// Source: https://platform.claude.com/docs/en/build-with-claude/extended-thinking ("Preserving thinking blocks"), as known 2026-11-21.

import { listOf, objectOf, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import { readOwn } from '../openai-responses/own-reasoning.ts'

/** Stands where a signature is expected, of reasoning that has none. */
export const unsignedMark = 'tollgate.unsigned'
const isMarked = (signature: string): boolean => signature === unsignedMark || readOwn(signature) !== null

/** Whether Anthropic may have written this signature. */
export const isSigned = (signature: string | undefined): signature is string => signature !== undefined && signature !== '' && !isMarked(signature)

/** The messages without it; null: there is none. */
export function withoutForeignThinking(body: JsonObject): Json | null {
  const messages = listOf(body['messages']).map((message) => message as Json)
  if (!messages.some((message) => contentOf(message).some(isForeign))) return null
  return messages.flatMap((message) => {
    const content = contentOf(message)
    const kept = content.filter((block) => !isForeign(block))
    if (kept.length === content.length) return [message]
    // A turn may not be empty.
    return kept.length === 0 ? [] : [{ ...objectOf(message), content: kept.map((block) => block as Json) }]
  })
}

const contentOf = (message: Json): readonly unknown[] => (objectOf(message)?.['role'] === 'assistant' ? listOf(objectOf(message)?.['content']) : [])

function isForeign(block: unknown): boolean {
  const found = objectOf(block)
  return found?.['type'] === 'thinking' && isMarked(textOf(found['signature']) ?? '')
}
