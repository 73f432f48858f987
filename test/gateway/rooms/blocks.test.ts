// A stream whose money is held block by block: extended while it passes, ended with a clear word when the budget is, never for calls that cannot be followed.
// Promises: the real corridor and books, blocks of ten tokens. Leaves alone: HTTP and many streams at once (test/journeys/block-mode.test.ts).

import { afterEach, describe, expect, it } from 'vitest'
import { refuse } from '../../../gateway/contract/errors.ts'
import { nanoUsd } from '../../../gateway/contract/money.ts'
import type { Provider } from '../../../gateway/contract/provider.ts'
import { oneWindow, type Budget, type HoldSize } from '../../../gateway/contract/scope.ts'
import { anthropic } from '../../../gateway/providers/anthropic.ts'
import { openaiCompatible } from '../../../gateway/providers/openai-compatible.ts'
import { bill, card } from '../ledger/fixture.ts'
import { createCorridor, type Corridor, type CorridorOptions } from '../../kit/corridor.ts'
import type { Script } from '../../kit/scripted-vendor.ts'

const vendor: Provider = { ...openaiCompatible, abortedCalls: 'produced' }
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const said = (content: string, usage?: object): string =>
  event({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null }], ...(usage === undefined ? {} : { usage }) })
const ending = event({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
const done = 'data: [DONE]\n\n'

const body = { model: 'm', stream: true, max_tokens: 90, messages: [{ role: 'user', content: 'count to eighty' }] }
const bytes = Buffer.byteLength(JSON.stringify(body))
/** What is held at first: two bytes of request for a token, and a block of ten. */
const firstHold = bill(Math.ceil(bytes / 2), 10).costNanoUsd
const perToken = bill(0, 1).costNanoUsd

const budgetOf = (nano: bigint, holds: HoldSize = 'block'): Budget => ({ ...oneWindow(nanoUsd(nano), null), holds })

describe('a stream held in blocks', () => {
  const made: Corridor[] = []
  const open = (options: Partial<CorridorOptions>): Corridor => {
    const corridor = createCorridor({ provider: vendor, limits: { outputBlockTokens: 10 }, budget: budgetOf(10n ** 12n), ...options })
    made.push(corridor)
    return corridor
  }
  afterEach(() => {
    for (const corridor of made.splice(0)) {
      expect(corridor.heldNanoUsd()).toBe(0n)
      expect(corridor.violations()).toEqual([])
      corridor.close()
    }
  })
  /** Streams the pieces one by one and notes what was sent and what was held meanwhile. */
  const streaming = (
    corridor: Corridor,
    pieces: readonly string[],
  ): { script: Script; sent: () => Record<string, unknown>; held: bigint[]; stopped: () => boolean } => {
    const held: bigint[] = []
    let sent: Record<string, unknown> = {}
    let stopped = false
    const script: Script = async (request) => {
      request.onSent?.()
      sent = JSON.parse(Buffer.from(request.body ?? []).toString('utf8')) as Record<string, unknown>
      request.signal.addEventListener('abort', () => (stopped = true))
      async function* go(): AsyncGenerator<Uint8Array> {
        for (const piece of pieces) {
          held.push(corridor.heldNanoUsd())
          await new Promise((resolve) => setImmediate(resolve))
          if (request.signal.aborted) throw refuse('upstream_unreachable', { provider: 'V', reason: 'aborted' })
          yield Buffer.from(piece)
        }
      }
      return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: go(), abort: () => undefined }
    }
    return { script, sent: () => sent, held, stopped: () => stopped }
  }
  const words = Array.from({ length: 16 }, (_, index) => said(`${index + 10} is. `.slice(0, 5)))
  const usage = (output: number): string => event({ id: 'c', choices: [], usage: { prompt_tokens: 12, completion_tokens: output } })

  it('begins with one block, grows as it passes, and settles at what was reported', async () => {
    const corridor = open({})
    const { script, sent, held } = streaming(corridor, [...words, ending, usage(32), done])
    const { id, heard } = await corridor.visit(body, script)
    expect(held[0]).toBe(firstHold)
    // Eighty bytes may be eighty tokens, so as much was held in the end, and never more than one block and a quarter ahead.
    expect(held.at(-1)).toBeGreaterThanOrEqual(firstHold + 70n * perToken)
    held.forEach((amount, index) => expect(amount).toBeLessThanOrEqual(firstHold + (BigInt(index) * 5n + 13n) * perToken))
    expect(sent()['max_tokens']).toBe(90)
    expect(heard.endsWith(done)).toBe(true)
    expect(corridor.booked(id)).toMatchObject({ end: 'answered', provenance: 'reported', cost: bill(12, 32).costNanoUsd })
  })

  it('ends with a clear word when the budget is used up, at the cost of what passed', async () => {
    const limit = firstHold + 20n * perToken
    const corridor = open({ budget: budgetOf(limit) })
    const { script, stopped } = streaming(corridor, [...words, ending, usage(32), done])
    const { id, heard } = await corridor.visit(body, script)
    expect(stopped()).toBe(true)
    const last =
      heard
        .split('\n\n')
        .filter((line) => line !== '' && line !== 'data: [DONE]')
        .at(-1) ?? ''
    expect(last).toContain('"insufficient_quota"')
    expect(last).toContain('the budget was used up while it was streamed')
    expect(heard).toContain('15 is')
    expect(heard).not.toContain('19 is')
    const row = corridor.booked(id)
    expect(row).toMatchObject({ end: 'cut', errorCode: 'stream_budget_spent', provenance: 'counted', outputTokensHeld: 30n })
    expect(row?.cost).toBeGreaterThan(bill(5, 6).costNanoUsd)
    expect(corridor.spentNanoUsd()).toBeLessThanOrEqual(limit)
  })

  it('goes on when the budget has room again by the time the block is used up', async () => {
    const corridor = open({ budget: budgetOf(2n * firstHold + 5n * perToken) })
    const first = streaming(corridor, [...words.slice(0, 1), ending, usage(2), done])
    const slowly = Array.from({ length: 20 }, () => ': wait\n\n')
    const [, second] = await Promise.all([
      corridor.visit({ ...body, max_tokens: 10 }, first.script),
      corridor.visit(body, streaming(corridor, [...words.slice(0, 2), ...slowly, ...words.slice(2, 5), ending, usage(12), done]).script),
    ])
    expect(corridor.booked(second.id)?.end).toBe('answered')
  })

  it('is refused before anything is sent when not even a block is left', async () => {
    const corridor = open({ budget: budgetOf(firstHold - 1n) })
    const { script, held } = streaming(corridor, [ending])
    const { threw, id } = await corridor.visit(body, script)
    expect(threw).toMatchObject({ code: 'insufficient_quota' })
    expect(held).toEqual([])
    expect(corridor.booked(id)).toMatchObject({ end: 'refused', cost: 0n })
  })

  it('believes a vendor that counts along, and asks for less', async () => {
    const counting = words.map((_, index) => said('five ', { prompt_tokens: 12, completion_tokens: index + 1 }))
    const corridor = open({})
    const { id } = await corridor.visit(body, streaming(corridor, [...counting, ending, done]).script)
    expect(corridor.booked(id)).toMatchObject({ end: 'answered', cost: bill(12, 16).costNanoUsd, outputTokensHeld: 20n })
  })

  it('pays for a large piece at once, and no further than the call can go', async () => {
    const corridor = open({})
    const { id } = await corridor.visit(body, streaming(corridor, [said('x'.repeat(400)), said('y'.repeat(400)), ending, usage(80), done]).script)
    expect(corridor.booked(id)).toMatchObject({ end: 'answered', outputTokensHeld: 90n })
  })

  it('ends when the ledger cannot say whether there is money', async () => {
    const corridor = open({})
    const { script } = streaming(corridor, [...words, ending, usage(32), done])
    for (const nth of [1, 2]) {
      const { id, heard, faulted } = await corridor.visit(body, script, { tool: 'extend', nth, error: () => refuse('ledger_unavailable', { reason: 'busy' }) })
      expect(faulted).toBe(true)
      expect(corridor.booked(id)?.state).toBe('closed')
      if (nth === 2) expect(heard).toContain(done)
    }
  })

  it('leaves nothing held wherever its caller leaves or its vendor breaks off', async () => {
    for (const ends of ['caller', 'vendor'] as const) {
      const corridor = open({})
      for (let cut = 0; cut < words.length; cut += 1) {
        const { script } = streaming(corridor, [...words.slice(0, cut)])
        const { id } = await corridor.visit(body, async (request, line) => {
          const reply = await script(request, line)
          async function* cutting(): AsyncGenerator<Uint8Array> {
            yield* reply.body
            if (ends === 'caller') line.leave()
            throw refuse('upstream_cut', { provider: 'V' })
          }
          return { ...reply, body: cutting() }
        })
        expect(corridor.booked(id), `${ends} ${cut}`).toMatchObject({ state: 'closed', end: ends === 'caller' ? 'cut' : 'failed' })
        expect(corridor.heldNanoUsd()).toBe(0n)
      }
    }
  })
})

describe('a call that cannot be followed', () => {
  const reasoning = { ...card, digest: 'e'.repeat(64), prices: { ...card.prices, reasoning: { pico: card.prices.output?.pico ?? (0n as never), tiers: [] } } }
  /** Whether the call was held in blocks; null: it was refused. */
  const inBlocks = async (options: Partial<CorridorOptions>, change: Record<string, unknown> = {}): Promise<boolean | null> => {
    const corridor = createCorridor({ provider: vendor, budget: budgetOf(10n ** 12n), ...options })
    const { id } = await corridor.visit({ ...body, ...change }, async () => {
      throw refuse('upstream_unreachable', { provider: 'V', reason: 'not here' })
    })
    const row = corridor.booked(id)
    corridor.close()
    return row === null ? null : row.outputTokensHeld !== null
  }

  const asked: Provider = { ...anthropic, ...anthropic.forModel?.('claude-sonnet-4-5'), needsKey: false }
  const unasked: Provider = { ...anthropic, ...anthropic.forModel?.('claude-opus-5'), needsKey: false }
  it.each([
    ['a stream', {}, {}, true],
    ['one on a strict budget', { budget: budgetOf(10n ** 12n, 'strict') }, {}, false],
    ['one that does not stream', {}, { stream: false }, false],
    ['one whose model reasons', { capabilities: ['reasoning'] }, {}, false],
    ['one whose card prices reasoning', { price: reasoning }, {}, false],
    ['one whose model reasons when asked, unasked', { provider: asked, capabilities: ['reasoning'] }, {}, true],
    ['one whose model reasons unasked', { provider: unasked }, {}, false],
    ['one whose model reasons when asked, and was', { provider: asked, capabilities: ['reasoning'] }, { reasoning_effort: 'high' }, false],
    ['one whose model reasons when asked, and was asked not to', { provider: asked, capabilities: ['reasoning'] }, { reasoning_effort: 'none' }, true],
  ] as const)('%s: held in blocks %#', async (_name, options, change, expected) => {
    expect(await inBlocks(options, change)).toBe(expected)
  })
})
