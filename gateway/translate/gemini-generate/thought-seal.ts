// How signed or hidden reasoning of another vendor travels through a conversation in Google's dialect: as a `thoughtSignature`.
// Promises: it is base64, whatever it came from: clients in Go, Java and Python decode it and fail at anything else; what was sealed here opens here, and
// is left out before Gemini. Leaves alone: signatures of Gemini's.
// Source: https://ai.google.dev/api/caching#Part (`thoughtSignature`, "a base64-encoded string"), as known 2026-11-21.

import { isJsonObject, listOf, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import { isSealed, openReasoning, sealReasoning, type SealedThinking } from '../openai-responses/reasoning-seal.ts'
import { memberOf } from './members.ts'

export const sealThought = (block: SealedThinking): string => Buffer.from(sealReasoning(block) ?? '').toString('base64')

/** null: nothing of ours. */
export const openThought = (signature: string): SealedThinking | null => openReasoning(decode(signature))

const decode = (signature: string): string => Buffer.from(signature, 'base64').toString('latin1')

/** The contents without what was sealed here; null: there is none. */
export function withoutSealedThoughts(contents: Json | undefined): Json | null {
  const given = listOf(contents).map((content) => content as Json)
  if (!given.some((content) => partsOf(content).some(isOurs))) return null
  return given.flatMap((content) => {
    const parts = partsOf(content)
    const kept = parts.filter((part) => !isOurs(part))
    if (kept.length === parts.length || !isJsonObject(content)) return [content]
    // A content may not be empty.
    return kept.length === 0 ? [] : [{ ...content, parts: kept }]
  })
}

const partsOf = (content: Json): readonly JsonObject[] => (isJsonObject(content) ? listOf(content['parts']).filter(isJsonObject) : [])

function isOurs(part: JsonObject): boolean {
  const signature = textOf(memberOf(part, 'thoughtSignature'))
  return signature !== undefined && isSealed(decode(signature))
}
