// A vendor whose HTTP heads are wrong, too many, too long, or announce what was not asked for.
// Promises: bytes that a strict parser refuses, and some that it must not. Leaves alone: bodies (framing.ts), connections (connection.ts).

import { gzipSync, brotliCompressSync, deflateSync } from 'node:zlib'
import type { Line } from './line.ts'
import { everyDialect, type Call, type Misbehaviour } from './misbehaviour.ts'
import { headText, piecesOf, say, sendBody, toChunk, wholeText, type Header } from './reply.ts'
import { speechOf } from './speech.ts'

type Facts = Partial<Omit<Misbehaviour, 'name' | 'run'>>

function heads(name: string, run: (line: Line, call: Call) => Promise<void>, facts: Facts = {}): Misbehaviour {
  return { name, appliesTo: everyDialect, form: 'both', charges: 'all', usage: 'reported', answer: 'usable', ...facts, run }
}
const unusable = { usage: 'absent', answer: 'unusable' } as const
const withHeaders = (name: string, headers: readonly Header[], facts: Facts = {}): Misbehaviour =>
  heads(name, async (line, call) => say(line, call, { headers }), facts)

/** Bytes that begin like a reply and are none; the connection ends behind them. */
function raw(name: string, text: string, facts: Facts = {}): Misbehaviour {
  return heads(
    name,
    async (line) => {
      await line.write(text)
      line.close()
    },
    { ...unusable, charges: 'nothing', ...facts },
  )
}

/** The whole reply's bytes with a head of their own. */
async function sendPlain(line: Line, call: Call, what: { readonly head: string; readonly bytes?: Uint8Array }): Promise<void> {
  await line.write(Buffer.concat([Buffer.from(what.head, 'latin1'), what.bytes ?? plainBytes(call)]))
  call.produced = call.tokens.completion
}
function plainBytes(call: Call): Buffer {
  return Buffer.from(
    call.form === 'whole'
      ? wholeText(call)
      : piecesOf(call)
          .map((one) => one.text)
          .join(''),
  )
}
const typeOf = (call: Call): string => (call.form === 'whole' ? 'application/json' : speechOf(call).streamType)

function compressed(name: string, how: { readonly encoding: string; pack(bytes: Uint8Array): Uint8Array }, facts: Facts = {}): Misbehaviour {
  return heads(
    name,
    async (line, call) => {
      const bytes = how.pack(plainBytes(call))
      call.produced = call.tokens.completion
      await sendBody(line, bytes, { contentType: typeOf(call), headers: [['content-encoding', how.encoding]] })
    },
    facts,
  )
}

const mib = 1024 * 1024
/** 64 MiB of spaces in a few kilobytes, made once. */
const bomb = gzipSync(Buffer.alloc(64 * mib, 0x20))
const informational = 'HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n'
const manyHeaders = Array.from({ length: 5000 }, (_, index): Header => [`x-flood-${index}`, 'wet '.repeat(8)])

export const headMisbehaviours: readonly Misbehaviour[] = [
  withHeaders('sets-cookies', [
    ['set-cookie', 'session=tainted; Path=/'],
    ['set-cookie', 'tracker=tainted'],
    ['server', 'tainted/1.0'],
  ]),
  withHeaders('headers-for-browsers', [
    ['access-control-allow-origin', 'https://tainted.example'],
    ['strict-transport-security', 'max-age=99999999; tainted'],
    ['content-security-policy', 'default-src https://tainted.example'],
  ]),
  withHeaders('header-flood', manyHeaders, unusable),
  withHeaders('header-beyond-any-size', [['x-long', 'l'.repeat(200 * 1024)]], unusable),
  withHeaders('header-with-a-nul', [['x-nul', 'a\u0000b']], unusable),
  withHeaders('header-named-proto', [
    ['__proto__', 'polluted'],
    ['constructor', 'polluted'],
  ]),
  withHeaders('trailers', [['trailer', 'x-usage']]),
  heads('informational-once', async (line, call) => {
    await line.write(informational)
    await say(line, call)
  }),
  heads(
    'informational-flood',
    async (line, call) => {
      for (let count = 0; count < 300 && !line.gone; count += 1) await line.write(informational)
      await say(line, call)
    },
    { answer: 'unclear' },
  ),
  raw('switching-protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: something\r\nconnection: upgrade\r\n\r\n'),
  raw('wrong-status-line', 'HTTP/9.9 fine\r\n\r\n'),
  raw('not-http', 'SSH-2.0-OpenSSH_9.6\r\n'),
  raw('header-without-colon', 'HTTP/1.1 200 OK\r\nthis is no header\r\n\r\n{}'),
  raw('two-different-lengths', 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\ncontent-length: 7\r\n\r\n{}     '),
  raw('length-that-is-no-number', 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: two\r\n\r\n{}'),
  heads(
    'http-1-0',
    async (line, call) => {
      await sendPlain(line, call, { head: `HTTP/1.0 200 OK\r\ncontent-type: ${typeOf(call)}\r\n\r\n` })
      line.close()
    },
    {},
  ),
  heads('ends-with-the-connection', async (line, call) => {
    await sendPlain(line, call, { head: `HTTP/1.1 200 OK\r\ncontent-type: ${typeOf(call)}\r\nconnection: close\r\n\r\n` })
    line.close()
  }),
  heads(
    'length-and-chunks',
    async (line, call) => {
      const bytes = plainBytes(call)
      const head = headText('200 OK', [
        ['content-type', typeOf(call)],
        ['content-length', String(bytes.length)],
        ['transfer-encoding', 'chunked'],
      ])
      await line.write(Buffer.concat([Buffer.from(head), toChunk(bytes), Buffer.from('0\r\n\r\n')]))
      call.produced = call.tokens.completion
    },
    { answer: 'unclear' },
  ),
  compressed('gzip-unasked', { encoding: 'gzip', pack: (bytes) => gzipSync(bytes) }),
  compressed('gzip-bomb', { encoding: 'gzip', pack: () => bomb }, unusable),
  compressed('gzip-broken', { encoding: 'gzip', pack: (bytes) => gzipSync(bytes).subarray(0, 20) }, unusable),
  compressed('gzip-that-is-none', { encoding: 'gzip', pack: (bytes) => bytes }, unusable),
  compressed('gzip-twice', { encoding: 'gzip, gzip', pack: (bytes) => gzipSync(gzipSync(bytes)) }, unusable),
  compressed('brotli-unasked', { encoding: 'br', pack: (bytes) => brotliCompressSync(bytes) }, unusable),
  compressed('deflate-unasked', { encoding: 'deflate', pack: (bytes) => deflateSync(bytes) }, unusable),
]
