// The same promises for every wire, held against every recorded reply.
// Promises: a wire added to the shelf, or a recording added to the fixtures, is covered without a line here.

import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../gateway/contract/chat.ts'
import { streamedOperations, wireIds, type WireId } from '../../gateway/contract/request.ts'
import { createTextTally } from '../../gateway/kit/text-tally.ts'
import { eventStreamType } from '../../gateway/translate/event-stream.ts'
import { wires } from '../../gateway/translate/index.ts'
import { cutAt, readAll, readRecordings, seed, textOfBytes, withLineEnds } from './recordings.ts'

const recordings = readRecordings()
const streams = recordings.filter((recording) => recording.kind === 'stream')
const wholes = recordings.filter((recording) => recording.kind === 'whole')
const failures = recordings.filter((recording) => recording.kind === 'error')
const options = { id: '01TEST', model: 'public-name', createdS: 1_700_000_000, request: { stream_options: { include_usage: true } } }

/** Those that only pass have no events; what passes is held against the same recordings below. */
const isTranslated = ({ wire }: { readonly wire: WireId }): boolean => wires[wire].passesOnly !== true
/** A whole reply of speech is sound. */
const neverWhole: readonly WireId[] = ['openai-speech']
/** Of an operation that streams otherwise. */
const neverStreamed: readonly WireId[] = ['openai-translations']

it.each(wireIds)('%s is registered under its own id and has recordings', (id) => {
  expect(wires[id].id).toBe(id)
  if (!neverWhole.includes(id)) expect(wholes.some((recording) => recording.wire === id)).toBe(true)
  expect(failures.some((recording) => recording.wire === id)).toBe(true)
  if (streamedOperations.includes(wires[id].operation) && !neverStreamed.includes(id)) expect(streams.some((recording) => recording.wire === id)).toBe(true)
})

describe.each(streams.filter(isTranslated))('$name', ({ wire, bytes }) => {
  const read = (pieces: readonly Uint8Array[]): readonly ReplyEvent[] => readAll(wires[wire].outbound.createReader(), pieces)
  const whole = read([bytes])

  it('starts once, ends once with an ending or an error, and counts tools from 0 without gaps', () => {
    expect(whole.filter((event) => event.type === 'reply-start')).toHaveLength(1)
    expect(whole.filter((event) => event.type === 'finish').length + whole.filter((event) => event.type === 'error').length).toBe(1)
    const tools = whole.flatMap((event) => (event.type === 'tool-start' ? [event.index] : []))
    expect(tools).toEqual(tools.map((_, index) => index))
  })

  it('reads the same events when cut at every byte', () => {
    for (let place = 0; place <= bytes.length; place += 1) expect(read(cutAt(bytes, [place])), `cut at ${place}`).toEqual(whole)
  })

  it('reads the same events when cut at random places, byte by byte, and with CRLF', () => {
    const places = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 })
    fc.assert(
      fc.property(places, (cuts) => {
        expect(read(cutAt(bytes, cuts))).toEqual(whole)
      }),
      { seed, numRuns: 50 },
    )
    expect(
      read(
        cutAt(
          bytes,
          Array.from(bytes, (_, index) => index),
        ),
      ),
    ).toEqual(whole)
    // Binary messages have no lines.
    if (wires[wire].streamType !== eventStreamType) expect(read([withLineEnds(bytes, '\r\n')])).toEqual(whole)
  })

  it('never throws on a stream that is cut short, and says that it was', () => {
    for (let length = 0; length < bytes.length; length += 7) {
      const events = read([bytes.subarray(0, length)])
      const ended = events.some((event) => event.type === 'finish' || event.type === 'error')
      expect(ended, `cut after ${length}`).toBe(true)
    }
  })

  it('never throws on damaged bytes', () => {
    const damage = fc.array(fc.tuple(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = Uint8Array.from(bytes)
        for (const [place, value] of changes) damaged[place] = value
        expect(Array.isArray(read([damaged]))).toBe(true)
      }),
      { seed, numRuns: 100 },
    )
  })
})

const sse = streams.filter(isTranslated).filter(({ wire }) => wires[wire].streamType === 'text/event-stream')

it.each(sse)('$name is read as the same events when events of nothing keep its connection alive', ({ wire, bytes }) => {
  const read = (stream: Uint8Array): readonly ReplyEvent[] => readAll(wires[wire].outbound.createReader(), [stream])
  const alive = Buffer.from(bytes).toString('utf8').replaceAll('\n\n', '\n\ndata:\n\ndata: \n\n')
  expect(read(Buffer.from(`data:\n\n${alive}`))).toEqual(read(bytes))
})

interface Written {
  readonly choices: readonly [
    {
      readonly finish_reason: string
      readonly message: { readonly content: string | null; readonly tool_calls?: readonly { id: string; function: { arguments: string } }[] }
    },
  ]
  readonly usage: unknown
}
const complete = streams
  .filter(isTranslated)
  .filter(({ wire, bytes }) => !readAll(wires[wire].outbound.createReader(), [bytes]).some((event) => event.type === 'error'))

it.each(complete)('$name becomes a stream that the strict OpenAI client reads to the same meaning', async ({ wire, bytes }) => {
  const events = readAll(wires[wire].outbound.createReader(), [bytes])
  const chat = wires['openai-chat'].inbound
  const writer = chat?.createWriter(options)
  const body = Buffer.concat([...events.map((event) => writer?.write(event) ?? new Uint8Array()), writer?.end() ?? new Uint8Array()])
  const client = new OpenAI({ apiKey: 'unused', maxRetries: 0, fetch: async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }) })
  const stream = client.chat.completions.stream({ model: 'any', messages: [{ role: 'user', content: 'any' }], stream_options: { include_usage: true } })
  const reply = await stream.finalChatCompletion()
  const written = JSON.parse(JSON.stringify(chat?.writeWhole(events, options))) as Written
  const calls = reply.choices[0]?.message.tool_calls ?? []
  expect(reply.choices[0]?.message.content ?? '').toBe(written.choices[0].message.content ?? '')
  expect(calls.map((call) => [call.id, call.type === 'function' ? call.function.arguments : ''])).toEqual(
    (written.choices[0].message.tool_calls ?? []).map((call) => [call.id, call.function.arguments]),
  )
  expect(reply.choices[0]?.finish_reason).toBe(written.choices[0].finish_reason)
  expect(reply.usage).toEqual(written.usage)
})

describe.each(streams.filter((recording) => wires[recording.wire].pass !== undefined))('$name, passed through', ({ wire, bytes }) => {
  const tapped = (pieces: readonly Uint8Array[], stripUsage: boolean): { passed: string; seen: unknown } => {
    const tap = wires[wire].pass?.createTap({ stripUsage, text: createTextTally() })
    const out = [...pieces.flatMap((piece) => tap?.push(piece) ?? []), tap?.end() ?? new Uint8Array()]
    return { passed: textOfBytes(out), seen: { ...tap?.seen } }
  }
  const all = textOfBytes([bytes])
  const isUsageOnly = (event: string): boolean => event.includes('"choices":[]') && event.includes('"usage":{')
  const stripped = all
    .split(/(?<=\n\n)/)
    .filter((event) => !isUsageOnly(event))
    .join('')

  it('leaves as it came, for every cut', () => {
    const once = tapped([bytes], false)
    expect(once.passed).toBe(all)
    for (let place = 0; place <= bytes.length; place += 1) expect(tapped(cutAt(bytes, [place]), false), `cut at ${place}`).toEqual(once)
  })

  it('loses only the usage event that was asked for on its behalf, for every cut', () => {
    const once = tapped([bytes], true)
    expect(once.passed).toBe(stripped)
    for (let place = 0; place <= bytes.length; place += 1) expect(tapped(cutAt(bytes, [place]), true), `cut at ${place}`).toEqual(once)
  })

  const compared = isTranslated({ wire }) ? it : null
  compared?.('shows the usage, id and error that a translation would show', () => {
    const events = readAll(wires[wire].outbound.createReader(), [bytes])
    const start = events.find((event) => event.type === 'reply-start')
    const usage = events.findLast((event) => event.type === 'usage')
    const error = events.find((event) => event.type === 'error')
    expect(tapped([bytes], true).seen).toMatchObject({
      upstreamId: start?.upstreamId ?? null,
      model: start?.model ?? null,
      usage: usage?.usage ?? null,
      error: error === undefined ? null : { message: error.message },
    })
  })
})

it.each(wholes.filter((recording) => !isTranslated(recording)))('$name shows a passing tap no error', ({ wire, bytes }) => {
  expect(wires[wire].pass?.readFacts(JSON.parse(textOfBytes([bytes])), createTextTally())).toMatchObject({ finished: true, error: null })
})

describe.each(wholes.filter(isTranslated))('$name', ({ wire, bytes }) => {
  const events = wires[wire].outbound.readWhole(JSON.parse(textOfBytes([bytes])))

  it('brings a start, something produced, usage and one finish', () => {
    expect(events[0]?.type).toBe('reply-start')
    expect(events.some((event) => ['text-delta', 'tool-start', 'embedding', 'ranking'].includes(event.type))).toBe(true)
    expect(events.some((event) => event.type === 'usage' && event.usage.provenance === 'reported')).toBe(wires[wire].outbound.silent !== true)
    expect(events.filter((event) => event.type === 'finish')).toHaveLength(1)
    expect(events.at(-1)?.type).toBe('reply-end')
  })

  it('shows a passing tap the usage that a translation shows', () => {
    const facts = wires[wire].pass?.readFacts(JSON.parse(textOfBytes([bytes])), createTextTally())
    const usage = events.find((event) => event.type === 'usage')
    expect(facts?.usage ?? usage?.usage).toEqual(usage?.usage)
  })
})

it.each(failures)('$name keeps its wording', ({ wire, bytes }) => {
  const text = textOfBytes([bytes])
  const said: unknown[] = []
  const body: unknown = JSON.parse(text, (key, value: unknown) => {
    if (['message', 'msg', 'error'].includes(key) && typeof value === 'string') said.push(value)
    return value
  })
  expect(said).toHaveLength(1)
  expect(wires[wire].outbound.readError(400, body).message).toContain(said[0])
})

describe.each(wireIds)('%s, facing nonsense', (id) => {
  const { outbound, pass } = wires[id]
  it('turns any JSON into events, facts and an error text without throwing', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        if (isTranslated({ wire: id })) expect(outbound.readWhole(value).every((event) => typeof event.type === 'string')).toBe(true)
        expect(outbound.readError(500, value).message).not.toBe('')
        expect(pass?.readFacts(value, createTextTally()).finished ?? true).toBe(true)
      }),
      { seed, numRuns: 200 },
    )
  })

  it('takes members that would reach a prototype as plain data', () => {
    const hostile: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"error":{"__proto__":{"message":"x"}}}')
    if (isTranslated({ wire: id })) outbound.readWhole(hostile)
    pass?.readFacts(hostile, createTextTally())
    outbound.readError(400, hostile)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})
