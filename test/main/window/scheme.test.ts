// The private scheme: files from memory, questions to the gateway with the token of this boot, nothing else.

import { describe, expect, it } from 'vitest'
import { isPanelPath } from '../../../gateway/contract/panel-paths.ts'
import type { GatewayState } from '../../../main/gateway/state.ts'
import type { Fetch } from '../../../main/window/forward.ts'
import { createPanelScheme, type PanelScheme } from '../../../main/window/scheme.ts'
import { smallPanel } from '../../kit/panel-files.ts'
import { traversals } from './traversals.ts'

const serving: GatewayState = { kind: 'serving', baseUrl: 'http://127.0.0.1:4000', token: 'token-of-this-boot', pid: 7 }
interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: string
}

function open(state: GatewayState = serving, answer: () => Response = () => Response.json({ ok: true })): { scheme: PanelScheme; sent: Sent[] } {
  const sent: Sent[] = []
  const fetch: Fetch = async (url, init) => {
    const body = init.body === undefined || init.body === null ? '' : new TextDecoder().decode(init.body as Uint8Array)
    sent.push({ url, method: init.method ?? '', headers: new Headers(init.headers), body })
    return answer()
  }
  return { scheme: createPanelScheme({ files: smallPanel(), state: () => state, fetch }), sent }
}
const ask = (scheme: PanelScheme, path: string, init?: RequestInit): Promise<Response> => scheme(new Request(`app://panel${path}`, init))

describe('files', () => {
  it('carry the policy, the type and what every answer of the gateway carries', async () => {
    const answer = await ask(open().scheme, '/ui/')
    expect(answer.status).toBe(200)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/) as string,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect(await answer.text()).toContain('<title>Tollgate</title>')
  })

  it('are found by exact name; a deep link gets the index, an unknown file nothing', async () => {
    const { scheme } = open()
    expect(await (await ask(scheme, '/ui/assets/index-Abc123.js')).text()).toBe('export {}')
    expect(await (await ask(scheme, '/ui/requests/req_01?range=24h')).text()).toContain('Tollgate')
    expect((await ask(scheme, '/ui/assets/other.js')).status).toBe(404)
    expect((await ask(scheme, '/ui/', { method: 'POST', body: 'x' })).status).toBe(404)
    const fresh = await ask(scheme, '/ui/', { headers: { 'if-none-match': '"digest-of-index.html"' } })
    expect([fresh.status, await fresh.text()]).toEqual([304, ''])
    expect((await ask(scheme, '/')).headers.get('location')).toBe('app://panel/ui/')
  })

  it('answers 404 to 200 traversals and never asks the gateway for one', async () => {
    expect(new Set(traversals).size).toBe(200)
    const { scheme, sent } = open()
    const wrong: string[] = []
    for (const url of traversals) {
      const answer = await scheme(new Request(url))
      if (answer.status !== 404) wrong.push(`${answer.status} ${url}`)
    }
    expect(wrong).toEqual([])
    expect(sent).toEqual([])
  })

  it('answers no other host of the scheme and no other scheme', async () => {
    const { scheme, sent } = open()
    for (const url of [
      'app://other/ui/',
      'app://panel:80/ui/',
      'app://panel.evil/ui/',
      'app:panel/ui/',
      'http://panel/ui/',
      'https://127.0.0.1/ui/',
      'file:///ui/',
    ])
      expect((await scheme(new Request(url))).status, url).toBe(404)
    expect(sent).toEqual([])
  })
})

describe('questions', () => {
  it('go to the gateway with the token, their body and listed headers alone', async () => {
    const { scheme, sent } = open()
    const answer = await ask(scheme, '/key/generate?x=1', {
      method: 'POST',
      body: '{"a":1}',
      headers: {
        'content-type': 'application/json',
        cookie: 'tollgate_session=x',
        authorization: 'Bearer sk-mine',
        'x-api-key': 'k',
        origin: 'app://panel',
        'sec-fetch-site': 'same-origin',
      },
    })
    expect([answer.status, await answer.json()]).toEqual([200, { ok: true }])
    expect(sent.map(({ url, method, body }) => [method, url, body])).toEqual([['POST', 'http://127.0.0.1:4000/key/generate?x=1', '{"a":1}']])
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toEqual({
      'accept-encoding': 'identity',
      authorization: 'Bearer token-of-this-boot',
      'content-type': 'application/json',
    })
  })

  it('come back without cookies, CORS or anything that is not listed', async () => {
    const headers = {
      'content-type': 'application/json',
      'set-cookie': 'tollgate_session=x',
      'access-control-allow-origin': '*',
      authorization: 'Bearer token-of-this-boot',
      server: 'x',
      'content-encoding': 'gzip',
      'content-disposition': 'attachment; filename="a.csv"',
      'x-request-id': 'req_1',
    }
    const answer = await ask(open(serving, () => new Response('{}', { status: 418, headers })).scheme, '/panel/home')
    expect(answer.status).toBe(418)
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox; frame-ancestors 'none'")
    expect([...answer.headers.keys()].sort()).toEqual([
      'content-disposition',
      'content-security-policy',
      'content-type',
      'cross-origin-resource-policy',
      'referrer-policy',
      'x-content-type-options',
      'x-request-id',
    ])
  })

  it('are streamed: the first piece is there before the last is written, and leaving ends the source', async () => {
    let feed: ReadableStreamDefaultController<Uint8Array> | undefined
    let left = false
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => void (feed = controller),
      cancel: () => void (left = true),
    })
    const answer = await ask(open(serving, () => new Response(source, { headers: { 'content-type': 'text/event-stream' } })).scheme, '/panel/events')
    const reader = answer.body?.getReader()
    feed?.enqueue(Buffer.from('event: change\n\n'))
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('event: change\n\n')
    await reader?.cancel()
    expect(left).toBe(true)
  })

  it('are asked of no other path and no other origin, whoever asks', async () => {
    const { scheme, sent } = open()
    for (const path of [
      '/v1/models',
      '/v1/chat/completions',
      '/api/tags',
      '/metrics',
      '/panel/sign-in',
      '/panel/sign-out',
      '/panel',
      '/keys',
      '/',
      '/panel/..%2fv1/models',
      '//evil.example/panel/home',
    ])
      await ask(scheme, path).catch(() => undefined)
    expect(sent).toEqual([])
    expect((await ask(scheme, '/panel/home', { headers: { origin: 'https://evil.example' } })).status).toBe(403)
    expect((await ask(scheme, '/panel/home', { headers: { origin: 'null' } })).status).toBe(403)
    expect(sent).toEqual([])
  })

  it.each<[GatewayState, RegExp]>([
    [{ kind: 'starting' }, /starting/],
    [{ kind: 'port-taken', port: 4000, owner: 'ollama (812)' }, /Port 4000 is taken by ollama \(812\)/],
    [{ kind: 'waiting', reason: 'exit code 1', retryAtMs: 5, crashes: 2 }, /exit code 1.*starts again/],
    [{ kind: 'stopping' }, /stopping/],
    [{ kind: 'stopped', reason: 'The ledger is newer.' }, /The ledger is newer\./],
  ])('are answered 503 in a sentence while the gateway is %j', async (state, sentence) => {
    const { scheme, sent } = open(state)
    const answer = await ask(scheme, '/panel/home')
    const body = (await answer.json()) as { error: { message: string; code: string } }
    expect([answer.status, body.error.code, answer.headers.get('cache-control')]).toEqual([503, 'gateway_not_serving', 'no-store'])
    expect(body.error.message).toMatch(sentence)
    expect((await ask(scheme, '/ui/')).status).toBe(200)
    expect(sent).toEqual([])
  })

  it('are asked once more when a connection ends beneath one that only reads, and never when it writes', async () => {
    const asked: string[] = []
    const fetch: Fetch = async (_url, { method = '' }) => {
      asked.push(method)
      if (asked.length === 1) throw new TypeError('fetch failed')
      return Response.json({ ok: true })
    }
    const scheme = createPanelScheme({ files: smallPanel(), state: () => serving, fetch })
    expect((await ask(scheme, '/panel/session')).status).toBe(200)
    expect(asked.splice(0)).toEqual(['GET', 'GET'])
    expect((await ask(scheme, '/key/generate', { method: 'POST', body: '{}' })).status).toBe(503)
    expect(asked.splice(0)).toEqual(['POST'])
    const left = AbortSignal.abort()
    expect((await scheme(new Request('app://panel/panel/session', { signal: left }))).status).toBe(503)
    expect(asked).toEqual(['GET'])
  })

  it('are answered 503 when the connection fails, and 413 when they are larger than anything the gateway takes', async () => {
    const { scheme } = open(serving, () => {
      throw new TypeError('fetch failed')
    })
    expect((await ask(scheme, '/panel/home')).status).toBe(503)
    expect((await ask(scheme, '/prices/import', { method: 'POST', body: 'x'.repeat(33 * 1024 * 1024) })).status).toBe(413)
  })
})

it('a path of the panel is judged by its room and its spelling', () => {
  for (const path of ['/panel/home', '/key/generate', '/credentials/my%2Fname', '/spend/export.csv', '/prices/gpt-4o', '/config/pass_through_endpoint'])
    expect(isPanelPath(path), path).toBe(true)
  for (const path of ['/panel', '/panel/../key', '/panel/%2e%2e/x', '/panel\\x', '/key//x', '/panel/a b', '/Panel/home', '/keyx/generate', '', 'panel/home'])
    expect(isPanelPath(path), path).toBe(false)
})
