// Reads what passing Gemini replies show (usage, id, errors, how much text) without touching their bytes.
// Promises: bytes out = bytes in; the last event after every finish is kept for `end`, because this format has no closing mark.
// Leaves alone: translation (read-reply.ts does that); the form of an array, for which events are put together anew.

import { countOf, isJsonObject, listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import { laterUsage, type TextTally } from '../../contract/usage.ts'
import type { StreamFacts, Tap, TapOptions } from '../../contract/wire.ts'
import { geminiFailure, readGeminiError } from '../gemini-error.ts'
import { decode, parseJson } from '../json-text.ts'
import { framesFor } from '../pictures.ts'
import { createSseSplitter, saysNothing, type SseEvent } from '../sse.ts'
import { createSeen, type Seen } from '../tap.ts'
import { createFrames } from './frames.ts'
import { readGeminiUsage } from './read-usage.ts'
import { createSearches, type Searches } from './searches.ts'

export function createGeminiTap({ text, framing, pictures, choices = 1 }: Omit<TapOptions, 'stripUsage'>): Tap {
  const splitter = createSseSplitter(framesFor({ pictures }))
  const frames = createFrames(framing)
  const noted = createNoted(text)
  const { seen } = noted
  let held: Uint8Array | null = null
  const pass = (event: SseEvent): readonly Uint8Array[] => {
    const response = event.data === null ? undefined : objectOf(parseJson(event.data))
    if (response !== undefined) note(noted, response)
    const bytes = framing === undefined ? event.raw : event.data === null || saysNothing(event.data) ? new Uint8Array() : frames.response(decode(event.data))
    const earlier = held === null ? [] : [held]
    held = seen.finished && (noted.goesOn || endedIn(noted) >= choices) ? bytes : null
    return held === null ? [...earlier, bytes] : earlier
  }
  return {
    seen,
    closed: false,
    get ended() {
      return noted.goesOn ? 0 : endedIn(noted)
    },
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

/** A prompt that is blocked has no candidates, and none will come. */
const endedIn = ({ seen, ended }: Noted): number => (seen.finished && ended.size === 0 ? Number.POSITIVE_INFINITY : ended.size)

interface Noted {
  readonly seen: Seen
  readonly searches: Searches
  readonly text: TextTally
  /** Candidates that gave a reason for their end. */
  readonly ended: Set<number>
  /** One of them went on: some servers give a reason with every response. */
  goesOn: boolean
}
const createNoted = (text: TextTally): Noted => ({ seen: createSeen(), searches: createSearches(), text, ended: new Set(), goesOn: false })

function note(noted: Noted, response: JsonObject): void {
  const { seen, searches, text } = noted
  seen.upstreamId ??= textOf(response['responseId']) ?? null
  seen.model ??= textOf(response['modelVersion']) ?? null
  if (response['error'] !== undefined && response['error'] !== null) seen.error ??= readGeminiError(0, response)
  const candidates = listOf(response['candidates']).map((candidate) => objectOf(candidate) ?? {})
  for (const [place, candidate] of candidates.entries()) noteCandidate(noted, candidate, place)
  const usage = readGeminiUsage(response['usageMetadata'])
  if (usage !== null) {
    seen.usage = laterUsage(seen.usage, usage)
    seen.textBytesAtUsage = text.bytes
  }
  searches.note(response)
  seen.usage = searches.addTo(seen.usage)
  const blocked = candidates.length === 0 && textOf(objectOf(response['promptFeedback'])?.['blockReason']) !== undefined
  seen.finished ||= blocked || candidates.some((candidate) => textOf(candidate['finishReason']) !== undefined)
}

function noteCandidate(noted: Noted, candidate: JsonObject, place: number): void {
  const { text, ended } = noted
  const index = countOf(candidate['index']) ?? place
  const before = text.bytes
  for (const part of listOf(objectOf(candidate['content'])?.['parts'])) countPart(objectOf(part) ?? {}, text)
  noted.goesOn ||= ended.has(index) && text.bytes > before
  if (textOf(candidate['finishReason']) !== undefined) ended.add(index)
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
  const noted = createNoted(text)
  const { seen } = noted
  note(noted, reply)
  // Text, a number or an object of another kind is nothing a caller could use, whatever its status says.
  if (!Array.isArray(reply['candidates']) && !seen.finished) seen.error ??= { ...readGeminiError(0, {}), message: 'The provider sent no reply of this format.' }
  seen.finished = true
  return seen
}
