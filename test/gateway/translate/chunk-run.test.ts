// Bursts of like events, which are taken at once: what a tap shows and lets through is what it shows when it meets them byte by byte.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTextTally } from '../../../gateway/kit/text-tally.ts'
import { readRun, textsIn } from '../../../gateway/translate/chunk-run.ts'
import { createOpenaiTap } from '../../../gateway/translate/openai-tap.ts'

interface Shown {
  readonly out: string
  readonly facts: unknown
}

/** What of the bytes passes, and what was understood. */
function show(pieces: readonly Uint8Array[]): Shown {
  const text = createTextTally()
  const tap = createOpenaiTap({ stripUsage: true, text })
  const out = [...pieces.flatMap((piece) => tap.push(piece)), tap.end()]
  return {
    out: Buffer.concat(out).toString('latin1'),
    facts: { ...tap.seen, closed: tap.closed, bytes: text.bytes, deltas: text.deltas, tokens: text.tokens() },
  }
}
const byteByByte = (bytes: Uint8Array): Shown => show(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))

const envelope = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_763_683_200, model: 'some-model' }
const toText = (delta: object, more: object = {}): string => JSON.stringify({ ...envelope, choices: [{ index: 0, delta, finish_reason: null }], ...more })
const content = (text: string): string => `data: ${toText({ content: text })}\n\n`

const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('word ', 'a', '', 'é', '🙂', '\\', '"', '\n', '\\"', '"},"finish_reason":null}]}', 'data: {"usage":{}}') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
)
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
const event = fc.oneof(
  { weight: 30, arbitrary: word.map(content) },
  { weight: 2, arbitrary: word.map((text) => content(text).replaceAll('\n', '\r\n')) },
  { weight: 2, arbitrary: word.map((text) => `data: ${toText({ content: text }, { usage: null })}\n\n`) },
  { weight: 2, arbitrary: word.map((text) => `data: ${toText({ reasoning: text, content: text })}\n\n`) },
  // A string that ends with a lone backslash goes on behind its quote.
  { weight: 1, arbitrary: fc.constant(content('END').replace('END"', 'x\\"')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(`data: ${toText({ content: 'u' }, { usage })}\n\n`, `data: ${JSON.stringify({ ...envelope, choices: [], usage })}\n\n`),
  },
  { weight: 1, arbitrary: fc.constantFrom(': a comment\n\n', '\n', 'event: x\n', 'data: {"error":{"message":"no"}}\n\n', 'data: [DONE]\n\n') },
  { weight: 1, arbitrary: fc.constant(`data: ${JSON.stringify({ ...envelope, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`) },
)
const times = fc.integer({ min: 1, max: 12 })
const burst = fc.tuple(event, times).map(([text, count]) => text.repeat(count))

describe('a burst', () => {
  it('is what its bytes are one by one, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(burst, { maxLength: 12 }), fc.array(fc.nat({ max: 6000 }), { maxLength: 3 }), (texts, cuts) => {
        const bytes = Buffer.from(texts.join(''))
        const places = [0, ...cuts.filter((at) => at < bytes.length).toSorted((one, other) => one - other), bytes.length]
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
        expect(show(pieces)).toEqual(byteByByte(bytes))
      }),
      { numRuns: 400 },
    )
  })
  it('passes as the very bytes, uncopied', () => {
    const bytes = Buffer.from(Array.from({ length: 40 }, (_, index) => content(`word ${index} `)).join(''))
    const tap = createOpenaiTap({ stripUsage: false, text: createTextTally() })
    const [only, ...others] = tap.push(bytes)
    expect(others).toEqual([])
    expect([only?.buffer === bytes.buffer, only?.byteOffset === bytes.byteOffset, only?.length]).toEqual([true, true, bytes.length])
  })
  it('of a thousand events that are all unlike is not asked about for ever', () => {
    const text = createTextTally()
    const tap = createOpenaiTap({ stripUsage: false, text })
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => `data: ${toText({ content: 'word ' }, { nonce: index })}\n\n`).join(''))
    expect(Buffer.concat([...tap.push(bytes)]).equals(bytes)).toBe(true)
    expect(text.deltas).toBe(1000)
  })
})

describe('a run', () => {
  const likeness = { head: 'data: {"content":"', tail: '"}\n\n' }
  const like = (text: string): string => `${likeness.head}${text}${likeness.tail}`
  const read = (text: string, from = 0): unknown => {
    const run = readRun(text, from, likeness)
    return run === null ? null : { ...run, texts: textsIn(text, from, { run, likeness }) }
  }
  it('ends where an event is different, cut or not one string', () => {
    const two = like('a') + like('b\\"c')
    const both = { end: two.length, inside: 'ab\\"c', filled: 2, texts: ['a', 'b\\"c'] }
    expect(read(two)).toEqual(both)
    expect(read(two + like('c').slice(0, -1))).toEqual(both)
    expect(read(`${two}data: [DONE]\n\n`)).toEqual(both)
    expect(read(`${two}data: [DONE]\n\n`, two.length)).toBeNull()
    expect(read(`data: {}\n\n${two}`, 10)).toEqual({ ...both, end: 10 + two.length })
    expect(read(like('a\\') + like('b'))).toBeNull()
    expect(read(like('a","usage":"1') + like('b'))).toBeNull()
  })
  it('counts the strings that say something, and goes on behind escaped backslashes', () => {
    const text = like('') + like('a\\\\') + like('') + like('b')
    expect(read(text)).toEqual({ end: text.length, inside: 'a\\\\b', filled: 2, texts: ['', 'a\\\\', '', 'b'] })
  })
  it('is none where a string holds a line’s end, which ends the event', () => {
    expect(read(like('a\nb') + like('c'))).toBeNull()
    expect(read(like('a\rb') + like('c'))).toBeNull()
  })
})
