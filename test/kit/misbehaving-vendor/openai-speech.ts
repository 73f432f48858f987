// The vendor speaking OpenAI's chat completions, completions and embeddings.
// Promises: what a strict client of the dialect accepts. Leaves alone: misbehaving.
// Source: https://platform.openai.com/docs/api-reference/chat-streaming, as known 2026-11-21.

import type { Call } from './misbehaviour.ts'
import { piece, type Piece, type Report, type Saying, type Speech } from './saying.ts'

const sse = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

function usageOf(report: Report): Record<string, unknown> {
  const { prompt, completion, total, cached } = report
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total, prompt_tokens_details: { cached_tokens: cached } }
}

function chunk(call: Call, choices: readonly unknown[], report: Report | null = null): string {
  const shown = report === null ? {} : { usage: usageOf(report) }
  return sse({ id: idOf(call), object: 'chat.completion.chunk', created: 1, model: call.model, choices, ...shown })
}
const idOf = (call: Call): string => `chatcmpl-${call.marker ?? 'vendor'}-${call.nth}`
const choice = (delta: unknown, finish: string | null = null): readonly unknown[] => [{ index: 0, delta, finish_reason: finish }]

function pieces(call: Call, saying: Saying): readonly Piece[] {
  const start = saying.startShown === true ? saying.start : null
  const ends = call.asksUsage ? saying.end.map((report) => piece(chunk(call, [], report))) : []
  return [
    piece(chunk(call, choice({ role: 'assistant', content: '' }), start)),
    ...call.words.map((word, index) => piece(chunk(call, choice({ content: word }), saying.each?.(index + 1) ?? null), 1)),
    piece(chunk(call, choice({}, 'stop'))),
    ...ends,
    piece('data: [DONE]\n\n'),
    ...(saying.late === undefined ? [] : [piece(chunk(call, [], saying.late))]),
  ]
}

export const openaiSpeech: Speech = {
  streamType: 'text/event-stream',
  pieces,
  whole: (call, report) => ({
    id: idOf(call),
    object: 'chat.completion',
    created: 1,
    model: call.model,
    choices: [{ index: 0, message: { role: 'assistant', content: call.words.join('') }, finish_reason: 'stop', logprobs: null }],
    ...(report === null ? {} : { usage: usageOf(report) }),
  }),
  refusal: ({ type, message }) => ({ error: { message, type, param: null, code: null } }),
  brokenOff: (message) => sse({ error: { message, type: 'server_error', param: null, code: null } }),
}

/** The older dialect, a text instead of a message. */
export const completionSpeech: Speech = {
  ...openaiSpeech,
  pieces: (call, saying) => {
    const part = (text: string, report: Report | null = null, finish: string | null = null): string =>
      sse({ ...completionHead(call), choices: [{ index: 0, text, finish_reason: finish }], ...(report === null ? {} : { usage: usageOf(report) }) })
    return [
      ...call.words.map((word, index) => piece(part(word, saying.each?.(index + 1) ?? null), 1)),
      piece(part('', null, 'stop')),
      ...(call.asksUsage ? saying.end.map((report) => piece(sse({ ...completionHead(call), choices: [], usage: usageOf(report) }))) : []),
      piece('data: [DONE]\n\n'),
    ]
  },
  whole: (call, report) => ({
    ...completionHead(call),
    choices: [{ index: 0, text: call.words.join(''), finish_reason: 'stop', logprobs: null }],
    ...(report === null ? {} : { usage: usageOf(report) }),
  }),
}
const completionHead = (call: Call): object => ({ id: idOf(call), object: 'text_completion', created: 1, model: call.model })

export const openaiEmbeddingsSpeech: Speech = {
  ...openaiSpeech,
  pieces: () => [],
  whole: (call, report) => ({
    object: 'list',
    data: Array.from({ length: call.inputs }, (_, index) => ({ object: 'embedding', index, embedding: vector(call) })),
    model: call.model,
    ...(report === null ? {} : { usage: { prompt_tokens: report.prompt, total_tokens: report.total } }),
  }),
}

const numbers = [0.25, -0.5, 0.125]
const packed = Buffer.from(Float32Array.from(numbers).buffer).toString('base64')
const vector = (call: Call): unknown => (call.wantsBase64 ? packed : numbers)
