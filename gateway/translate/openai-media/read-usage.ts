// What replies with pictures, sound and transcripts say they used, as disjoint meters.
// Promises: the sum of the token meters is what the vendor counted; a figure that cannot be a count is no report.
// Source: the ImageGenUsage and TranscriptTextUsage schemas of https://github.com/openai/openai-openapi, as known 2026-11-21.

import { countOf, numberOf, objectOf, type JsonObject } from '../../contract/json.ts'
import type { Meter, Meters } from '../../contract/usage.ts'
import { divide } from '../openai-usage.ts'

/** `output`: the meter of what is written where no details say otherwise. null: nothing that can be counted. */
export function readMediaUsage(value: unknown, output: Meter): Meters | null {
  const usage = objectOf(value) ?? {}
  const seconds = readSeconds(usage['seconds'])
  if (usage['type'] === 'duration') return seconds === undefined ? null : { seconds }
  const read = countOf(usage['input_tokens'])
  const written = countOf(usage['output_tokens'])
  if (read === undefined || written === undefined || read + written === 0) return null
  return { ...readInput(usage, read), ...readOutput(usage, written, output) }
}

// No recording plays longer; a vendor's wilder number would take its cost beyond what a ledger row can hold.
const secondsMax = 10_000_000
/** Older replies have the duration as text. */
export function readSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && value !== '' ? numberOf(Number(value)) : numberOf(value)
  return seconds !== undefined && seconds >= 0 && seconds <= secondsMax ? seconds : undefined
}

function readInput(usage: JsonObject, total: number): Meters {
  const details = objectOf(usage['input_tokens_details']) ?? objectOf(usage['input_token_details']) ?? {}
  const cached = objectOf(details['cached_tokens_details']) ?? {}
  const allCached = countOf(details['cached_tokens']) ?? 0
  const ofCached = divide(allCached, { cacheReadImage: countOf(cached['image_tokens']), cacheReadAudio: countOf(cached['audio_tokens']) })
  const less = (name: string, meter: Meter): number => Math.max(0, (countOf(details[name]) ?? 0) - (ofCached.taken[meter] ?? 0))
  const parts = {
    ...ofCached.taken,
    cacheRead: ofCached.rest,
    inputImage: less('image_tokens', 'cacheReadImage'),
    inputAudio: less('audio_tokens', 'cacheReadAudio'),
  }
  const { rest, taken } = divide(total, parts)
  return { input: rest, ...taken }
}

function readOutput(usage: JsonObject, total: number, meter: Meter): Meters {
  const details = objectOf(usage['output_tokens_details']) ?? objectOf(usage['output_token_details']) ?? {}
  const apart = { outputImage: countOf(details['image_tokens']), outputAudio: countOf(details['audio_tokens']) }
  const { rest, taken } = divide(total, apart)
  const text = countOf(details['text_tokens']) !== undefined || Object.keys(taken).length > 0
  return rest === 0 ? taken : { ...taken, [text ? 'output' : meter]: rest }
}
