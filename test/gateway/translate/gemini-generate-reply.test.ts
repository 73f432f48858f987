// What Gemini answers, as events: usage, endings, calls, errors.
// Promises: each rule stands in Google's reference; the recorded replies are read here to the last figure.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { completionTokens, promptTokens } from '../../../gateway/contract/usage.ts'
import { readGeminiError } from '../../../gateway/translate/gemini-error.ts'
import { createGeminiReader, readGeminiWhole } from '../../../gateway/translate/gemini-generate/read-reply.ts'
import { readGeminiUsage, writeGeminiUsage } from '../../../gateway/translate/gemini-generate/read-usage.ts'
import { seed } from '../../conformance/recordings.ts'

const recorded = (name: string): Buffer => readFileSync(path.join(import.meta.dirname, '../../fixtures/wire/gemini', name))
function streamed(name: string): readonly ReplyEvent[] {
  const reader = createGeminiReader()
  return [...reader.push(recorded(name)), ...reader.end()]
}
const whole = (name: string): readonly ReplyEvent[] => readGeminiWhole(JSON.parse(recorded(name).toString('utf8')))
const lastUsage = (events: readonly ReplyEvent[]): unknown => events.flatMap((event) => (event.type === 'usage' ? [event.usage.meters] : [])).at(-1)
const finishOf = (events: readonly ReplyEvent[]): unknown => events.flatMap((event) => (event.type === 'finish' ? [event.reason] : []))

describe('recorded replies', () => {
  it('bring text, with the cached part of the prompt apart', () => {
    expect(whole('gemini-generate.text.whole.json')).toEqual([
      { type: 'reply-start', upstreamId: 'dBqjaMS1IeeFz7IP0L7L-Q4', model: 'gemini-2.5-flash' },
      { type: 'text-delta', text: 'AI learns patterns from data.\nThen it guesses.' },
      { type: 'usage', usage: { meters: { input: 64, cacheRead: 2000, output: 15 }, provenance: 'reported' } },
      { type: 'finish', reason: 'stop' },
      { type: 'reply-end' },
    ])
  })
  it('bring thoughts, which are counted beside the answer', () => {
    const events = streamed('gemini-generate.thinking.stream.txt')
    const said = (type: 'text-delta' | 'reasoning-delta'): string => events.flatMap((event) => (event.type === type ? [event.text] : [])).join('')
    expect(said('reasoning-delta')).toBe('**Adding up**\n\nFirst the tens, then the ones.')
    expect(said('text-delta')).toBe('The sum is 112.')
    expect(lastUsage(events)).toEqual({ input: 28, output: 15, reasoning: 789 })
    expect(finishOf(events)).toEqual(['stop'])
  })
  it('bring calls with their ids and the signature of the first', () => {
    const events = streamed('gemini-generate.tools.stream.txt')
    expect(events.filter((event) => event.type === 'tool-start' || event.type === 'tool-delta')).toEqual([
      { type: 'tool-start', index: 0, id: '8f2b1a3c', name: 'weather', thoughtSignature: 'CiQB0e2Kb5Yq+7h/w==' },
      { type: 'tool-delta', index: 0, argumentsText: '{"city":"Paris","unit":"°C"}' },
      { type: 'tool-start', index: 1, id: '8f2b1a3d', name: 'weather' },
      { type: 'tool-delta', index: 1, argumentsText: '{"city":"Zürich"}' },
    ])
    expect(finishOf(events)).toEqual(['tool-calls'])
  })
  it('bring calls without ids, which then get one each, and count what the vendor’s tools wrote', () => {
    const events = whole('gemini-generate.tools.whole.json')
    const ids = events.flatMap((event) => (event.type === 'tool-start' ? [event.id] : []))
    expect(new Set(ids).size).toBe(2)
    expect(ids.every((id) => /^call_[a-z0-9]{14}$/.test(id))).toBe(true)
    expect(whole('gemini-generate.tools.whole.json')).toEqual(events)
    expect(lastUsage(events)).toEqual({ input: 103, output: 31 })
  })
  it('may be blocked before any candidate', () => {
    const events = streamed('gemini-generate.blocked.stream.txt')
    expect(finishOf(events)).toEqual(['content-filter'])
    expect(lastUsage(events)).toEqual({ input: 9, output: 0 })
  })
  it('may break off with an error', () => {
    expect(streamed('gemini-generate.overloaded.stream.txt').at(-1)).toEqual({
      type: 'error',
      message: 'The model is overloaded. Please try again later.',
      code: 'UNAVAILABLE',
    })
  })
})

describe('an ending', () => {
  const ended = (finishReason: string, parts: readonly JsonObject[] = [{ text: 'x' }]): unknown =>
    finishOf(readGeminiWhole({ candidates: [{ content: { parts: [...parts] }, finishReason }] }))
  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content-filter'],
    ['RECITATION', 'content-filter'],
    ['LANGUAGE', 'content-filter'],
    ['BLOCKLIST', 'content-filter'],
    ['PROHIBITED_CONTENT', 'content-filter'],
    ['SPII', 'content-filter'],
    ['IMAGE_SAFETY', 'content-filter'],
    ['MALFORMED_FUNCTION_CALL', 'error'],
    ['UNEXPECTED_TOOL_CALL', 'error'],
    ['TOO_MANY_TOOL_CALLS', 'error'],
    ['SOMETHING_NEW', 'stop'],
  ])('%s is %s', (reason, finish) => {
    expect(ended(reason)).toEqual([finish])
  })
  it('after a call is one of calls', () => {
    expect(ended('STOP', [{ functionCall: { name: 'f' } }])).toEqual(['tool-calls'])
  })
  it('that is missing makes the reply an error', () => {
    expect(readGeminiWhole({ candidates: [{ content: { parts: [{ text: 'x' }] } }] }).at(-1)).toMatchObject({ type: 'error', code: 'upstream_protocol' })
    const reader = createGeminiReader()
    reader.push(Buffer.from('data: {"candidates":[{"content":{"parts":[{"text":"x"}]}}]}\n\n'))
    expect(reader.end()).toMatchObject([{ type: 'error', code: 'upstream_cut' }])
  })
})

describe('usage', () => {
  it.each([
    [
      { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
      { input: 10, output: 5 },
    ],
    [
      { promptTokenCount: 10, thoughtsTokenCount: 7, totalTokenCount: 17 },
      { input: 10, output: 0, reasoning: 7 },
    ],
    [
      { promptTokenCount: 10, candidatesTokenCount: 5, cachedContentTokenCount: 99 },
      { input: 0, cacheRead: 10, output: 5 },
    ],
    [
      {
        promptTokenCount: 100,
        candidatesTokenCount: 9,
        cachedContentTokenCount: 30,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 40 },
          { modality: 'AUDIO', tokenCount: 60 },
        ],
        cacheTokensDetails: [
          { modality: 'AUDIO', tokenCount: 20 },
          { modality: 'TEXT', tokenCount: 10 },
        ],
        candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 4 }],
      },
      { input: 30, cacheRead: 10, inputAudio: 40, cacheReadAudio: 20, output: 5, outputAudio: 4 },
    ],
  ])('%j', (usage, meters) => {
    expect(readGeminiUsage(usage)).toEqual({ meters, provenance: 'reported' })
  })
  it.each([
    [{}],
    [{ promptTokenCount: 10 }],
    [{ promptTokenCount: 1.5, totalTokenCount: 2 }],
    [{ promptTokenCount: 3, candidatesTokenCount: -1 }],
    ['no'],
    [null],
  ])('%j is none', (usage) => {
    expect(readGeminiUsage(usage)).toBeNull()
  })
  it('keeps the sums of both sides when written and read again', () => {
    const count = fc.integer({ min: 0, max: 1_000_000 })
    const meters = fc.record({ input: fc.integer({ min: 1, max: 1_000_000 }), cacheRead: count, output: count, reasoning: count })
    fc.assert(
      fc.property(meters, (given) => {
        const again = readGeminiUsage(writeGeminiUsage({ meters: given, provenance: 'reported' }))?.meters ?? {}
        expect([promptTokens(again), completionTokens(again), again.cacheRead ?? 0, again.reasoning ?? 0]).toEqual([
          given.input + given.cacheRead,
          given.output + given.reasoning,
          given.cacheRead,
          given.reasoning,
        ])
      }),
      { seed, numRuns: 200 },
    )
  })
})

describe('an error', () => {
  const read = (name: string): unknown => readGeminiError(400, JSON.parse(recorded(name).toString('utf8')))
  it('of the key is told from a bad request', () => {
    expect(read('gemini-generate.key.error.json')).toMatchObject({ credentialRefused: true, code: 'INVALID_ARGUMENT' })
    expect(readGeminiError(400, { error: { code: 400, message: 'm', status: 'INVALID_ARGUMENT' } })).toEqual({
      message: 'm',
      type: 'invalid_request_error',
      code: 'INVALID_ARGUMENT',
      param: null,
    })
  })
  it('of the quota says when to come back', () => {
    expect(read('gemini-generate.quota.error.json')).toMatchObject({ retryAfterS: 19, type: 'rate_limit_error', code: 'RESOURCE_EXHAUSTED' })
  })
  it('may come in a list', () => {
    expect(readGeminiError(503, [{ error: { code: 503, message: 'busy', status: 'UNAVAILABLE' } }])).toMatchObject({ message: 'busy', code: 'UNAVAILABLE' })
  })
})
