// What the vendor's dialects have in common: pieces of a stream, a whole reply, usage told in several places.
// Promises: types and the look-up only; counts are `unknown`, because a misbehaving vendor may write anything there.
// Leaves alone: each dialect's format (the files named …-speech.ts).

import { anthropicSpeech } from './anthropic-speech.ts'
import { geminiEmbedSpeech, geminiSpeech } from './gemini-speech.ts'
import type { Call, Dialect } from './misbehaviour.ts'
import { ollamaEmbedSpeech, ollamaSpeech } from './ollama-speech.ts'
import { openaiEmbeddingsSpeech, openaiSpeech } from './openai-speech.ts'
import { responsesSpeech } from './responses-speech.ts'
import type { Report, Saying, Speech } from './saying.ts'

const speeches: Readonly<Record<Dialect, Speech>> = {
  'openai-chat': openaiSpeech,
  'openai-responses': responsesSpeech,
  'openai-embeddings': openaiEmbeddingsSpeech,
  'anthropic-messages': anthropicSpeech,
  'gemini-generate': geminiSpeech,
  'gemini-embed': geminiEmbedSpeech,
  'ollama-chat': ollamaSpeech,
  'ollama-embed': ollamaEmbedSpeech,
}
export const speechOf = (call: Call): Speech => speeches[call.dialect]

export function trueReport({ tokens }: Call, completion = tokens.completion): Report {
  return { prompt: tokens.prompt, cached: tokens.cached, completion, total: tokens.prompt + completion }
}

export function honestSaying(call: Call): Saying {
  return { start: trueReport(call, 1), end: [trueReport(call)] }
}
