// Reads what passing Gemini replies show (usage, id, errors, how much text) without touching their bytes.
// Promises: bytes out = bytes in; the last event after a finish is kept for `end`, because this format has no closing mark.
// Leaves alone: translation (read-reply.ts does that); the form of an array, for which events are put together anew.

import { isJsonObject, listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import { laterUsage, type TextTally } from '../../contract/usage.ts'
import type { StreamFacts, Tap, TapOptions } from '../../contract/wire.ts'
import { geminiFailure, readGeminiError } from '../gemini-error.ts'
import { decode, parseJson } from '../json-text.ts'
import { framesFor } from '../pictures.ts'
import { createSseSplitter, type SseEvent } from '../sse.ts'
import { createSeen, type Seen } from '../tap.ts'
import { createFrames } from './frames.ts'
import { readGeminiUsage } from './read-usage.ts'

export function createGeminiTap({ text, framing, pictures }: Omit<TapOptions, 'stripUsage'>): Tap {
  const splitter = createSseSplitter(framesFor({ pictures }))
  const frames = createFrames(framing)
  const seen = createSeen()
  let held: Uint8Array | null = null
  const pass = (event: SseEvent): readonly Uint8Array[] => {
    const response = event.data === null ? undefined : objectOf(parseJson(event.data))
    if (response !== undefined) note(seen, response, text)
    const bytes = framing === undefined ? event.raw : event.data === null ? new Uint8Array() : frames.response(decode(event.data))
    const earlier = held === null ? [] : [held]
    held = seen.finished ? bytes : null
    return held === null ? [...earlier, bytes] : earlier
  }
  return {
    seen,
    closed: false,
    contentType: frames.contentType,
    push: (bytes) => splitter.push(bytes).flatMap(pass),
    end() {
      const rest = splitter.end()
      const last = rest === null ? [] : pass(rest)
      const kept = held === null ? [] : [held]
      held = null
      return Buffer.concat([...last, ...kept, frames.close()])
    },
    fail: (error) => Buffer.concat([frames.response(JSON.stringify(geminiFailure(error))), frames.close()]),
  }
}

function note(seen: Seen, response: JsonObject, text: TextTally): void {
  seen.upstreamId ??= textOf(response['responseId']) ?? null
  seen.model ??= textOf(response['modelVersion']) ?? null
  if (response['error'] !== undefined && response['error'] !== null) seen.error ??= readGeminiError(0, response)
  const candidates = listOf(response['candidates']).map((candidate) => objectOf(candidate) ?? {})
  for (const candidate of candidates) for (const part of listOf(objectOf(candidate['content'])?.['parts'])) countPart(objectOf(part) ?? {}, text)
  const usage = readGeminiUsage(response['usageMetadata'])
  if (usage !== null) {
    seen.usage = laterUsage(seen.usage, usage)
    seen.textBytesAtUsage = text.bytes
  }
  const blocked = candidates.length === 0 && textOf(objectOf(response['promptFeedback'])?.['blockReason']) !== undefined
  seen.finished ||= blocked || candidates.some((candidate) => textOf(candidate['finishReason']) !== undefined)
}

function countPart(part: JsonObject, text: TextTally): void {
  const said = textOf(part['text'])
  if (said !== undefined && said !== '') text.add(said)
  const call = objectOf(part['functionCall'])
  if (call === undefined) return
  text.add(textOf(call['name']) ?? '')
  if (isJsonObject(call['args'])) text.add(JSON.stringify(call['args']))
}

/** Facts of a whole reply. */
export function readGeminiFacts(body: unknown, text: TextTally): StreamFacts {
  const reply = objectOf(body) ?? {}
  const seen = createSeen()
  note(seen, reply, text)
  // Text, a number or an object of another kind is nothing a caller could use, whatever its status says.
  if (!Array.isArray(reply['candidates']) && !seen.finished) seen.error ??= { ...readGeminiError(0, {}), message: 'The provider sent no reply of this format.' }
  seen.finished = true
  return seen
}
