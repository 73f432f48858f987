// The vendor answering for pictures, sound and moderation in OpenAI's formats, and on a path that nobody knows.
// Promises: what a strict client of each accepts; sound is bytes that mean nothing. Leaves alone: misbehaving.
// Source: https://platform.openai.com/docs/api-reference (images, audio, moderations), as known 2026-11-21.

import type { Call } from './misbehaviour.ts'
import { openaiSpeech } from './openai-speech.ts'
import { piece, type Piece, type Report, type Saying, type Speech } from './saying.ts'

const usageOf = ({ prompt, completion, total }: Report): Record<string, unknown> => ({ input_tokens: prompt, output_tokens: completion, total_tokens: total })
const shown = (report: Report | null | undefined): Record<string, unknown> => (report === null || report === undefined ? {} : { usage: usageOf(report) })

const event = (value: Readonly<Record<string, unknown>>): string => `event: ${String(value['type'])}\ndata: ${JSON.stringify(value)}\n\n`

/** One event for each word, then as many ends as the usage is told. */
const told = (
  call: Call,
  saying: Saying,
  words: { part(word: string, index: number): object; end(): object; readonly names: readonly [string, string] },
): readonly Piece[] => {
  const [part, done] = words.names
  const ends = saying.end.length === 0 ? [null] : [...saying.end, ...(saying.late === undefined ? [] : [saying.late])]
  return [
    ...call.words.map((word, index) => piece(event({ type: part, ...words.part(word, index), ...shown(saying.each?.(index + 1)) }), 1)),
    ...ends.map((report) => piece(event({ type: done, ...words.end(), ...shown(report) }))),
  ]
}

const picture = Buffer.from('89504e470d0a1a0a00ff', 'hex').toString('base64')
export const imageSpeech: Speech = {
  ...openaiSpeech,
  pieces: (call, saying) =>
    told(call, saying, {
      names: ['image_generation.partial_image', 'image_generation.completed'],
      part: (_word, index) => ({ b64_json: picture, partial_image_index: index }),
      end: () => ({ b64_json: picture }),
    }),
  whole: (_call, report) => ({ created: 1, data: [{ b64_json: picture }], ...shown(report) }),
}

export const soundEventSpeech: Speech = {
  ...openaiSpeech,
  pieces: (call, saying) =>
    told(call, saying, {
      names: ['speech.audio.delta', 'speech.audio.done'],
      part: (word) => ({ audio: Buffer.from(word).toString('base64') }),
      end: () => ({}),
    }),
  whole: (call, report) => ({ audio: call.words.join(''), ...shown(report) }),
}

export const soundSpeech: Speech = {
  ...soundEventSpeech,
  streamType: 'audio/mpeg',
  pieces: (call) => call.words.map((word) => piece(`\u0000\r\n${word}`, 1)),
}

export const transcriptSpeech: Speech = {
  ...openaiSpeech,
  pieces: (call, saying) =>
    told(call, saying, {
      names: ['transcript.text.delta', 'transcript.text.done'],
      part: (delta) => ({ delta }),
      end: () => ({ text: call.words.join('') }),
    }),
  whole: (call, report) => ({ text: call.words.join(''), ...(report === null ? {} : { usage: { type: 'tokens', ...usageOf(report) } }) }),
}

export const moderationSpeech: Speech = {
  ...openaiSpeech,
  pieces: () => [],
  whole: (call, report) => ({ id: 'modr-1', model: call.model, results: [{ flagged: false, categories: {}, category_scores: {} }], ...shown(report) }),
}

export const anySpeech: Speech = {
  ...openaiSpeech,
  pieces: (call, saying) => told(call, saying, { names: ['thing.part', 'thing.done'], part: (word) => ({ word }), end: () => ({}) }),
  whole: (call, report) => ({ id: 'thing_1', object: 'thing', words: call.words, ...shown(report) }),
}
