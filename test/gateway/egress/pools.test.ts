// However many origins are called, the connections of few are kept; those with a call running are never given up.

import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { defaultLimits } from '../../../gateway/config.ts'
import { createEgress } from '../../../gateway/egress/egress.ts'
import { exchange } from '../../../gateway/egress/exchange.ts'
import { createPools } from '../../../gateway/egress/pools.ts'
import { order, textOf } from './ask.ts'

const servers: Server[] = []
async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

it('keeps the latest used of 5,000 origins, and the one with a call running', async () => {
  let answer = (): void => undefined
  let arrive = (): void => undefined
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  const hold: RequestListener = (_request, response) => {
    answer = () => response.end('done')
    arrive()
  }
  const busyOrigin = new URL(await listen(hold))
  const pools = createPools({ limits: defaultLimits })
  const busy = pools.get(busyOrigin, null)
  const running = exchange(busy, { origin: busyOrigin.origin, path: '/', method: 'GET' }, { signal: new AbortController().signal, onSent: () => undefined })
  const originOf = (index: number): URL => new URL(`https://bedrock-runtime.region-${index}.example`)
  const favourite = pools.get(originOf(0), null)
  const made = [busy, favourite]
  for (let index = 1; index < 5000; index += 1) {
    made.push(pools.get(originOf(index), null))
    if (index % 100 === 0) expect(pools.get(originOf(0), null)).toBe(favourite)
  }
  const kept = made.filter((pool) => !pool.closed)
  expect(kept.length).toBeLessThanOrEqual(defaultLimits.upstreamOriginsMax)
  expect([busy, favourite, made.at(-1)].map((pool) => pool?.closed)).toEqual([false, false, false])
  await arrived
  answer()
  const pieces: Uint8Array[] = []
  for await (const piece of (await running).body) pieces.push(piece)
  expect(Buffer.concat(pieces).toString()).toBe('done')
  await pools.close()
})

it('reaches an origin again whose connections were given up', async () => {
  const [one, other] = await Promise.all(['one', 'other'].map(async (word) => await listen((_request, response) => void response.end(word))))
  const egress = createEgress({ limits: { ...defaultLimits, upstreamOriginsMax: 1 } })
  const said: string[] = []
  for (const origin of [one, other, one, other]) said.push(await textOf(egress, order(origin ?? '')))
  expect(said).toEqual(['one', 'other', 'one', 'other'])
  await egress.close()
})
