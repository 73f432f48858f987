// LAN mode as a machine of the network meets it: nothing by default; with it, inference by TLS and with a key, and nothing else.
// Promises: the other machine is a network namespace with a cable of its own; every request crosses it. Leaves alone: certificates in detail
// (test/gateway/lan).

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runBriefly } from '../kit/brief-start.ts'
import { startGateway, type GatewayProcess } from '../kit/gateway-process.ts'
import { startHouse, type House } from '../kit/house.ts'
import { canHaveNeighbour, createNeighbour, listeningPorts, type Neighbour } from '../kit/neighbour.ts'
import type { NeighbourHeard, NeighbourOrder } from '../kit/neighbour-child.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

type Asked = Omit<Extract<NeighbourOrder, { kind: 'ask' }>, 'kind' | 'host' | 'port' | 'trust'>

/** What the greeting says of the second entrance. */
function entranceOf(gateway: GatewayProcess): { readonly host: string; readonly port: number; readonly fingerprint: string } {
  const found = /^\s*network\s+https:\/\/([\d.]+):(\d+)\/v1/m.exec(gateway.output())
  return { host: found?.[1] ?? '', port: Number(found?.[2]), fingerprint: /^\s*fingerprint ([0-9A-F:]{95}) /m.exec(gateway.output())?.[1] ?? '' }
}

describe.skipIf(!canHaveNeighbour())('from another machine', { timeout: 120_000 }, () => {
  let neighbour: Neighbour
  beforeAll(() => {
    neighbour = createNeighbour()
  })
  afterAll(() => neighbour.leave())

  it('no port of a gateway answers that was not told to', async () => {
    const gateway = await startGateway({ from: 'source' })
    const ports = listeningPorts(gateway.pid)
    expect(ports).toEqual([Number(new URL(gateway.origin).port)])
    const tried = await neighbour.ask([...ports, 4000, 4443].map((port) => ({ kind: 'reach', host: neighbour.address, port })))
    expect(tried.map(({ result }) => result)).toEqual(Array.from({ length: 3 }, () => 'ECONNREFUSED'))
    await gateway.stop()
  })

  it.each([
    { env: {}, says: /^Listening on 198\.1[89]\.\d+\.1 needs an admin key set on purpose: set TOLLGATE_ADMIN_KEY, or leave --lan out\.\n$/ },
    { env: { TOLLGATE_ADMIN_KEY: 'sk-1234' }, says: /^Listening on 198\.1[89]\.\d+\.1 needs an admin key of at least 20 characters\.\n$/ },
  ])('nothing starts there with the admin key $env', async ({ env, says }) => {
    const run = await runBriefly(['--port', '0', '--lan', neighbour.address], env)
    expect(run).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(says) as string })
  })

  describe('with LAN mode on', () => {
    let vendor: Vendor
    let house: House
    let key: string
    let authority: string
    let entrance: ReturnType<typeof entranceOf>
    beforeAll(async () => {
      vendor = await startVendor()
      const model = `{ model_name: small, litellm_params: { model: openai/gpt-4o-mini, api_base: "${vendor.origin}/v1", api_key: os.environ/VENDOR_KEY } }`
      const args = ['--lan', `${neighbour.address}:0`, '--lan-name', 'gateway.test']
      house = await startHouse({ config: `model_list:\n  - ${model}\n`, args, env: { VENDOR_KEY: 'sk-vendor' } })
      key = (await house.key()).key
      entrance = entranceOf(house.gateway)
      authority = await readFile(join(house.gateway.dataDir, 'lan', 'authority.pem'), 'utf8')
    })
    afterAll(async () => {
      await house.stop()
      await vendor.close()
    })
    const ask = async (asked: readonly Asked[]): Promise<readonly NeighbourHeard[]> =>
      neighbour.ask(asked.map((one) => ({ kind: 'ask', host: entrance.host, port: entrance.port, trust: authority, ...one })))
    const statusesOf = (answers: readonly NeighbourHeard[]): readonly string[] => answers.map(({ result }) => result)

    it('only its own port answers', async () => {
      const ports = listeningPorts(house.gateway.pid)
      expect(ports).toHaveLength(2)
      const tried = await neighbour.ask(ports.map((port) => ({ kind: 'reach', host: neighbour.address, port })))
      expect(ports.filter((_, index) => tried[index]?.result === 'open')).toEqual([entrance.port])
    })

    it('models are listed with a key, and not without', async () => {
      const bearer = { authorization: `Bearer ${key}` }
      const answers = await ask([
        { path: '/v1/models' },
        { path: '/v1/models', headers: { authorization: 'Bearer sk-of-nobody' } },
        { path: '/v1/models', headers: bearer },
      ])
      expect(statusesOf(answers)).toEqual(['401', '401', '200'])
      expect(answers[2]?.text).toContain('"small"')
      expect(answers.flatMap(({ headers }) => Object.keys(headers)).filter((name) => name.startsWith('access-control-'))).toEqual([])
    })

    it('a program that does not trust the authority does not get through', async () => {
      const [alone] = await neighbour.ask([{ kind: 'ask', host: entrance.host, port: entrance.port, path: '/v1/models' }])
      expect(alone?.result).toMatch(/^(?:SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)/)
    })

    it("OpenAI's client streams a chat, and the ledger has it", async () => {
      const trusted = { NODE_EXTRA_CA_CERTS: join(house.gateway.dataDir, 'lan', 'authority.pem') }
      const [said] = await neighbour.ask([{ kind: 'chat', host: entrance.host, port: entrance.port, key, model: 'small' }], trusted)
      expect(said).toMatchObject({ result: '200', text: 'word '.repeat(vendor.bill.output) })
      const row = await house.closedRow(String(said?.headers['x-request-id']))
      expect(row).toMatchObject({ state: 'closed', end: 'answered', model: 'small', promptTokens: vendor.bill.input, completionTokens: vendor.bill.output })
      expect(row.clientIp).toBe(neighbour.address.replace(/\.1$/, '.2'))
    })

    it.each([{ path: '/ui/' }, { path: '/' }, { path: '/panel/session' }, { path: '/panel/lan/authority.pem' }, { path: '/panel/sign-in', method: 'POST' }])(
      'the panel is not there: $path',
      async ({ path, method }) => {
        const admin = { authorization: `Bearer ${house.gateway.adminKey}` }
        const sent = { path, ...(method === undefined ? {} : { method, body: '{}' }) }
        expect(statusesOf(await ask([sent, { ...sent, headers: admin }]))).toEqual(['404', '404'])
      },
    )
    it('neither is administration, health or a list of routes, whoever asks by whatever method', async () => {
      const paths = [
        '/key/info',
        '/key/generate',
        '/team/list',
        '/model/info',
        '/spend/logs',
        '/health/liveliness',
        '/health/readiness',
        '/metrics',
        '/openapi.json',
      ]
      const spelled = [...paths, '/v1/key/info', '//key/info', '/v1/panel/session', '/V1/../key/info']
      const admin = { authorization: `Bearer ${house.gateway.adminKey}` }
      const asked = spelled.flatMap((path) => ['GET', 'POST', 'DELETE'].map((method) => ({ path, method, headers: admin })))
      const answers = await ask(asked)
      const wrong = asked.filter((_, index) => !['404', '400'].includes(answers[index]?.result ?? ''))
      expect(wrong).toEqual([])
      expect(answers.slice(0, paths.length * 3).every(({ result }) => result === '404')).toBe(true)
    })
    it('a session of the panel opens nothing there', async () => {
      const headers = { 'content-type': 'application/json' }
      const signedIn = await fetch(`${house.gateway.origin}/panel/sign-in`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ adminKey: house.gateway.adminKey }),
      })
      const token = /=(\w+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1] ?? ''
      expect((await fetch(`${house.gateway.origin}/v1/models`, { headers: { cookie: `tollgate_session=${token}` } })).status).toBe(200)
      const cookies = ['tollgate_session', '__Host-tollgate_session'].map((name) => ({ path: '/v1/models', headers: { cookie: `${name}=${token}` } }))
      expect(statusesOf(await ask(cookies))).toEqual(['401', '401'])
    })

    it('a Host that is not its own is misdirected', async () => {
      const port = String(entrance.port)
      const front = new URL(house.gateway.origin).host
      const foreign = [
        'evil.example',
        `evil.example:${port}`,
        `127.0.0.1:${port}`,
        `localhost:${port}`,
        `[::1]:${port}`,
        front,
        entrance.host,
        `${entrance.host}:4000`,
        'gateway.test',
      ]
      expect(statusesOf(await ask(foreign.map((host) => ({ path: '/v1/models', headers: { host } }))))).toEqual(foreign.map(() => '421'))
      expect(statusesOf(await ask([{ path: '/v1/models', headers: { host: `gateway.test:${port}` } }]))).toEqual(['401'])
    })
    it('a page that came in plain is not its own', async () => {
      const own = `${entrance.host}:${String(entrance.port)}`
      const origins = [`http://${own}`, `https://${own}`].map((origin) => ({ path: '/v1/models', headers: { origin } }))
      expect(statusesOf(await ask(origins))).toEqual(['403', '401'])
    })

    it('TLS 1.1, plain HTTP and renegotiation are refused', async () => {
      const where = { host: entrance.host, port: entrance.port }
      const [old, plain, again, now] = await neighbour.ask([
        { kind: 'old-tls', ...where },
        { kind: 'plain', ...where },
        { kind: 'renegotiate', ...where },
        { kind: 'certificate', ...where },
      ])
      expect(old?.result).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
      expect(plain?.text).not.toContain('HTTP/')
      expect(again?.result).toBe('ERR_SSL_NO_RENEGOTIATION')
      expect(now?.result).toBe('TLSv1.3')
      expect(now?.text).toContain(`IP Address:${neighbour.address}`)
      expect(now?.text).toContain('DNS:gateway.test')
    })

    it('the authority can be fetched on this machine, and its fingerprint is the one shown', async () => {
      const fetched = await house.get('/panel/lan/authority.pem')
      expect(fetched).toMatchObject({ status: 200, text: authority })
      expect(fetched.text).not.toContain('PRIVATE KEY')
      const { lan } = (await house.get('/panel/session')).json
      expect(lan).toEqual({ url: `https://${entrance.host}:${String(entrance.port)}`, fingerprint: entrance.fingerprint, ownAuthority: true, panel: false })
    })
  })
})
