// A request as bytes on a socket, changed where HTTP itself is said: its line, its headers, its lengths and chunks.
// Promises: every choice is the given chance's. Leaves alone: bodies (fuzz-json.ts).

import type { Chance } from '../kit/random.ts'
import type { FuzzedRequest } from './fuzz-request.ts'

type Parts = { line: string; headers: string[]; body: Buffer }

const changes: readonly [(parts: Parts, chance: Chance) => void, ...((parts: Parts, chance: Chance) => void)[]] = [
  (parts, chance) => void (parts.line = parts.line.replace('POST', chance.pick(['GET', 'PUT', 'TRACE', 'CONNECT', 'post', 'QUERY', 'PRI', '\u0000']))),
  (parts, chance) => void (parts.line = parts.line.replace('HTTP/1.1', chance.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', '']))),
  (parts, chance) =>
    void (parts.line = parts.line.replace(
      ' /',
      chance.pick([' //', ' /%2e%2e/', ' http://evil.example/', ' *', ' /\\', ' /\u00e9', ' /?', ` /${'a'.repeat(20_000)}`]),
    )),
  (parts) => void parts.headers.push(...parts.headers.filter((line) => line.startsWith('content-length'))),
  (parts) => void (parts.headers = parts.headers.map((line) => (line.startsWith('content-length') ? `${line}1` : line))),
  (parts) => void (parts.headers = parts.headers.filter((line) => !line.startsWith('content-length'))),
  (parts, chance) =>
    void (parts.headers = parts.headers.map((line) =>
      line.startsWith('content-length') ? `content-length: ${chance.pick(['-1', '0x10', '1e3', '99999999999999999999', ' ', '1, 2'])}` : line,
    )),
  (parts) => void parts.headers.push('transfer-encoding: chunked'),
  (parts, chance) => {
    parts.headers = [
      ...parts.headers.filter((line) => !line.startsWith('content-length')),
      `transfer-encoding: ${chance.pick(['chunked', 'gzip, chunked', 'chunked, chunked', 'Chunked ', 'identity'])}`,
    ]
    const size = chance.pick([parts.body.length.toString(16), 'zz', 'ffffffffffffffff', '-1', '0', `${parts.body.length.toString(16)};a=b`])
    parts.body = Buffer.concat([Buffer.from(`${size}\r\n`), parts.body, Buffer.from('\r\n0\r\n\r\n')])
  },
  (parts, chance) =>
    void (parts.headers = parts.headers.map((line) =>
      line.startsWith('host') ? `host: ${chance.pick(['evil.example', '', 'localhost:1', '127.0.0.1, evil.example'])}` : line,
    )),
  (parts) => void (parts.headers = parts.headers.filter((line) => !line.startsWith('host'))),
  (parts) => void parts.headers.push('host: 127.0.0.1'),
  (parts, chance) =>
    void parts.headers.push(
      chance.pick([
        'no colon',
        ': no name',
        'a b: c',
        'x: \u0000',
        'x: a\rb',
        ' folded: yes',
        'upgrade: websocket\r\nconnection: upgrade',
        'expect: 100-continue',
        'connection: close',
      ]),
    ),
  (parts) => void parts.headers.push(...Array.from({ length: 3000 }, (_, index) => `x-${index}: y`)),
  (parts) => void (parts.body = Buffer.concat([parts.body, Buffer.from('GET /health/liveliness HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')])),
  (parts, chance) => void (parts.body = parts.body.subarray(0, chance.between(0, parts.body.length))),
]

export function mangleHttp(chance: Chance, { method, path, headers, body }: FuzzedRequest): Uint8Array {
  const bytes = Buffer.from(body ?? [])
  const given = Object.entries({ host: '127.0.0.1', ...headers, 'content-length': String(bytes.length) })
  const parts: Parts = { line: `${method} ${path} HTTP/1.1`, headers: given.map(([name, value]) => `${name}: ${value}`), body: bytes }
  for (let count = chance.between(1, 2); count > 0; count -= 1) chance.pick(changes)(parts, chance)
  return Buffer.concat([Buffer.from(`${parts.line}\r\n${parts.headers.join('\r\n')}\r\n\r\n`, 'latin1'), parts.body])
}
