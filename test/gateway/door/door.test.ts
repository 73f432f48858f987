// The door over real connections, with routes of this test: replies that do not come to their end.
// Promises: what a client is told of its connection is what HTTP says of it. Leaves alone: what real routes answer (journeys).

import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { defaultLimits } from '../../../gateway/config.ts'
import { refuse } from '../../../gateway/contract/errors.ts'
import { requestId } from '../../../gateway/contract/ids.ts'
import type { JsonRoute } from '../../../gateway/contract/route.ts'
import { createDoor } from '../../../gateway/door/door.ts'
import { systemClock } from '../../../gateway/kit/clock.ts'

const lost = refuse('ledger_unavailable', { reason: 'of this test' })
async function* half(): AsyncGenerator<string> {
  yield 'a,b\r\n'
  await setTimeout(20)
  throw lost
}

const slow = { begun: 0, ended: 0 }
async function* slowly(): AsyncGenerator<string> {
  slow.begun += 1
  try {
    for (let count = 0; count < 100; count += 1) {
      yield 'x\r\n'
      await setTimeout(10)
    }
  } finally {
    slow.ended += 1
  }
}

const streamRoute = (path: string, chunks: () => AsyncIterable<string>): JsonRoute => ({
  ...{ method: 'GET', path, auth: 'none', surface: 'admin', summary: 'of this test', tag: 'test', reply: 'stream' },
  limits: { bodyBytesMax: 1 },
  handle: () => Promise.resolve({ kind: 'stream', contentType: 'text/csv', chunks: chunks() }),
})
const textRoute: JsonRoute = {
  ...streamRoute('/whole.txt', half),
  handle: () => Promise.resolve({ kind: 'text', text: whole }),
}
const whole = 'y'.repeat(8 * 1024 * 1024)
const heard: unknown[] = []
const refuseAll = (): never => {
  throw refuse('missing_key')
}
const tools: Parameters<typeof createDoor>[0] = {
  ...{ flow: refuseAll, identify: refuseAll, adminCaller: refuseAll, countUnknown: () => undefined },
  ...{ isSession: () => false, isRevoked: () => false, isBootToken: () => false, hashToken: (token) => token },
  jsonRoutes: [streamRoute('/half.csv', half), streamRoute('/slow.csv', slowly), textRoute],
  panel: { find: () => null, count: 0 },
  newRequestId: () => requestId('req_of_this_test'),
  clock: systemClock,
  limits: defaultLimits,
  ...{ host: '127.0.0.1', hosts: [] },
  onError: (_id, error) => void heard.push(error),
}
const door = createDoor(tools)
let port: number
beforeAll(async () => {
  port = await door.listen(0)
})
afterAll(async () => await door.close(0))

it('a reply that fails half-way is cut, not ended', async () => {
  const [reply] = (await once(get({ host: '127.0.0.1', port, path: '/half.csv' }), 'response')) as [IncomingMessage]
  let text = ''
  const reading = async (): Promise<void> => {
    for await (const piece of reply) text += String(piece)
  }
  await expect(reading()).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect([reply.statusCode, reply.complete, text]).toEqual([200, false, 'a,b\r\n'])
  expect(heard).toEqual([lost])
})

it('a caller who resets in the middle of a reply leaves nothing printed', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET /slow.csv HTTP/1.1\r\nhost: 127.0.0.1:${String(port)}\r\n\r\n`)
  await once(socket, 'data')
  socket.resetAndDestroy()
  await expect.poll(() => slow).toEqual({ begun: 1, ended: 1 })
  await setTimeout(20)
  expect(printed.mock.calls).toEqual([])
  printed.mockRestore()
})

it('a reply that is still on its way to a slow reader ends before the door has closed', async () => {
  const stopping = createDoor(tools)
  const at = await stopping.listen(0)
  const [reply] = (await once(get({ host: '127.0.0.1', port: at, path: '/whole.txt' }), 'response')) as [IncomingMessage]
  await setTimeout(100)
  const closed = stopping.close(5000)
  await setTimeout(200)
  let length = 0
  for await (const piece of reply) length += (piece as Buffer).length
  await closed
  expect([length, reply.complete]).toEqual([whole.length, true])
})

it('a caller who takes nothing of a whole reply is cut', async () => {
  const impatient = createDoor({ ...tools, limits: { ...defaultLimits, callerDrainTimeoutMs: 100 } })
  const at = await impatient.listen(0)
  const [reply] = (await once(get({ host: '127.0.0.1', port: at, path: '/whole.txt' }), 'response')) as [IncomingMessage]
  await setTimeout(500)
  const reading = async (): Promise<void> => {
    for await (const _ of reply);
  }
  await expect(reading()).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(reply.complete).toBe(false)
  await impatient.close(0)
})
