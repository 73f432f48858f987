// Servers whose certificates come from an authority of one's own, and servers that ask who is calling.
// Leaves alone: proxies on the way (proxy.test.ts).

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultLimits } from '../../../gateway/config.ts'
import { certificateName, type FileNetwork } from '../../../gateway/contract/network.ts'
import { secret } from '../../../gateway/contract/sealed.ts'
import { createEgress } from '../../../gateway/egress/egress.ts'
import { readNetwork } from '../../../gateway/intake/network-settings.ts'
import { createAuthority } from '../../kit/certificates.ts'
import { order, textOf } from './ask.ts'

const authority = createAuthority('Test authority')
const issued = authority.issue('vendor', { addresses: [[127, 0, 0, 1]] })
const client = authority.issue('tollgate at home')
const other = authority.issue('somebody else')
const answer: Parameters<typeof createServer>[1] = (request, response) => {
  const client = request.socket instanceof TLSSocket ? (request.socket.getPeerCertificate().subject?.CN ?? null) : null
  request.resume().on('end', () => response.end(JSON.stringify({ http: request.httpVersion, client })))
}
const identity = { cert: issued.certificate, key: issued.key, ca: authority.certificate }
const asking = createServer({ ...identity, requestCert: true, rejectUnauthorized: true }, answer)
const easy = createServer(identity, answer)
const urlOf = (server: Server): string => `https://127.0.0.1:${(server.address() as AddressInfo).port}`
let folder = ''
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-certificates-'))
  const files: Record<string, string> = {
    'ca.pem': `An authority of ours\n${authority.certificate}`,
    'both.pem': client.certificate + client.key,
    'client.pem': client.certificate,
    'locked.pem': client.locked('open sesame'),
    'other.pem': other.certificate + other.key,
    'empty.pem': 'nothing here',
    'damaged.pem': authority.certificate.replace(/MII?B/, 'AAAA'),
  }
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text)
  for (const server of [asking, easy]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  for (const server of [asking, easy]) {
    server.closeAllConnections()
    server.close()
  }
  await rm(folder, { recursive: true, force: true })
})

const read = (file: Partial<FileNetwork>, variables: Readonly<Record<string, string>> = {}): ReturnType<typeof readNetwork> =>
  readNetwork(
    { httpsProxy: null, httpProxy: null, noProxy: null, authorities: null, certificate: null, certificates: new Map(), ...file },
    { readVariable: (name) => variables[name], fileVariables: new Map() },
  )
async function ask(url: string, network: ReturnType<typeof readNetwork>, certificate: string | null = null): Promise<string> {
  const egress = createEgress({ limits: defaultLimits, network })
  try {
    return await textOf(egress, order(url, { certificate }))
  } finally {
    await egress.close()
  }
}

describe('an authority of one’s own', () => {
  it('is not trusted unless it is named', async () => {
    await expect(ask(urlOf(easy), read({}))).rejects.toMatchObject({ code: 'upstream_unreachable', message: expect.stringContaining('not trusted here') })
  })
  it.each(['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'])('is trusted by %s, and HTTP/1.1 is spoken', async (name) => {
    expect(await ask(urlOf(easy), read({}, { [name]: at('ca.pem') }))).toBe('{"http":"1.1","client":null}')
  })
  it('is trusted by the file, whose word wins over the environment’s', async () => {
    expect(await ask(urlOf(easy), read({ authorities: at('ca.pem') }, { SSL_CERT_FILE: at('missing.pem') }))).toContain('"client":null')
  })
})

describe('a client certificate', () => {
  const files = (): FileNetwork['certificate'] => ({ certificate: at('both.pem'), key: at('both.pem'), passphrase: null })
  it('is asked for: without one the sentence says so', async () => {
    await expect(ask(urlOf(asking), read({ authorities: at('ca.pem') }))).rejects.toMatchObject({
      message: expect.stringMatching(/client certificate|broke off/),
    })
  })
  it('for all is shown to who asks', async () => {
    expect(await ask(urlOf(asking), read({ authorities: at('ca.pem'), certificate: files() }))).toContain('"client":"tollgate at home"')
  })
  it('is found in SSL_CERTIFICATE', async () => {
    expect(await ask(urlOf(asking), read({}, { SSL_CERT_FILE: at('ca.pem'), SSL_CERTIFICATE: at('both.pem') }))).toContain('tollgate at home')
  })
  it('of one deployment wins over the one for all, with a key in a file of its own and a passphrase', async () => {
    const name = certificateName(at('client.pem'), at('locked.pem'))
    const own = { certificate: at('client.pem'), key: at('locked.pem'), passphrase: secret('open sesame') }
    const all = { certificate: at('other.pem'), key: at('other.pem'), passphrase: null }
    const network = read({ authorities: at('ca.pem'), certificate: all, certificates: new Map([[name, own]]) })
    expect(await ask(urlOf(asking), network, name)).toContain('"client":"tollgate at home"')
    expect(await ask(urlOf(asking), network)).toContain('"client":"somebody else"')
  })
  it('that was not read at start is no reason to call without one', async () => {
    await expect(ask(urlOf(asking), read({}), 'elsewhere.pem')).rejects.toMatchObject({ code: 'egress_refused' })
  })
})

describe('a start', () => {
  const pair = (certificate: string, key: string, passphrase: string | null = null): Partial<FileNetwork> => ({
    certificate: { certificate: at(certificate), key: at(key), passphrase: passphrase === null ? null : secret(passphrase) },
  })
  it.each([
    ['a missing file', () => read({ authorities: at('missing.pem') }), /missing\.pem with the certificates to trust cannot be read: there is no such file\.$/],
    ['a file without certificates', () => read({ authorities: at('empty.pem') }), /empty\.pem holds no certificates to trust/],
    ['a damaged certificate', () => read({ authorities: at('damaged.pem') }), /Certificate 1 in the file .*damaged\.pem is damaged\.$/],
    ['the key of another certificate', () => read(pair('client.pem', 'other.pem')), /its key is the key of another certificate\.$/],
    ['a key without its passphrase', () => read(pair('client.pem', 'locked.pem')), /needs a passphrase/],
    ['a wrong passphrase', () => read(pair('client.pem', 'locked.pem', 'wrong')), /passphrase of its key is wrong\.$/],
    ['a certificate that is none', () => read(pair('empty.pem', 'empty.pem')), /is not PEM\.$/],
    ['a proxy that is no address', () => read({}, { HTTPS_PROXY: 'http://' }), /^The proxy in HTTPS_PROXY is not an address/],
    ['a proxy of another kind', () => read({}, { HTTPS_PROXY: 'socks5://u:secret@h:1' }), /^The proxy in HTTPS_PROXY must be reached by http/],
    ['a password that is not encoded', () => read({ httpsProxy: secret('http://u:sec%ret@h:1') }), /^The user or password of the proxy in https_proxy is not/],
  ])('with %s ends in one sentence', (_what, start, sentence) => {
    let said = ''
    try {
      start()
    } catch (error) {
      said = error instanceof Error ? error.message : String(error)
    }
    expect(said).toMatch(sentence)
    expect(said.split('\n')).toHaveLength(1)
    expect(said).not.toMatch(/wrong$|sec%ret|secret/)
  })
})
