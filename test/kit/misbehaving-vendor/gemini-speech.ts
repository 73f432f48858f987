// The vendor speaking Google's generateContent and batchEmbedContents.
// Promises: what a strict client of the dialect accepts; the finish comes in an event of its own, with the usage. Leaves alone: misbehaving.
// Source: https://ai.google.dev/api/generate-content and https://ai.google.dev/api/embeddings, as known 2026-11-21.

import type { Call } from './misbehaviour.ts'
import { piece, type Piece, type Report, type Saying, type Speech } from './saying.ts'

const sse = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

const usageOf = ({ prompt, cached, completion, total }: Report): Record<string, unknown> => ({
  promptTokenCount: prompt,
  cachedContentTokenCount: cached,
  candidatesTokenCount: completion,
  totalTokenCount: total,
})
const shown = (report: Report | undefined | null): Record<string, unknown> =>
  report === undefined || report === null ? {} : { usageMetadata: usageOf(report) }

const identity = (call: Call): Record<string, unknown> => ({ modelVersion: call.model, responseId: `${call.marker ?? 'vendor'}-${call.nth}` })
const candidate = (text: string, finish?: string): Record<string, unknown> => ({
  content: { parts: [{ text }], role: 'model' },
  ...(finish === undefined ? {} : { finishReason: finish }),
  index: 0,
})
const response = (call: Call, candidates: readonly unknown[], report?: Report | null): Record<string, unknown> => ({
  candidates,
  ...shown(report),
  ...identity(call),
})

function pieces(call: Call, saying: Saying): readonly Piece[] {
  const start = saying.startShown === true ? [piece(sse(response(call, [candidate('')], saying.start)))] : []
  const [last, ...earlier] = saying.end.toReversed()
  return [
    ...start,
    ...call.words.map((word, index) => piece(sse(response(call, [candidate(word)], saying.each?.(index + 1))), 1)),
    ...earlier.toReversed().map((report) => piece(sse(response(call, [candidate('')], report)))),
    piece(sse(response(call, [candidate('', 'STOP')], last))),
    ...(saying.late === undefined ? [] : [piece(sse(response(call, [], saying.late)))]),
  ]
}

const refusal = ({ type, message }: { readonly type: string; readonly message: string }): unknown => ({
  error: { code: 500, message, status: type.toUpperCase() },
})

export const geminiSpeech: Speech = {
  streamType: 'text/event-stream',
  pieces,
  whole: (call, report) => response(call, [candidate(call.words.join(''), 'STOP')], report),
  refusal,
  brokenOff: (message) => sse(refusal({ type: 'internal', message })),
}

const numbers = [0.25, -0.5, 0.125]
export const geminiEmbedSpeech: Speech = {
  ...geminiSpeech,
  pieces: () => [],
  whole: (call, report) => ({
    embeddings: Array.from({ length: call.inputs }, () => ({ values: numbers })),
    ...(report === null ? {} : { usageMetadata: { promptTokenCount: report.prompt } }),
  }),
}
