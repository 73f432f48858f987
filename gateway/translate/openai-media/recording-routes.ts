// What transcriptions and translations have in common: a recording in; JSON, plain text, subtitles or events out.
// Promises: what the vendor says it heard, in seconds or tokens, is believed; else the recording's own length, flagged where that is a guess.
// Leaves alone: sound itself. Source: https://platform.openai.com/docs/api-reference/audio/createTranscription, as known 2026-11-21.

import { isJsonObject, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { Meters, TextTally } from '../../contract/usage.ts'
import type { RequestBound, SentBody, StreamFacts } from '../../contract/wire.ts'
import { invalid } from '../fields.ts'
import { readOpenaiUsage } from '../openai-usage.ts'
import { createSeen, type Seen } from '../tap.ts'
import { readVendorError } from '../vendor-error.ts'
import { readForm, type MediaWire } from './media-wire.ts'
import { readMediaUsage, readSeconds } from './read-usage.ts'
import { lengthOf } from './recording.ts'

export const recordingRoutes: Omit<MediaWire, 'id'> = {
  operation: 'transcription',
  bound,
  note,
  readFacts,
  media: { types: ['text/plain', 'text/vtt', 'text/srt', 'application/x-subrip'], streams: false },
}

// One token of sound that is heard is 100 ms (https://platform.openai.com/docs/guides/realtime-costs, as known 2026-11-21).
const tokensPerSecond = 10

function bound(body: JsonObject, { bytes, contentType }: SentBody): RequestBound {
  const file = body['file']
  if (!isJsonObject(file) || contentType === undefined) throw invalid('file', 'must be one recording')
  const part = readForm(bytes, contentType).parts.find((candidate) => candidate.file !== null && candidate.name.replace('[]', '') === 'file')
  const length = lengthOf(bytes.subarray(part?.start ?? 0, part?.end ?? 0))
  const seconds = Math.ceil(length.seconds)
  return {
    mediaBytes: (part?.end ?? 0) - (part?.start ?? 0),
    images: 0,
    files: 0,
    outputTokensMax: undefined,
    choices: 1,
    unbounded: [],
    units: {
      most: length.secondsMax === null ? {} : { seconds: Math.ceil(length.secondsMax) },
      about: { seconds },
      guessed: length.exact ? [] : ['seconds'],
      tokens: { inputAudio: seconds * tokensPerSecond },
      fillsWindow: true,
    },
  }
}

function note(seen: Seen, event: JsonObject, text: TextTally): boolean {
  if (event['type'] === 'transcript.text.delta') text.add(textOf(event['delta']) ?? '')
  if (event['type'] !== 'transcript.text.done') return false
  if (text.bytes === 0) text.add(textOf(event['text']) ?? '')
  take(seen, event)
  seen.textBytesAtUsage = text.bytes
  return true
}

function take(seen: Seen, reply: JsonObject): void {
  const duration = readSeconds(reply['duration'])
  const meters = readMediaUsage(reply['usage'], 'output') ?? readHeard(reply['usage']) ?? (duration === undefined ? null : { seconds: duration })
  if (meters !== null) seen.usage = { meters, provenance: 'reported' }
}

/** Mistral's: the words of its chat, and the seconds beside (https://docs.mistral.ai/api, audio transcriptions, as known 2026-11-21). */
function readHeard(usage: unknown): Meters | null {
  const seconds = readSeconds(objectOf(usage)?.['prompt_audio_seconds'])
  return seconds === undefined ? null : { ...readOpenaiUsage(usage)?.meters, seconds }
}

function readFacts(body: unknown, text: TextTally): StreamFacts {
  const reply = objectOf(body) ?? {}
  const seen: Seen = { ...createSeen(), finished: true }
  if (reply['error'] !== undefined && reply['error'] !== null) seen.error = readVendorError(0, reply)
  else if (textOf(reply['text']) === undefined) seen.error = { ...readVendorError(0, {}), message: 'The provider sent a reply without a transcript.' }
  text.add(textOf(reply['text']) ?? '')
  take(seen, reply)
  seen.textBytesAtUsage = text.bytes
  return seen
}
