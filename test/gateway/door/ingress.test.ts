// Ingress: which lines of HTTP are answered at all, and where a credential may stand.

import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import { findCredential } from '../../../gateway/door/credential.ts'
import { checkIngress, createHostRules, createLanHostRules } from '../../../gateway/door/ingress.ts'

const rules = createHostRules({ port: () => 4000, bind: '127.0.0.1', hosts: ['gateway.example', 'proxy.example:8443'] })

/** A request as Node presents it: raw pairs in order, and the first of each in `headers`. */
function message(url: string, pairs: readonly (readonly [string, string])[], method = 'GET'): IncomingMessage {
  const headers: Record<string, string> = {}
  for (const [name, value] of pairs) headers[name.toLowerCase()] ??= value
  return { url, method, rawHeaders: pairs.flat(), headers } as unknown as IncomingMessage
}
const own = ['host', '127.0.0.1:4000'] as const
const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return error instanceof GatewayError ? error.code : `threw ${String(error)}`
  }
  return 'accepted'
}

describe('the Host header', () => {
  it.each(['127.0.0.1:4000', 'localhost:4000', 'LOCALHOST:4000', '[::1]:4000', 'gateway.example', 'gateway.example:9', 'proxy.example:8443'])(
    'accepts %s',
    (host) => {
      expect(codeOf(() => checkIngress(message('/', [['host', host]]), rules))).toBe('accepted')
    },
  )
  it.each([
    'evil.example',
    '127.0.0.1',
    '127.0.0.1:80',
    '127.0.0.1:4001',
    'localhost.evil.example:4000',
    '127.0.0.1:4000@evil.example',
    '127.0.0.1:4000/admin',
    '127.0.0.1:4000 ',
    ' localhost:4000',
    '127.1:4000',
    '2130706433:4000',
    '0x7f.0.0.1:4000',
    '0.0.0.0:4000',
    '[::]:4000',
    '[::ffff:127.0.0.1]:4000',
    'localhost:04000x',
    'localhost:',
    'localhost:4000:4000',
    '',
    'xn--localhost:4000',
    'proxy.example:1',
    '127.0.0.1.nip.io:4000',
    'localhost.:4000',
    'foo.localhost:4000',
    'host.docker.internal:4000',
  ])('refuses %j', (host) => {
    expect(codeOf(() => checkIngress(message('/', [['host', host]]), rules))).toBe('host_not_allowed')
  })
  it('refuses none, and two even when they agree', () => {
    expect(codeOf(() => checkIngress(message('/', []), rules))).toBe('host_not_allowed')
    expect(codeOf(() => checkIngress(message('/', [own, own]), rules))).toBe('host_not_allowed')
  })
})

describe('the target', () => {
  it.each([
    'http://127.0.0.1:4000/v1/models',
    '*',
    '',
    'v1/models',
    '/a\\b',
    '/a%5cb',
    '/%2e%2e/x',
    '/a/../b',
    '/a/./b',
    '/a/..',
    '/model/..%2fx/converse',
    '/model/x%2F../converse',
    '/model/x%2f.%2fy',
    '/v1/models/x%2f..',
    '/x%00',
    '/x%0d%0a',
    '/é',
    '/a#b',
  ])('refuses %j', (target) => {
    expect(codeOf(() => checkIngress(message(target, [own]), rules))).toBe('request_target_refused')
  })
  it('keeps the path as sent and reads the query', () => {
    const target = checkIngress(message('/v1/models/a%2Fb?key=x&y=1', [own]), rules)
    expect(target.path).toBe('/v1/models/a%2Fb')
    expect(target.query.get('key')).toBe('x')
  })
})

describe('the origin of browsers', () => {
  it('accepts our own page and programs that name none', () => {
    expect(codeOf(() => checkIngress(message('/', [own, ['origin', 'http://127.0.0.1:4000'], ['sec-fetch-site', 'same-origin']]), rules))).toBe('accepted')
    expect(codeOf(() => checkIngress(message('/', [own]), rules))).toBe('accepted')
  })
  it.each(['null', 'http://evil.example', 'http://127.0.0.1:4001', 'http://localhost:4000', 'https://127.0.0.1:4000.evil.example', 'chrome-extension://x'])(
    'refuses the origin %s',
    (origin) => {
      expect(codeOf(() => checkIngress(message('/', [own, ['origin', origin]]), rules))).toBe('origin_not_allowed')
    },
  )
  it('refuses what a browser marks as cross-site', () => {
    for (const site of ['cross-site', 'same-site'])
      expect(codeOf(() => checkIngress(message('/', [own, ['sec-fetch-site', site]]), rules))).toBe('origin_not_allowed')
  })
})

describe('the credential', () => {
  const find = (...pairs: (readonly [string, string])[]): string | null => findCredential(message('/', pairs), null)?.open() ?? null
  it.each(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'x-litellm-api-key', 'ocp-apim-subscription-key'])('is found in %s', (name) => {
    expect(find([name, name === 'authorization' ? 'Bearer sk-1' : 'sk-1'])).toBe('sk-1')
  })
  it('is found in ?key=', () => {
    expect(findCredential(message('/', []), 'sk-1')?.open()).toBe('sk-1')
  })
  it('counts once when several headers agree', () => {
    expect(find(['authorization', 'bearer sk-1'], ['x-api-key', 'sk-1'], ['api-key', 'sk-1'])).toBe('sk-1')
  })
  it('refuses two that differ, also in one header sent twice', () => {
    expect(codeOf(() => find(['authorization', 'Bearer sk-1'], ['x-api-key', 'sk-2']))).toBe('credentials_conflict')
    expect(codeOf(() => find(['authorization', 'Bearer sk-1'], ['authorization', 'Bearer sk-2']))).toBe('credentials_conflict')
  })
  it('lets x-litellm-api-key win', () => {
    expect(find(['authorization', 'Bearer oauth-token'], ['x-litellm-api-key', 'Bearer sk-1'])).toBe('sk-1')
  })
  it('is absent when empty', () => {
    expect(find(['authorization', 'Bearer '])).toBe(null)
    expect(find()).toBe(null)
  })
})

describe('the Host header at the LAN entrance', () => {
  let addresses = ['192.168.1.5', 'fd00::5']
  const lan = createLanHostRules({ port: () => 4443, names: () => ({ dns: ['gateway.home'], addresses }) })
  const judge = (host: string, ...more: readonly (readonly [string, string])[]): string =>
    codeOf(() => checkIngress(message('/', [['host', host], ...more]), lan))

  it.each(['192.168.1.5:4443', '[fd00::5]:4443', 'gateway.home:4443', 'GATEWAY.home:4443'])('accepts %s', (host) => {
    expect(judge(host)).toBe('accepted')
  })
  it.each([
    '192.168.1.5',
    '192.168.1.5:443',
    '192.168.1.6:4443',
    '127.0.0.1:4443',
    'localhost:4443',
    '[::1]:4443',
    'gateway.home',
    'home:4443',
    'fd00::5:4443',
    ':4443',
    '',
  ])('refuses "%s"', (host) => {
    expect(judge(host)).toBe('host_not_allowed')
  })
  it('needs no port where it is the scheme’s own', () => {
    const usual = createLanHostRules({ port: () => 443, names: () => ({ dns: ['gateway.home'], addresses: [] }) })
    expect(codeOf(() => checkIngress(message('/', [['host', 'gateway.home']]), usual))).toBe('accepted')
    expect(codeOf(() => checkIngress(message('/', [['host', 'gateway.home:80']]), usual))).toBe('host_not_allowed')
  })
  it('follows the machine’s addresses', () => {
    addresses = ['10.1.1.1']
    expect([judge('192.168.1.5:4443'), judge('10.1.1.1:4443')]).toEqual(['host_not_allowed', 'accepted'])
  })
  it('takes pages of its own by TLS only', () => {
    const own = 'gateway.home:4443'
    expect(judge(own, ['origin', `https://${own}`])).toBe('accepted')
    for (const origin of [`http://${own}`, 'https://gateway.home', 'https://evil.example', 'null'])
      expect(judge(own, ['origin', origin])).toBe('origin_not_allowed')
  })
})
