// Binary messages are read as AWS's own codec wrote them, however they were cut; damage and excess are noticed.
// Leaves alone: what the messages of a service mean.

import { Int64, type MessageHeaders } from '@smithy/eventstream-codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventStreamDecoder, type EventMessage, type HeaderValue } from '../../../gateway/translate/event-stream.ts'
import { cutAt, seed } from '../../conformance/recordings.ts'
import { encodeEvent, encodeMessage } from '../../kit/event-stream.ts'

type Decoded = readonly ({ headers: Record<string, HeaderValue>; payload: string } | 'damaged')[]

function decode(pieces: readonly Uint8Array[]): { messages: Decoded; incomplete: boolean } {
  const decoder = createEventStreamDecoder()
  const messages = pieces.flatMap((piece) => decoder.push(piece)).map(shown)
  return { messages, incomplete: decoder.end() }
}
function shown(message: EventMessage | 'damaged'): Decoded[number] {
  if (message === 'damaged') return message
  return { headers: Object.fromEntries(message.headers), payload: Buffer.from(message.payload).toString('hex') }
}

const everyType: MessageHeaders = {
  yes: { type: 'boolean', value: true },
  no: { type: 'boolean', value: false },
  byte: { type: 'byte', value: -7 },
  short: { type: 'short', value: -1234 },
  integer: { type: 'integer', value: -123456 },
  long: { type: 'long', value: Int64.fromNumber(-(2 ** 50)) },
  binary: { type: 'binary', value: Buffer.from([0, 255, 1]) },
  string: { type: 'string', value: 'déjà vu 日本' },
  timestamp: { type: 'timestamp', value: new Date(1_700_000_000_123) },
  uuid: { type: 'uuid', value: '12345678-90ab-cdef-1234-567890abcdef' },
}

it('reads headers of every type', () => {
  const { messages, incomplete } = decode([encodeMessage(everyType, Buffer.from('x'))])
  expect(incomplete).toBe(false)
  expect(messages).toEqual([
    {
      headers: {
        yes: true,
        no: false,
        byte: -7,
        short: -1234,
        integer: -123456,
        long: -(2n ** 50n),
        binary: new Uint8Array([0, 255, 1]),
        string: 'déjà vu 日本',
        timestamp: 1_700_000_000_123n,
        uuid: '12345678-90ab-cdef-1234-567890abcdef',
      },
      payload: '78',
    },
  ])
})

const three = [encodeEvent('messageStart', { role: 'assistant' }), encodeMessage({}, new Uint8Array()), encodeMessage(everyType, Buffer.from('end'))]
const stream = Buffer.concat(three)

describe('a stream of three messages', () => {
  const whole = decode([stream])

  it('reads the same when cut at every byte, or into single bytes', () => {
    expect(whole.messages).toHaveLength(3)
    for (let place = 0; place <= stream.length; place += 1) expect(decode(cutAt(stream, [place])), `cut at ${place}`).toEqual(whole)
    expect(decode(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(whole)
  })

  it('says that it was cut short, wherever that was', () => {
    const ends = [0, three[0]?.length ?? 0, (three[0]?.length ?? 0) + (three[1]?.length ?? 0)]
    for (let length = 0; length < stream.length; length += 1)
      expect(decode([stream.subarray(0, length)]).incomplete, `cut after ${length}`).toBe(!ends.includes(length))
  })

  it('notices every single changed byte, and reads nothing after it', () => {
    for (let place = 0; place < stream.length; place += 1) {
      const damaged = Uint8Array.from(stream)
      damaged[place] = (damaged[place] ?? 0) ^ 0x10
      const { messages } = decode([damaged])
      const before = three.findIndex((_, index) => place < Buffer.concat(three.slice(0, index + 1)).length)
      expect(messages, `changed at ${place}`).toEqual([...whole.messages.slice(0, before), 'damaged'])
    }
  })
})

it('refuses a message that is larger than allowed as soon as its length is known', () => {
  const message = encodeMessage({}, new Uint8Array(200))
  expect(createEventStreamDecoder(216).push(message)).toHaveLength(1)
  expect(() => createEventStreamDecoder(215).push(message.subarray(0, 12))).toThrow('longer than 215 bytes')
})

it('takes headers that run over their end as damage', () => {
  const message = Buffer.from(encodeMessage({ a: { type: 'string', value: 'abc' } }, Buffer.from('x')))
  // The length of the value, with a check sum that is right for it.
  message.writeUInt16BE(9, 15)
  const decoder = createEventStreamDecoder()
  expect(decoder.push(withCheckSum(message))).toEqual(['damaged'])
})

function withCheckSum(message: Buffer): Buffer {
  let sum = 0xffffffff
  for (const byte of message.subarray(0, -4)) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  message.writeUInt32BE((sum ^ 0xffffffff) >>> 0, message.length - 4)
  return message
}

const headerName = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' })
const headerValue = fc.oneof(
  fc.boolean().map((value) => ({ type: 'boolean' as const, value })),
  fc.integer({ min: -128, max: 127 }).map((value) => ({ type: 'byte' as const, value })),
  fc.integer({ min: -32768, max: 32767 }).map((value) => ({ type: 'short' as const, value })),
  fc.integer().map((value) => ({ type: 'integer' as const, value })),
  fc.uint8Array({ maxLength: 40 }).map((value) => ({ type: 'binary' as const, value })),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((value) => ({ type: 'string' as const, value })),
  fc.uuid().map((value) => ({ type: 'uuid' as const, value })),
)
const message = fc.tuple(fc.dictionary(headerName, headerValue, { maxKeys: 6, noNullPrototype: true }), fc.uint8Array({ maxLength: 300 }))

it('reads whatever the reference writes, in whatever pieces', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(2000), { maxLength: 8 }), (messages, cuts) => {
      const bytes = Buffer.concat(messages.map(([headers, payload]) => encodeMessage(headers, payload)))
      const read = decode(
        cutAt(
          bytes,
          cuts.filter((cut) => cut <= bytes.length),
        ),
      )
      expect(read).toEqual({
        messages: messages.map(([headers, payload]) => ({
          headers: Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, value])),
          payload: Buffer.from(payload).toString('hex'),
        })),
        incomplete: false,
      })
    }),
    { seed, numRuns: 300 },
  )
})
