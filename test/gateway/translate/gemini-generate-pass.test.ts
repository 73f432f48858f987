// Gemini to Gemini: what changes in a body, what a passing stream shows, and how a reply is written for Google's clients.
// Promises: bytes stay unless a change was declared; every form of a stream is well formed wherever it ends.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import type { Json, JsonObject } from '../../../gateway/contract/json.ts'
import type { PassEdits } from '../../../gateway/contract/wire.ts'
import { createTextTally } from '../../../gateway/kit/text-tally.ts'
import { editGemini } from '../../../gateway/translate/gemini-generate/edit.ts'
import { createGeminiReader, readGeminiWhole } from '../../../gateway/translate/gemini-generate/read-reply.ts'
import { sealThought } from '../../../gateway/translate/gemini-generate/thought-seal.ts'
import { createGeminiTap, readGeminiFacts } from '../../../gateway/translate/gemini-generate/tap.ts'
import { createGeminiWriter, writeGeminiWhole } from '../../../gateway/translate/gemini-generate/write-reply.ts'
import { seed, textOfBytes } from '../../conformance/recordings.ts'

function edit(text: string, change: Partial<PassEdits>): { text: string; same: boolean } {
  const raw = Buffer.from(text)
  const passed = editGemini(raw, JSON.parse(text) as JsonObject, { model: 'gemini-x', askUsage: true, quirks: {}, defaults: {}, ...change })
  return { text: Buffer.from(passed.body).toString('utf8'), same: passed.body === raw }
}

describe('editing in place', () => {
  it('gives the very same bytes back when nothing changes', () => {
    expect(edit('{ "contents":[], "generationConfig":{"maxOutputTokens": 40} }', { outputTokensMax: 50 }).same).toBe(true)
  })
  it.each<[string, string, Partial<PassEdits>, string]>([
    [
      'a cap above the budget',
      '{"generationConfig":{ "x":1.0,"maxOutputTokens":900 }}',
      { outputTokensMax: 50 },
      '{"generationConfig":{ "x":1.0,"maxOutputTokens":50 }}',
    ],
    [
      'a cap in the other spelling',
      '{"generation_config":{"max_output_tokens":900}}',
      { outputTokensMax: 50 },
      '{"generation_config":{"max_output_tokens":50}}',
    ],
    ['a cap as text', '{"generationConfig":{"maxOutputTokens":"9"}}', { outputTokensMax: 50 }, '{"generationConfig":{"maxOutputTokens":50}}'],
    ['a missing cap', '{"generationConfig":{"topK":3}, "a":1e400}', { outputTokensMax: 50 }, '{"generationConfig":{"maxOutputTokens":50,"topK":3}, "a":1e400}'],
    ['a missing configuration', '{"contents":[]}', { outputTokensMax: 50 }, '{"generationConfig":{"maxOutputTokens":50},"contents":[]}'],
    ['one that is null', '{"generationConfig":null}', { outputTokensMax: 50 }, '{"generationConfig":{"maxOutputTokens":50}}'],
    [
      'both spellings at once',
      '{"generationConfig":{},"generation_config":{"max_output_tokens":60}}',
      { outputTokensMax: 50 },
      '{"generationConfig":{"maxOutputTokens":50},"generation_config":{"max_output_tokens":50}}',
    ],
    [
      'penalties of a deployment’s where the model takes them',
      '{"contents":[]}',
      { model: 'gemini-2.0-flash', defaults: { presence_penalty: 0.5, frequency_penalty: 0.2 } },
      '{"generationConfig":{"presencePenalty":0.5,"frequencyPenalty":0.2},"contents":[]}',
    ],
    ['no penalties where it refuses them', '{"contents":[]}', { model: 'gemini-3-flash-preview', defaults: { presence_penalty: 0.5 } }, '{"contents":[]}'],
    [
      'defaults that were left out',
      '{"generationConfig":{"temperature":0}}',
      { defaults: { temperature: 1, top_p: 0.5, max_tokens: 7, stop: 'x', reasoning_effort: 'low', safety_settings: [] } },
      '{"safetySettings":[],"generationConfig":{"maxOutputTokens":7,"topP":0.5,"stopSequences":["x"],"temperature":0}}',
    ],
    [
      'a default below the budget’s cap',
      '{"generationConfig":{}}',
      { outputTokensMax: 50, defaults: { max_tokens: 7 } },
      '{"generationConfig":{"maxOutputTokens":7}}',
    ],
  ])('changes %s and no other byte', (_, given, change, wanted) => {
    expect(edit(given, change).text).toBe(wanted)
  })
})

const response = (parts: readonly JsonObject[], more: JsonObject = {}, candidate: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { parts: [...parts], role: 'model' }, index: 0, ...candidate }],
  responseId: 'r1',
  modelVersion: 'm1',
  ...more,
})
const events = (...values: readonly JsonObject[]): Uint8Array => Buffer.from(values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join(''))
const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 }

describe('tapping a passing stream', () => {
  const stream = events(
    response([{ text: 'é', thought: true }]),
    response([{ functionCall: { name: 'f', args: { a: 1 } } }]),
    response([{ text: 'ab' }], { usageMetadata }, { finishReason: 'STOP' }),
  )
  it('counts text, thoughts and calls, and keeps the last event for the end', () => {
    const text = createTextTally()
    const tap = createGeminiTap({ text })
    const passed = textOfBytes(tap.push(stream))
    expect(passed).not.toContain('STOP')
    expect(passed + textOfBytes([tap.end()])).toBe(textOfBytes([stream]))
    expect(text.bytes).toBe(2 + 'f{"a":1}'.length + 2)
    expect(tap.seen).toMatchObject({ finished: true, upstreamId: 'r1', model: 'm1', textBytesAtUsage: text.bytes, usage: { meters: { input: 3, output: 2 } } })
  })
  it('keeps only the last of what follows a finish', () => {
    const tap = createGeminiTap({ text: createTextTally() })
    const pieces = tap.push(events(response([{ text: 'a' }], {}, { finishReason: 'STOP' }), response([], { usageMetadata })))
    expect(textOfBytes(pieces)).toContain('STOP')
    expect(textOfBytes([tap.end()])).toContain('usageMetadata')
  })
  it('keeps nothing that the first of two candidates said when it ended', () => {
    const tap = createGeminiTap({ text: createTextTally(), choices: 2 })
    const ends = (text: string, index: number): Uint8Array => events(response([{ text }], {}, { index, finishReason: 'STOP' }))
    expect(textOfBytes(tap.push(ends('first', 0)))).toContain('first')
    expect(textOfBytes(tap.push(ends('second', 1)))).toBe('')
    expect(textOfBytes([tap.end()])).toContain('second')
  })
  it('has ended when each candidate gave a reason, unless one went on after its own', () => {
    const ended = (...values: readonly JsonObject[]): number | undefined => {
      const tap = createGeminiTap({ text: createTextTally() })
      tap.push(events(...values))
      return tap.ended
    }
    const stop = (index: number): JsonObject => response([{ text: 'a' }], {}, { index, finishReason: 'STOP' })
    expect(ended(response([{ text: 'a' }]))).toBe(0)
    expect(ended(stop(0), response([], { usageMetadata }))).toBe(1)
    expect(ended(stop(0), stop(1))).toBe(2)
    expect(ended(stop(0), stop(0))).toBe(0)
    expect(ended({ promptFeedback: { blockReason: 'SAFETY' } })).toBe(Number.POSITIVE_INFINITY)
  })
  it('is a well-formed array also where events of nothing keep the connection alive', () => {
    const tap = createGeminiTap({ text: createTextTally(), framing: 'json-array' })
    const empty = Buffer.from('data:\n\n')
    const said = events(response([{ text: 'a' }], {}, { finishReason: 'STOP' }))
    expect(JSON.parse(textOfBytes([...tap.push(empty), ...tap.push(said), ...tap.push(empty), tap.end()]))).toHaveLength(1)
  })
  it('becomes an array for those who ask for none of the events', () => {
    const tap = createGeminiTap({ text: createTextTally(), framing: 'json-array' })
    const whole = textOfBytes([...tap.push(stream), tap.end()])
    expect(tap.contentType).toBe('application/json')
    expect((JSON.parse(whole) as JsonObject[]).map((item) => item['responseId'])).toEqual(['r1', 'r1', 'r1'])
    const broken = createGeminiTap({ text: createTextTally(), framing: 'json-array' })
    const half = textOfBytes([
      ...broken.push(stream.subarray(0, 200)),
      broken.fail?.({ message: 'cut', type: 'server_error', code: 'upstream_cut' }) ?? new Uint8Array(),
    ])
    expect((JSON.parse(half) as JsonObject[]).at(-1)).toMatchObject({ error: { code: 502, message: 'cut', status: 'UNAVAILABLE' } })
  })
  it('counts each query it shows once, wherever in a stream it stands', () => {
    const grounded = (...queries: Json[]): JsonObject => response([{ text: 'a' }], {}, { groundingMetadata: { webSearchQueries: queries } })
    const tap = createGeminiTap({ text: createTextTally() })
    tap.push(events(grounded('one', '', 'two'), response([{ text: 'b' }], { usageMetadata }), grounded('two', ' ', 'three', 7)))
    expect(tap.seen.usage?.meters).toEqual({ input: 3, output: 2, searches: 3 })
    tap.push(events(response([], { usageMetadata })))
    expect(tap.seen.usage?.meters).toEqual({ input: 3, output: 2, searches: 3 })
  })
  it.each([
    ['a query each from Gemini 3 on', { modelVersion: 'gemini-3.5-flash' }, 2],
    ['a prompt before it', { modelVersion: 'gemini-2.5-pro' }, 1],
    [
      'what is billed, where that is told',
      { usageMetadata: { ...usageMetadata, billedToolCalls: [{ tool: 'GOOGLE_SEARCH_RETRIEVAL', successfulToolCallCount: 4 }] } },
      4,
    ],
    ['nothing of another tool', { usageMetadata: { ...usageMetadata, billedToolCalls: [{ tool: 'google_maps', successfulToolCallCount: 4 }] } }, 2],
    ['nothing that is no count', { usageMetadata: { ...usageMetadata, billedToolCalls: [{ tool: 'google_search', successfulToolCallCount: -4 }, 'x'] } }, 2],
  ])('counts searches: %s', (_what, fields, searches) => {
    const grounding = { groundingMetadata: { webSearchQueries: ['one', 'two'] } }
    const reply = response([{ text: 'a' }], { usageMetadata, ...fields }, grounding)
    expect(readGeminiFacts(reply, createTextTally()).usage?.meters).toEqual({ input: 3, output: 2, searches })
  })
  it('holds no more queries than any prompt needs', () => {
    const queries = ['x'.repeat(2001), ...Array.from({ length: 1000 }, (_, index) => `q${index}`)]
    const reply = response([{ text: 'a' }], { usageMetadata }, { groundingMetadata: { webSearchQueries: queries } })
    expect(readGeminiFacts(reply, createTextTally()).usage?.meters.searches).toBe(200)
  })
  it('reads a whole reply, and says when it is none', () => {
    const text = createTextTally()
    expect(readGeminiFacts(response([{ text: 'abc' }], { usageMetadata }), text)).toMatchObject({ usage: { meters: { input: 3, output: 2 } }, error: null })
    expect(text.bytes).toBe(3)
    expect(readGeminiFacts({ promptFeedback: { blockReason: 'SAFETY' } }, text).error).toBeNull()
    expect(readGeminiFacts({ odd: 1 }, text).error).toMatchObject({ message: 'The provider sent no reply of this format.' })
  })
})

describe('writing a reply', () => {
  const options = { id: '01TEST', model: 'public-name', createdS: 0, request: {} }
  const said: readonly ReplyEvent[] = [
    { type: 'reply-start', upstreamId: 'x', model: 'y' },
    { type: 'reasoning-delta', text: 'hm' },
    { type: 'reasoning-end', signature: 'c2ln' },
    { type: 'text-delta', text: 'Hello' },
    { type: 'tool-start', index: 0, id: 'c1', name: 'f' },
    { type: 'tool-start', index: 1, id: 'c2', name: 'g', thoughtSignature: 'g2ln' },
    { type: 'tool-delta', index: 0, argumentsText: '{"a"' },
    { type: 'tool-delta', index: 1, argumentsText: '' },
    { type: 'tool-delta', index: 0, argumentsText: ':1}' },
    { type: 'finish', reason: 'tool-calls' },
    { type: 'usage', usage: { meters: { input: 5, cacheRead: 2, output: 3, reasoning: 4 }, provenance: 'reported' } },
    { type: 'reply-end' },
  ]
  const written = (given: readonly ReplyEvent[], framing?: 'json-array'): string => {
    const writer = createGeminiWriter({ ...options, ...(framing === undefined ? {} : { framing }) })
    return textOfBytes([...given.map((event) => writer.write(event)), writer.end()])
  }
  it('sends calls whole and the finish last, with the usage', () => {
    const responses = written(said)
      .split('\n\n')
      .filter((event) => event !== '')
      .map(
        (event) =>
          JSON.parse(event.slice('data: '.length)) as { candidates: [{ content: { parts: JsonObject[] }; finishReason?: string }]; usageMetadata?: unknown },
      )
    expect(responses.flatMap((item) => item.candidates[0].content.parts)).toEqual([
      { text: 'hm', thought: true },
      { text: '', thought: true, thoughtSignature: sealThought({ signature: 'c2ln' }) },
      { text: 'Hello' },
      { functionCall: { id: 'c1', name: 'f', args: { a: 1 } } },
      { functionCall: { id: 'c2', name: 'g', args: {} }, thoughtSignature: 'g2ln' },
    ])
    expect(responses.map((item) => item.candidates[0].finishReason)).toEqual([undefined, undefined, undefined, 'STOP'])
    expect(responses.at(-1)?.usageMetadata).toEqual({
      promptTokenCount: 7,
      candidatesTokenCount: 3,
      thoughtsTokenCount: 4,
      cachedContentTokenCount: 2,
      totalTokenCount: 14,
    })
  })
  it('says the same whole', () => {
    expect(JSON.parse(JSON.stringify(writeGeminiWhole(said, options)))).toEqual({
      candidates: [
        {
          content: {
            parts: [
              { text: 'hm', thought: true, thoughtSignature: sealThought({ signature: 'c2ln' }) },
              { text: 'Hello' },
              { functionCall: { id: 'c1', name: 'f', args: { a: 1 } } },
              { functionCall: { id: 'c2', name: 'g', args: {} }, thoughtSignature: 'g2ln' },
            ],
            role: 'model',
          },
          finishReason: 'STOP',
          index: 0,
        },
      ],
      usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, thoughtsTokenCount: 4, cachedContentTokenCount: 2, totalTokenCount: 14 },
      modelVersion: 'public-name',
      responseId: '01TEST',
    })
  })
  it('ends once, after an error not at all', () => {
    const error: ReplyEvent = { type: 'error', message: 'broken', code: 'upstream_cut' }
    expect(written([...said.slice(0, 4), error, ...said.slice(4)]).match(/finishReason|"error"/g)).toEqual(['"error"'])
    expect(JSON.parse(written([...said.slice(0, 4), error], 'json-array'))).toHaveLength(4)
    expect(JSON.parse(written([], 'json-array'))).toMatchObject([{ candidates: [{ finishReason: 'STOP' }] }])
  })
  it('is read again to the same meaning, streamed and whole', () => {
    const text = fc.string({ minLength: 1, maxLength: 9 })
    const event = fc.oneof(
      text.map((value): ReplyEvent => ({ type: 'text-delta', text: value })),
      text.map((value): ReplyEvent => ({ type: 'reasoning-delta', text: value })),
    )
    const reply = fc.record({ body: fc.array(event, { maxLength: 5 }), reason: fc.constantFrom('stop', 'length', 'content-filter'), output: fc.nat(999) })
    const join = (given: readonly ReplyEvent[]): unknown => [
      given.flatMap((item) => (item.type === 'text-delta' ? [item.text] : [])).join(''),
      given.flatMap((item) => (item.type === 'reasoning-delta' ? [item.text] : [])).join(''),
      given.flatMap((item) => (item.type === 'finish' ? [item.reason] : [])),
      given.flatMap((item) => (item.type === 'usage' ? [item.usage.meters] : [])),
    ]
    fc.assert(
      fc.property(reply, ({ body, reason, output }) => {
        const given: ReplyEvent[] = [...body, { type: 'usage', usage: { meters: { input: 4, output }, provenance: 'reported' } }, { type: 'finish', reason }]
        const reader = createGeminiReader()
        expect(join([...reader.push(Buffer.from(written(given))), ...reader.end()])).toEqual(join(given))
        expect(join(readGeminiWhole(JSON.parse(JSON.stringify(writeGeminiWhole(given, options)))))).toEqual(join(given))
      }),
      { seed, numRuns: 200 },
    )
  })
})
