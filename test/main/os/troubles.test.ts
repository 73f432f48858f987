// What people are asked when the gateway cannot serve. Promises: one box at a time; an answer that came too late does nothing.

import { expect, test } from 'vitest'
import type { GatewayState } from '../../../main/gateway/state.ts'
import { askInTrouble, chosenPort } from '../../../main/os/troubles.ts'
import { createMemorySettings, createToldGateway, serving, settle } from '../../kit/shell-parts.ts'

type Answer = 'other' | 'again' | 'leave' | 'start' | 'logs'
const taken: GatewayState = { kind: 'port-taken', port: 4000, owner: 'node' }
const broken: GatewayState = { kind: 'stopped', reason: 'The configuration is wrong.' }

function begin() {
  const [gateway, settings, asked, opened] = [createToldGateway({ kind: 'starting' }), createMemorySettings(), [] as string[], [] as string[]]
  const boxes: PromiseWithResolvers<Answer>[] = []
  const box = (word: string): Promise<never> => {
    asked.push(word)
    const open = Promise.withResolvers<Answer>()
    boxes.push(open)
    return open.promise as Promise<never>
  }
  askInTrouble({
    supervisor: gateway,
    dialogs: { askPort: (port, owner) => box(`${String(port)} ${owner ?? ''}`), tellCrash: (reason) => box(reason) },
    logs: { openFolder: () => Promise.resolve(void opened.push('opened')) },
    settings,
  })
  const answer = async (given: Answer): Promise<void> => {
    boxes.shift()?.resolve(given)
    await settle()
  }
  return { gateway, settings, asked, opened, answer }
}

test.each<[GatewayState, Answer, readonly string[]]>([
  [taken, 'other', ['start 4001']],
  [taken, 'again', ['start']],
  [taken, 'leave', []],
  [broken, 'start', ['start']],
  [broken, 'logs', []],
  [broken, 'leave', []],
])('%o, %s: %o', async (state, given, expected) => {
  const { gateway, answer, opened } = begin()
  gateway.enter(state)
  await answer(given)
  expect([gateway.asked, opened.length]).toEqual([expected, given === 'logs' ? 1 : 0])
})

test('the port that was chosen is kept', async () => {
  const { gateway, answer, settings } = begin()
  gateway.enter(taken)
  await answer('other')
  expect(chosenPort(settings)).toBe(4001)
})

test.each([undefined, null, '4001', 0, -1, 70_000, 1.5])('%o is no port', (port) => {
  expect(chosenPort(createMemorySettings(port === undefined ? {} : { port }))).toBeNull()
})

test.each<GatewayState>([serving(), { kind: 'waiting', reason: 'x', retryAtMs: 1, crashes: 1 }, { kind: 'stopping' }, { kind: 'stopped', reason: null }])(
  'nobody is asked about %o',
  async (state) => {
    const { gateway, asked } = begin()
    gateway.enter(state)
    await settle()
    expect(asked).toEqual([])
  },
)

test('one box at a time; what has answered itself is not acted on', async () => {
  const { gateway, asked, answer } = begin()
  gateway.enter(taken)
  gateway.enter(serving())
  gateway.enter(broken)
  await answer('other')
  expect([asked, gateway.asked]).toEqual([['4000 node', 'The configuration is wrong.'], []])
  gateway.enter(serving())
  await answer('start')
  expect(gateway.asked).toEqual([])
})
