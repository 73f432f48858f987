// Room beside a prompt in one context window: a cap the gateway writes must not be what a vendor refuses a call for.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { content } from '../../../gateway/contract/sealed.ts'
import type { RequestBound } from '../../../gateway/contract/wire.ts'
import { openai } from '../../../gateway/providers/openai.ts'
import { createExchange } from '../../../gateway/rooms/call/exchange.ts'
import { leaveRoom } from '../../../gateway/rooms/call/room-for-output.ts'
import { wires } from '../../../gateway/translate/index.ts'
import { plainBound } from '../../kit/plain-bound.ts'
import { deploymentOf, requestOf } from '../../kit/translated-call.ts'

const word = 'window '
const bodyOf = (words: number): JsonObject => ({ messages: [{ role: 'user', content: word.repeat(words) }] })
interface Room {
  readonly window: number | null
  readonly most: number
  readonly bound?: RequestBound
  /** The model's own limit. */
  readonly written?: number
}
function room(words: number, { window, most, bound = plainBound, written = most }: Room): number {
  const json = bodyOf(words)
  const { facts } = deploymentOf(openai, 'gpt-4')
  const request = { json: content({ model: 'm', ...json }), bodyBytes: JSON.stringify(json).length }
  return leaveRoom({ request, deployment: { facts: { ...facts, imageTokensMax: 1000, outputTokensMax: written, contextTokensMax: window } }, bound }, most)
}

describe('the room for output', () => {
  it('is all of it where no window is known, or the prompt is short beside it', () => {
    expect(room(100_000, { window: null, most: 8192 })).toBe(8192)
    expect(room(1000, { window: 128_000, most: 16_384 })).toBe(16_384)
  })
  it('is all of it where more can be written than read: that is no window of both', () => {
    expect(room(9000, { window: 8192, most: 8192, written: 65_536 })).toBe(8192)
  })
  it('ends where the prompt begins, with a margin for a count that is not the vendor’s', () => {
    const left = room(60_000, { window: 131_072, most: 65_536 })
    // 60,000 words of one token each, and not the 420,000 that their bytes would bound.
    expect(left).toBeLessThanOrEqual(131_072 - 60_000)
    expect(left).toBeGreaterThan(131_072 - 60_000 * 1.4)
  })
  it('is a quarter of a small window at least, and 4,096 of a large one', () => {
    expect(room(9000, { window: 8192, most: 8192 })).toBe(2048)
    expect(room(200_000, { window: 131_072, most: 65_536 })).toBe(4096)
    expect(room(200_000, { window: 131_072, most: 100 })).toBe(100)
  })
  it('counts pictures that stand in the request by their address', () => {
    expect(room(1, { window: 8192, most: 8192, bound: { ...plainBound, images: 4 } })).toBeLessThan(8192 - 4000)
  })
})

describe('a call on a budget', () => {
  const ask = (more: JsonObject, asked?: number): unknown => {
    const json = { model: 'm', ...bodyOf(1000), ...more }
    const request = { ...requestOf(json), bodyBytes: JSON.stringify(json).length }
    const deployment = deploymentOf(openai, 'gpt-4')
    const small = { ...deployment, facts: { ...deployment.facts, contextTokensMax: 8192, outputTokensMax: 8192 } }
    const bound = asked === undefined ? plainBound : { ...plainBound, outputTokensMax: asked }
    return JSON.parse(Buffer.from(createExchange({ request, deployment: small, bound, outputTokensMax: 8192 }, wires).body).toString())
  }
  it('is not capped at the whole window beside its prompt', () => {
    const { max_completion_tokens: cap } = ask({}) as { max_completion_tokens: number }
    expect(cap).toBeLessThanOrEqual(8192 - 1000)
    expect(cap).toBeGreaterThan(5000)
  })
  it('keeps the cap that its caller asked for', () => {
    expect(ask({ max_tokens: 8000 }, 8000)).toMatchObject({ max_tokens: 8000 })
  })
})
