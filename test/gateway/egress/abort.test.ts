// A request that waits for a connection can be given up at once: its caller's slot and money must not wait for somebody else's reply.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { defaultLimits } from '../../../gateway/config.ts'
import type { EgressRequest } from '../../../gateway/contract/egress.ts'
import { createEgress } from '../../../gateway/egress/egress.ts'

const silent = createServer(() => undefined)
const egress = createEgress({ limits: { ...defaultLimits, upstreamConnectionsPerOriginMax: 1 } })
beforeAll(async () => void (await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))))
afterAll(async () => {
  await egress.close()
  silent.closeAllConnections()
  silent.close()
})

const ask = (signal: AbortSignal): EgressRequest => ({
  title: 'Vendor',
  baseUrl: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
  path: '/',
  method: 'POST',
  headers: {},
  body: Buffer.from('{}'),
  signal,
  headersTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  bodyBytesMax: 1000,
})

it('ends a request that is still in the queue when it is aborted', async () => {
  const busy = new AbortController()
  const first = egress.send(ask(busy.signal)).catch(() => 'ended')
  const queued = new AbortController()
  const second = egress.send(ask(queued.signal)).catch(() => 'ended')
  await new Promise((resolve) => setTimeout(resolve, 50))
  queued.abort()
  const late = new Promise((resolve) => setTimeout(() => resolve('still waiting'), 1000))
  expect(await Promise.race([second, late])).toBe('ended')
  busy.abort()
  expect(await first).toBe('ended')
})
