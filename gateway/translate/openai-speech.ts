// OpenAI's speech as a wire: text in, sound out, as it is made, or as events.
// Promises: characters are counted as the vendor counts them, before anything is sent. Leaves alone: sound itself.
// Source: https://platform.openai.com/docs/api-reference/audio/createSpeech, as known 2026-11-21.

import { textOf, type JsonObject } from '../contract/json.ts'
import type { RequestBound, StreamFacts, Wire } from '../contract/wire.ts'
import { createSeen, type Seen } from './tap.ts'
import { readVendorError } from './vendor-error.ts'
import { createMediaWire } from './openai-media/media-wire.ts'
import { readMediaUsage } from './openai-media/read-usage.ts'

export const openaiSpeech: Wire = createMediaWire({
  id: 'openai-speech',
  operation: 'speech',
  bound,
  note,
  readFacts,
  media: {
    types: [
      ...['audio/mpeg', 'audio/mp3', 'audio/opus', 'audio/ogg', 'audio/aac', 'audio/flac', 'audio/x-flac', 'audio/wav', 'audio/x-wav', 'audio/wave'],
      ...['audio/pcm', 'audio/l16', 'audio/basic', 'audio/mp4', 'audio/webm', 'application/octet-stream'],
    ],
    streams: true,
  },
})

// English read aloud; only for models that are sold by what they say and do not tell how much that was.
const charactersPerSecond = 15
// One token of spoken output is 50 ms (https://platform.openai.com/docs/guides/realtime-costs, as known 2026-11-21).
const tokensPerSecond = 20

function bound(body: JsonObject): RequestBound {
  const characters = Array.from(textOf(body['input']) ?? '').length
  const seconds = Math.ceil(characters / charactersPerSecond)
  return {
    mediaBytes: 0,
    images: 0,
    files: 0,
    outputTokensMax: undefined,
    choices: 1,
    unbounded: [],
    units: { most: { characters }, about: { characters, seconds }, guessed: ['seconds'], tokens: { outputAudio: seconds * tokensPerSecond } },
  }
}

/** `speech.audio.delta` brings sound, `speech.audio.done` what it took. */
function note(seen: Seen, event: JsonObject): boolean {
  if (event['type'] !== 'speech.audio.done') return false
  const meters = readMediaUsage(event['usage'], 'outputAudio')
  if (meters !== null) seen.usage = { meters, provenance: 'reported' }
  return true
}

/** A whole reply is sound; JSON in its place is a refusal, whatever its status says. */
function readFacts(body: unknown): StreamFacts {
  const error = readVendorError(0, body)
  return { ...createSeen(), finished: true, error: { ...error, message: `The provider sent no sound: ${error.message}` } }
}
