// What the vendor's dialects have in common: pieces of a stream, a whole reply, usage told in several places.
// Promises: types and the look-up only; counts are `unknown`, because a misbehaving vendor may write anything there.
// Leaves alone: each dialect's format (the files named …-speech.ts).

import { anthropicSpeech } from './anthropic-speech.ts'
import { geminiEmbedSpeech, geminiSpeech } from './gemini-speech.ts'
import { anySpeech, imageSpeech, moderationSpeech, soundEventSpeech, soundSpeech, transcriptSpeech } from './media-speech.ts'
import type { Call, VendorDialect } from './misbehaviour.ts'
import { ollamaEmbedSpeech, ollamaGenerateSpeech, ollamaSpeech } from './ollama-speech.ts'
import { completionSpeech, openaiEmbeddingsSpeech, openaiSpeech } from './openai-speech.ts'
import { cohereRerankSpeech, jinaRerankSpeech, teiRerankSpeech, voyageRerankSpeech } from './rerank-speech.ts'
import { responsesSpeech } from './responses-speech.ts'
import type { Report, Saying, Speech } from './saying.ts'

const speeches: Readonly<Record<VendorDialect, Speech>> = {
  'openai-chat': openaiSpeech,
  'openai-responses': responsesSpeech,
  'openai-embeddings': openaiEmbeddingsSpeech,
  'anthropic-messages': anthropicSpeech,
  'gemini-generate': geminiSpeech,
  'gemini-embed': geminiEmbedSpeech,
  'ollama-chat': ollamaSpeech,
  'ollama-embed': ollamaEmbedSpeech,
  'openai-completions': completionSpeech,
  'ollama-generate': ollamaGenerateSpeech,
  'openai-images': imageSpeech,
  'openai-speech': soundEventSpeech,
  'openai-transcriptions': transcriptSpeech,
  'openai-moderations': moderationSpeech,
  'cohere-rerank': cohereRerankSpeech,
  'jina-rerank': jinaRerankSpeech,
  'voyage-rerank': voyageRerankSpeech,
  'tei-rerank': teiRerankSpeech,
  any: anySpeech,
}
export const speechOf = (call: Call): Speech => (call.dialect === 'openai-speech' && call.wantsSound ? soundSpeech : speeches[call.dialect])

export function trueReport({ tokens }: Call, completion = tokens.completion): Report {
  return { prompt: tokens.prompt, cached: tokens.cached, completion, total: tokens.prompt + completion }
}

export function honestSaying(call: Call): Saying {
  return { start: trueReport(call, 1), end: [trueReport(call)] }
}
