// The half-minute question on a turned clock, and the reads themselves against a real server.
// Promises: never two at once; the token goes to the gateway alone. Leaves alone: what the gateway answers (gateway/admin).

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { PanelAlerts } from '../../../gateway/contract/alerts.ts'
import { createAlertFeed, type AlertFeed } from '../../../main/os/alert-feed.ts'
import { readAlerts, readReadiness, verifyLedger } from '../../../main/os/gateway-reads.ts'
import { shellLimits } from '../../../main/os/limits.ts'
import type { Address } from '../../../main/os/ports.ts'
import { createToldGateway, createTurnedTimer, noAlerts, serving, settle } from '../../kit/shell-parts.ts'

describe('the feed', () => {
  interface Scene {
    readonly feed: AlertFeed
    readonly told: (PanelAlerts | null)[]
    readonly asked: Address[]
    answer: () => Promise<PanelAlerts>
  }
  const timer = createTurnedTimer()
  function begin(gateway = createToldGateway()): Scene & { readonly gateway: typeof gateway } {
    const scene = { told: [] as (PanelAlerts | null)[], asked: [] as Address[], answer: () => Promise.resolve(noAlerts), gateway }
    const read = (at: Address): Promise<PanelAlerts> => {
      scene.asked.push(at)
      return scene.answer()
    }
    const feed = createAlertFeed({ supervisor: gateway, timer, read })
    feed.onAlerts((alerts) => void scene.told.push(alerts))
    return Object.assign(scene, { feed })
  }

  test('asks at once and every half minute while the gateway serves', async () => {
    const { asked, told, feed } = begin()
    await timer.pass(2 * shellLimits.alertsEveryMs)
    expect([asked.length, told, feed.latest]).toEqual([3, [noAlerts, noAlerts, noAlerts], noAlerts])
    expect(asked[0]).toMatchObject({ baseUrl: 'http://127.0.0.1:4000', token: 'token-of-this-boot' })
  })

  test('what is not known is null, and is asked for again', async () => {
    const scene = begin()
    scene.answer = () => Promise.reject(new Error('too slow'))
    await timer.pass(shellLimits.alertsEveryMs)
    expect(scene.told).toEqual([noAlerts, null])
    scene.answer = () => Promise.resolve(noAlerts)
    await timer.pass(shellLimits.alertsEveryMs)
    expect(scene.told.at(-1)).toBe(noAlerts)
  })

  test('stops with the gateway; an answer that comes too late is none', async () => {
    const scene = begin()
    await settle()
    const late = Promise.withResolvers<PanelAlerts>()
    scene.answer = () => late.promise
    await timer.pass(shellLimits.alertsEveryMs)
    scene.gateway.enter({ kind: 'stopping' })
    late.resolve(noAlerts)
    await timer.pass(10 * shellLimits.alertsEveryMs)
    expect([scene.told, scene.asked.length]).toEqual([[noAlerts, null], 2])
  })

  test('asks the next gateway with its own token', async () => {
    const { asked, gateway } = begin()
    gateway.enter({ kind: 'starting' })
    gateway.enter({ ...(serving() as Extract<ReturnType<typeof serving>, { kind: 'serving' }>), token: 'another' })
    await settle()
    expect(asked.map(({ token }) => token)).toEqual(['token-of-this-boot', 'another'])
  })

  test('is silent while the computer sleeps and asks at once when it wakes', async () => {
    const { asked, feed } = begin()
    await settle()
    feed.suspend()
    await timer.pass(10 * shellLimits.alertsEveryMs)
    expect(asked.length).toBe(1)
    feed.resume()
    await settle()
    expect(asked.length).toBe(2)
  })

  test('one slow answer is waited for, not overtaken', async () => {
    const scene = begin()
    await settle()
    scene.answer = () => new Promise(() => undefined)
    await timer.pass(10 * shellLimits.alertsEveryMs)
    expect(scene.asked.length).toBe(2)
  })
})

describe('the reads', () => {
  const servers: Server[] = []
  afterEach(() => servers.splice(0).forEach((server) => server.close()))
  async function at(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Address> {
    const server = createServer(answer).listen(0, '127.0.0.1')
    servers.push(server)
    await new Promise((resolve) => server.once('listening', resolve))
    return { baseUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, token: 'the-token' }
  }

  test('ask with the token and parse what comes', async () => {
    const seen: unknown[] = []
    const address = await at((request, response) => {
      seen.push([request.method, request.url, request.headers.authorization])
      response.end(JSON.stringify(request.url === '/panel/attention' ? noAlerts : { balanced: true }))
    })
    expect(await readAlerts(address)).toEqual(noAlerts)
    expect(await verifyLedger(address)).toEqual({ balanced: true })
    expect(seen).toEqual([
      ['GET', '/panel/attention', 'Bearer the-token'],
      ['POST', '/ledger/verify', 'Bearer the-token'],
    ])
  })

  test('a redirect is not followed: the token stays where it belongs', async () => {
    let stolen = 0
    const thief = await at((_request, response) => response.end(String((stolen += 1))))
    const address = await at((_request, response) => response.writeHead(307, { location: `${thief.baseUrl}/` }).end())
    await expect(readAlerts(address)).rejects.toThrow()
    expect(stolen).toBe(0)
  })

  test.each([
    ['an error status', (_: unknown, response: ServerResponse) => void response.writeHead(401).end('{}')],
    ['something else', (_: unknown, response: ServerResponse) => void response.end('{"today":1}')],
    ['no JSON', (_: unknown, response: ServerResponse) => void response.end('<html>')],
    ['too much', (_: unknown, response: ServerResponse) => void response.end(Buffer.alloc(shellLimits.readBytesMax + 1, 32))],
  ])('%s is an error', async (_title, answer) => {
    await expect(readAlerts(await at(answer))).rejects.toThrow()
  })

  test('one that never answers is given up in time', async () => {
    await expect(readAlerts(await at(() => undefined), 50)).rejects.toThrow(/timeout|aborted/i)
  })

  test('a ledger in trouble is an answer, too', async () => {
    expect(await readReadiness(await at((_request, response) => response.writeHead(503).end('{"status":"unhealthy"}')))).toEqual({ status: 'unhealthy' })
  })
})
