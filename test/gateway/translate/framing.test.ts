// The splitters: server-sent events and lines, wherever the bytes are cut.
// Promises: held against the specification's own examples and against a parser that others wrote.

import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineSplitter } from '../../../gateway/translate/ndjson.ts'
import { createSseSplitter, type SseEvent } from '../../../gateway/translate/sse.ts'
import { cutAt, seed, textOfBytes } from '../../conformance/recordings.ts'

function split(pieces: readonly Uint8Array[]): readonly SseEvent[] {
  const splitter = createSseSplitter()
  const events = pieces.flatMap((piece) => splitter.push(piece))
  const last = splitter.end()
  return last === null ? events : [...events, last]
}
const dataOf = (events: readonly SseEvent[]): readonly string[] => events.flatMap((event) => (event.data === null ? [] : [textOfBytes([event.data])]))

describe('server-sent events', () => {
  it.each([
    ['LF', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['CR', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['mixed', 'data: a\r\n\ndata: b\n\r\n', ['a', 'b']],
    ['several data lines', 'data: a\ndata\ndata:b\n\n', ['a\n\nb']],
    ['comments, ids and names between', ': hi\nevent: x\nid: 1\ndata: a\n\n: alone\n\n', ['a']],
    ['no space, two spaces', 'data:a\n\ndata:  b\n\n', ['a', ' b']],
    ['another field that starts alike', 'database: x\n\n', []],
    ['a byte order mark', '\uFEFFdata: a\n\n', ['a']],
    ['no last blank line', 'data: a\n\ndata: b', ['a', 'b']],
    ['blank lines only', '\n\n\n', []],
  ])('%s', (_, text, expected) => {
    const bytes = Buffer.from(text)
    for (let place = 0; place <= bytes.length; place += 1) {
      const events = split(cutAt(bytes, [place]))
      expect(dataOf(events)).toEqual(expected)
      expect(textOfBytes(events.map((event) => event.raw))).toBe(text)
    }
    expect(
      dataOf(
        split(
          cutAt(
            bytes,
            Array.from(bytes, (_byte, index) => index),
          ),
        ),
      ),
    ).toEqual(expected)
  })

  it('agrees with eventsource-parser on random streams and cuts', () => {
    const line = fc.oneof(
      fc.constantFrom('data: x', 'data:', ': c', 'event: e', 'id: 1', '', 'data: ü🌍', 'retry: 1', 'foo', 'data'),
      fc.string({ maxLength: 8 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
      // About the length from which lines are searched and no longer walked.
      fc.integer({ min: 500, max: 530 }).map((length) => `data: ${'l'.repeat(length)}`),
    )
    const stream = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
      .map((lines) => lines.map(([text, end]) => text + end).join(''))
    fc.assert(
      fc.property(stream, fc.array(fc.nat(1200), { maxLength: 10 }), (text, cuts) => {
        const bytes = Buffer.from(`${text}\n\n`)
        const events = split(
          cutAt(
            bytes,
            cuts.map((cut) => Math.min(cut, bytes.length)),
          ),
        )
        const expected: string[] = []
        createParser({ onEvent: (event) => expected.push(event.data) }).feed(bytes.toString('utf8'))
        expect(dataOf(events)).toEqual(expected)
        expect(textOfBytes(events.map((event) => event.raw))).toBe(bytes.toString('utf8'))
      }),
      { seed, numRuns: 500 },
    )
  })

  it('replaces nothing in the bytes it hands on, even when they are no UTF-8', () => {
    const bytes = Uint8Array.from([...Buffer.from('data: '), 0xff, 0xfe, 0x0a, 0x0a])
    expect(Buffer.concat(split([bytes]).map((event) => event.raw)).equals(bytes)).toBe(true)
  })

  it('refuses a line or an event beyond its cap, also when it arrives in small pieces', () => {
    const small = createSseSplitter({ lineBytesMax: 100, eventBytesMax: 300 })
    const piece = Buffer.from('x'.repeat(10))
    expect(() => {
      for (let count = 0; count < 20; count += 1) small.push(piece)
    }).toThrow('A line is longer than 100 bytes')
    const lines = createSseSplitter({ lineBytesMax: 100, eventBytesMax: 300 })
    expect(() => {
      for (let count = 0; count < 20; count += 1) lines.push(Buffer.from(`data: ${'y'.repeat(40)}\n`))
    }).toThrow('An event is longer than 300 bytes')
  })

  it('stays quick when a large event arrives byte by byte', () => {
    const splitter = createSseSplitter()
    const one = Buffer.from('z')
    const startedMs = performance.now()
    for (let count = 0; count < 400_000; count += 1) splitter.push(one)
    // Copying everything held at every byte would take minutes.
    expect(performance.now() - startedMs).toBeLessThan(5000)
    expect(splitter.end()?.raw.length).toBe(400_000)
  })
})

describe('lines', () => {
  const read = (pieces: readonly Uint8Array[]): readonly string[] => {
    const splitter = createLineSplitter()
    const lines = pieces.flatMap((piece) => splitter.push(piece))
    const last = splitter.end()
    return [...lines, ...(last === null ? [] : [last])].map((line) => textOfBytes([line]).trim())
  }

  it('are the same for every cut, with LF and CRLF, blank lines and a last line without its end', () => {
    for (const text of ['{"a":"ü"}\n{"b":2}\n', '{"a":"ü"}\r\n\r\n{"b":2}\r\n', '\n{"a":"ü"}\n\n{"b":2}']) {
      const bytes = Buffer.from(text)
      for (let place = 0; place <= bytes.length; place += 1) expect(read(cutAt(bytes, [place]))).toEqual(['{"a":"ü"}', '{"b":2}'])
    }
  })

  it('are refused beyond their cap', () => {
    const splitter = createLineSplitter({ lineBytesMax: 10, eventBytesMax: 10 })
    expect(() => splitter.push(Buffer.from('0123456789abc'))).toThrow('A line is longer than 10 bytes')
  })
})
