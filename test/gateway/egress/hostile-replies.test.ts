// Headers that never go up, and bodies that try to become more than they are.
// Leaves alone: memory, which the proof `bombs` measures.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultLimits } from '../../../gateway/config.ts'
import { createEgress } from '../../../gateway/egress/egress.ts'
import { order, textOf } from './ask.ts'

let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined
const server = createServer((request, response) => answer(request, response))
const egress = createEgress({ limits: defaultLimits })
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await egress.close()
  server.closeAllConnections()
  server.close()
})
const reply = (bytes: Uint8Array, encoding: string | string[]): void =>
  void (answer = (_request, response) => response.setHeader('content-encoding', encoding).end(bytes))

describe('a request', () => {
  it.each([
    ...['connection', 'Keep-Alive', 'TE', 'trailer', 'proxy-connection', 'Proxy-Authorization', 'cookie', 'forwarded', 'via', 'host'],
    ...['X-Forwarded-For', 'x-forwarded-host', 'x-real-ip', 'upgrade', 'expect', 'http2-settings', 'transfer-encoding', 'content-length'],
  ])('does not carry %s up, whoever set it', async (name) => {
    let seen: IncomingMessage['headers'] = {}
    answer = (request, response) => {
      seen = request.headers
      response.end()
    }
    await textOf(egress, order(url, { headers: { [name]: 'planted', authorization: 'Bearer sk-vendor' } }))
    expect(Object.values(seen).join(' ')).not.toContain('planted')
    expect(seen).toMatchObject({ authorization: 'Bearer sk-vendor', 'accept-encoding': 'identity' })
  })
  it.each(['sk-\u2011dash', 'sk-\u200bunseen', 'sk-line\nbreak'])('whose key holds a sign no header can carry says so: %j', async (key) => {
    await expect(textOf(egress, order(url, { headers: { authorization: `Bearer ${key}` } }))).rejects.toMatchObject({
      code: 'upstream_unreachable',
      message: 'Vendor could not be reached: its key, or another header set for it, holds a character no header can carry.',
    })
  })
})

describe('a reply', () => {
  it('in gzip is read, also a large text that shrinks well', async () => {
    const text = Array.from({ length: 60_000 }, (_, index) => `line ${index} of a long text`).join('\n')
    reply(gzipSync(text), 'GZIP')
    expect(await textOf(egress, order(url))).toBe(text)
  })
  it('that grows to more than a hundred times its size ends there', async () => {
    reply(gzipSync(Buffer.alloc(40 * 1024 * 1024)), 'gzip')
    await expect(textOf(egress, order(url))).rejects.toMatchObject({ code: 'upstream_protocol', message: expect.stringContaining('100 times') })
  })
  it('that grows slowly ends at its size', async () => {
    reply(gzipSync(Buffer.from(Array.from({ length: 300_000 }, (_, index) => `${index} ${index * 7919}`).join())), 'gzip')
    await expect(textOf(egress, order(url, { bodyBytesMax: 1_000_000 }))).rejects.toMatchObject({ code: 'upstream_too_large' })
  })
  it.each([
    ['br', brotliCompressSync('{}')],
    ['zstd', zstdCompressSync('{}')],
    ['deflate', deflateSync('{}')],
    ['gzip, gzip', gzipSync(gzipSync('{}'))],
    ['x-gzip', gzipSync('{}')],
    [['gzip', 'gzip'], gzipSync(gzipSync('{}'))],
    [['gzip', 'br'], gzipSync(brotliCompressSync('{}'))],
  ] as const)('in %s is refused before it is decoded', async (encoding, bytes) => {
    reply(bytes, typeof encoding === 'string' ? encoding : [...encoding])
    await expect(textOf(egress, order(url))).rejects.toMatchObject({ code: 'upstream_protocol', message: expect.stringContaining('was not asked for') })
  })
  it('of one layer is decoded once: what is inside stays as it is', async () => {
    reply(gzipSync(gzipSync('{}')), 'gzip')
    expect((await textOf(egress, order(url))).startsWith('\u001f')).toBe(true)
  })
})
