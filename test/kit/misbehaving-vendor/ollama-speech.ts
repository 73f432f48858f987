// The vendor speaking Ollama's native chat and embeddings.
// Promises: what a strict client of the dialect accepts; there are no cached tokens here. Leaves alone: misbehaving.
// Source: https://docs.ollama.com/api/chat and https://docs.ollama.com/api/embed, as known 2026-11-21.

import type { Call } from './misbehaviour.ts'
import { piece, type Piece, type Report, type Saying, type Speech } from './saying.ts'

const usageOf = ({ prompt, completion }: Report): Record<string, unknown> => ({ prompt_eval_count: prompt, eval_count: completion })
const shown = (report: Report | undefined | null): Record<string, unknown> => (report === undefined || report === null ? {} : usageOf(report))

const head = (call: Call): Record<string, unknown> => ({ model: call.model, created_at: '2026-01-01T00:00:00Z' })
const row = (call: Call, rest: Record<string, unknown>): string => `${JSON.stringify({ ...head(call), ...rest })}\n`
type Said = (content: string) => Record<string, unknown>
const inMessage: Said = (content) => ({ message: { role: 'assistant', content } })
const atTop: Said = (response) => ({ response })

function piecesOf(said: Said, call: Call, saying: Saying): readonly Piece[] {
  const done = (report: Report | undefined): string => row(call, { ...said(''), done: true, done_reason: 'stop', total_duration: 1, ...shown(report) })
  const start = saying.startShown === true ? [piece(row(call, { ...said(''), done: false, ...shown(saying.start) }))] : []
  return [
    ...start,
    ...call.words.map((word, index) => piece(row(call, { ...said(word), done: false, ...shown(saying.each?.(index + 1)) }), 1)),
    ...(saying.end.length === 0 ? [piece(done(undefined))] : saying.end.map((report) => piece(done(report)))),
    ...(saying.late === undefined ? [] : [piece(done(saying.late))]),
  ]
}

const speaking = (said: Said): Speech => ({
  streamType: 'application/x-ndjson',
  pieces: (call, saying) => piecesOf(said, call, saying),
  whole: (call, report) => ({ ...head(call), ...said(call.words.join('')), done: true, done_reason: 'stop', ...shown(report) }),
  refusal: ({ message }) => ({ error: message }),
  brokenOff: (message) => `${JSON.stringify({ error: message })}\n`,
})
export const ollamaSpeech = speaking(inMessage)
/** A prompt instead of a conversation. */
export const ollamaGenerateSpeech = speaking(atTop)

const numbers = [0.25, -0.5, 0.125]
export const ollamaEmbedSpeech: Speech = {
  ...ollamaSpeech,
  pieces: () => [],
  whole: (call, report) => ({
    model: call.model,
    embeddings: Array.from({ length: call.inputs }, () => numbers),
    total_duration: 1,
    ...(report === null ? {} : { prompt_eval_count: report.prompt }),
  }),
}
