// Bodies: bounded while they arrive, unpacked once, parsed by rules that no two parsers disagree about.

import { PassThrough } from 'node:stream'
import type { IncomingMessage } from 'node:http'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../../gateway/config.ts'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import { createBodyReader, parseObject } from '../../../gateway/door/body.ts'

const limits = { ...defaultLimits, bodiesInFlightBytesMax: 5000 }

function incoming(bytes: Uint8Array, headers: Record<string, string> = {}): IncomingMessage {
  const stream = new PassThrough()
  stream.end(bytes)
  return Object.assign(stream, { headers: { 'content-type': 'application/json', ...headers } }) as unknown as IncomingMessage
}
async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'accepted'
  } catch (error) {
    return error instanceof GatewayError ? error.code : `threw ${String(error)}`
  }
}

describe('reading a body', () => {
  it('gives the bytes as they came', async () => {
    const body = await createBodyReader(limits).read(incoming(Buffer.from('{"a":1}')), 100)
    expect(Buffer.from(body.bytes).toString()).toBe('{"a":1}')
  })
  it('unpacks one layer of gzip and nothing else', async () => {
    const reader = createBodyReader(limits)
    for (const encoding of ['gzip', 'GZIP', 'x-gzip']) {
      const body = await reader.read(incoming(gzipSync('{"a":1}'), { 'content-encoding': encoding }), 100)
      expect(Buffer.from(body.bytes).toString(), encoding).toBe('{"a":1}')
    }
    for (const encoding of ['', 'Identity']) {
      const body = await reader.read(incoming(Buffer.from('{"a":1}'), { 'content-encoding': encoding }), 100)
      expect(Buffer.from(body.bytes).toString(), encoding).toBe('{"a":1}')
    }
    for (const encoding of ['br', 'zstd', 'deflate', 'gzip, gzip']) {
      expect(await codeOf(reader.read(incoming(brotliCompressSync('{}'), { 'content-encoding': encoding }), 100)), encoding).toBe('unsupported_media_type')
    }
  })
  it('counts unpacked bytes into the shared bound, and gives them back', async () => {
    const reader = createBodyReader(limits)
    const zipped = gzipSync(Buffer.alloc(3000))
    const read = async (): ReturnType<typeof reader.read> => reader.read(incoming(zipped, { 'content-encoding': 'gzip' }), 4000)
    const first = await read()
    expect(await codeOf(read())).toBe('overloaded')
    first.release()
    expect(await codeOf(read())).toBe('accepted')
  })
  it('refuses a bomb and broken gzip', async () => {
    const bomb = gzipSync(Buffer.alloc(3_000_000))
    expect(await codeOf(createBodyReader(limits).read(incoming(bomb, { 'content-encoding': 'gzip' }), 10_000_000))).toBe('body_too_large')
    expect(await codeOf(createBodyReader(limits).read(incoming(Buffer.from('nope'), { 'content-encoding': 'gzip' }), 100))).toBe('invalid_request')
  })
  it.each(['identity', 'gzip'])("takes a connection that breaks off in a body of %s for the caller's doing", async (encoding) => {
    const stream = new PassThrough()
    stream.write(gzipSync('{"a":1}').subarray(0, 5))
    const message = Object.assign(stream, { headers: { 'content-type': 'application/json', 'content-encoding': encoding } }) as unknown as IncomingMessage
    const reading = codeOf(createBodyReader(limits).read(message, 100))
    setImmediate(() => stream.destroy(new Error('aborted')))
    expect(await reading).toBe('invalid_request')
  })
  it('refuses too much, announced or not', async () => {
    expect(await codeOf(createBodyReader(limits).read(incoming(Buffer.alloc(10), { 'content-length': '101' }), 100))).toBe('body_too_large')
    expect(await codeOf(createBodyReader(limits).read(incoming(Buffer.alloc(101)), 100))).toBe('body_too_large')
  })
  it.each(['text/plain', 'application/x-www-form-urlencoded', '', 'multipart/form-data', 'application/jsonx'])('refuses the content type %j', async (type) => {
    expect(await codeOf(createBodyReader(limits).read(incoming(Buffer.from('{}'), { 'content-type': type }), 100))).toBe('unsupported_media_type')
  })
  it('bounds all bodies held at once, and gives room back', async () => {
    const reader = createBodyReader(limits)
    const first = await reader.read(incoming(Buffer.alloc(4000)), 5000)
    expect(await codeOf(reader.read(incoming(Buffer.alloc(4000)), 5000))).toBe('overloaded')
    first.release()
    first.release()
    expect(await codeOf(reader.read(incoming(Buffer.alloc(4000)), 5000))).toBe('accepted')
  })
})

describe('parsing a body', () => {
  const code = (text: string | Uint8Array): string => {
    try {
      parseObject(typeof text === 'string' ? Buffer.from(text) : text, limits)
      return 'accepted'
    } catch (error) {
      return error instanceof GatewayError ? error.code : `threw ${String(error)}`
    }
  }
  it.each([
    '',
    '{',
    '[]',
    '"x"',
    'null',
    '1',
    '{"a":1}x',
    '{"a":1,"a":2}',
    '{"model":"a","\\u006dodel":"b"}',
    '{"__proto__":{"x":1}}',
    '{"a":{"\\u005f_proto__":1}}',
    '{"a":{"constructor":{"prototype":1}}}',
  ])('refuses %j', (text) => {
    expect(code(text)).toBe('invalid_json')
  })
  it('refuses bytes that are not UTF-8 and nesting without end', () => {
    expect(code(Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBe('invalid_json')
    expect(code(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`)).toBe('invalid_json')
  })
  it('accepts those words as values, and equal keys in different objects', () => {
    expect(code('{"content":"__proto__ and constructor.prototype","a":{"x":1},"b":{"x":1}}')).toBe('accepted')
    expect(code('{"constructor":"x"}')).toBe('accepted')
  })
  it('never repeats what was sent in its refusal', () => {
    try {
      parseObject(Buffer.from('{"secret prompt" x'), limits)
    } catch (error) {
      expect(String(error)).not.toContain('secret')
      return
    }
    expect.unreachable()
  })
})
