// A company's network: the only way out is a proxy with a password, the vendor's certificate comes from an authority of its own, and the vendor asks
// for a client certificate. A model is called through all three, set by a configuration file; mistakes in it end the start in one sentence.
// Leaves alone: each part by itself (test/gateway/egress).

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runBriefly } from '../kit/brief-start.ts'
import { createAuthority } from '../kit/certificates.ts'
import { startForwardProxy, type ForwardProxy } from '../kit/forward-proxy.ts'
import { startGateway, type GatewayProcess } from '../kit/gateway-process.ts'

const authority = createAuthority('Company authority')
const issued = authority.issue('vendor', { dns: ['vendor.example'] })
const client = authority.issue('the gateway')
const callers: unknown[] = []
const vendor = createServer({ cert: issued.certificate, key: issued.key, ca: authority.certificate, requestCert: true }, (request, response) => {
  callers.push(request.socket instanceof TLSSocket ? request.socket.getPeerCertificate().subject.CN : null)
  const reply = {
    id: 'chat-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Arrived.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  }
  request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify(reply)))
})
const proxyPassword = 'p4ss-of-the-proxy'
const sesame = 'open-sesame'
let folder = ''
let proxy: ForwardProxy
const at = (name: string): string => join(folder, name)
const config = (change: (text: string) => string = (text) => text): string =>
  change(`
model_list:
  - model_name: far-away
    litellm_params:
      model: openai/m
      api_base: https://vendor.example/v1
      api_key: os.environ/FAR_KEY
      ssl_certificate: ${at('client.pem')}
      ssl_key: ${at('client.key')}
      ssl_key_passphrase: os.environ/SESAME
litellm_settings:
  ssl_verify: ${at('ca.pem')}
general_settings:
  https_proxy: os.environ/COMPANY_PROXY
`)
const env = (): Record<string, string> => ({ COMPANY_PROXY: `http://us%65r:${proxyPassword}@${proxy.address}`, SESAME: sesame, FAR_KEY: 'sk-far' })

beforeAll(async () => {
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
  proxy = await startForwardProxy({ port: (vendor.address() as AddressInfo).port, credential: `user:${proxyPassword}` })
  folder = await mkdtemp(join(tmpdir(), 'tollgate-company-'))
  await writeFile(at('ca.pem'), authority.certificate)
  await writeFile(at('client.pem'), client.certificate)
  await writeFile(at('client.key'), client.locked(sesame))
})
afterAll(async () => {
  await proxy.close()
  vendor.closeAllConnections()
  vendor.close()
  await rm(folder, { recursive: true, force: true })
})

describe('behind a proxy', () => {
  let gateway: GatewayProcess
  const call = async (model: string): Promise<Response> =>
    await fetch(`${gateway.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
    })
  beforeAll(async () => {
    await writeFile(at('config.yaml'), config())
    gateway = await startGateway({ from: 'source', args: ['--config', at('config.yaml')], env: env() })
  })
  afterAll(async () => void (await gateway.stop()))

  it('a model is called with its own client certificate, and the proxy sees a name', async () => {
    const reply = await call('far-away')
    expect(await reply.json()).toMatchObject({ choices: [{ message: { content: 'Arrived.' } }] })
    expect(callers).toEqual(['the gateway'])
    expect(proxy.asked.map(({ method, target }) => `${method} ${target}`)).toEqual(['CONNECT vendor.example:443'])
    expect(proxy.passed()).not.toContain('sk-far')
  })
  it('no secret of it is printed or shown', async () => {
    const info = await fetch(`${gateway.origin}/model/info`, { headers: { authorization: `Bearer ${gateway.adminKey}` } })
    const shown = (await info.text()) + gateway.output()
    expect(shown).toContain('far-away')
    for (const secret of [sesame, proxyPassword, 'sk-far', Buffer.from(`user:${proxyPassword}`).toString('base64')]) expect(shown).not.toContain(secret)
  })
  it('nobody can point a model at a file of this computer through the API', async () => {
    const reply = await fetch(`${gateway.origin}/model/new`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model_name: 'x', litellm_params: { model: 'openai/m', api_base: 'https://vendor.example', ssl_certificate: '/etc/passwd' } }),
    })
    expect(reply.status).toBe(400)
    expect(await reply.text()).toContain('may be set only in a configuration file')
  })
})

describe('a mistake in the way out', () => {
  it.each([
    [
      'a certificate that is not there',
      (text: string) => text.replace('ca.pem', 'none.pem'),
      {},
      /certificates to trust cannot be read: there is no such file\.$/,
    ],
    ['a wrong passphrase', (text: string) => text, { SESAME: 'wrong' }, /the passphrase of its key is wrong\.$/],
    ['a proxy that is no address', (text: string) => text, { COMPANY_PROXY: 'http://u:hidden@' }, /^The proxy in https_proxy is not an address/],
  ])('%s ends the start in one sentence', async (_what, change, more, sentence) => {
    await writeFile(at('wrong.yaml'), config(change))
    const run = await runBriefly(['--port', '0', '--data-dir', at('data'), '--config', at('wrong.yaml')], { ...env(), ...more })
    expect(run.stderr.trim()).toMatch(sentence)
    expect(run.stderr.trim().split('\n')).toHaveLength(1)
    expect(run.stderr).not.toMatch(/hidden|p4ss/)
    expect(run).toMatchObject({ code: 1, stdout: '' })
  })
})
