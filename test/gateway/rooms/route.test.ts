// Routing: a weighted shuffle without replacement, retries elsewhere first, then fallbacks.

import { describe, expect, it } from 'vitest'
import type { Hold } from '../../../gateway/contract/hold.ts'
import { deploymentId, isNonEmpty, requestId } from '../../../gateway/contract/ids.ts'
import { nanoUsd } from '../../../gateway/contract/money.ts'
import type { Deployment, ModelGroup } from '../../../gateway/contract/provider.ts'
import { asGuarded, type GuardedRequest } from '../../../gateway/contract/request.ts'
import { createRoute } from '../../../gateway/rooms/route.ts'
import { plainBound } from '../../kit/plain-bound.ts'

const deployment = (id: string, modelName: string, weight = 1): Deployment => ({ id: deploymentId(id), modelName, weight }) as Deployment
function group(name: string, deployments: readonly Deployment[]): ModelGroup {
  if (!isNonEmpty(deployments)) throw new Error('empty group')
  return { name, deployments, fallbacks: [] }
}
const holdOf = (first: ModelGroup, ...rest: ModelGroup[]): Hold => ({
  requestId: requestId('req_1'),
  money: Promise.resolve({ nanoUsd: nanoUsd(0), outputTokensMax: null, outputTokensHeld: null }),
  outputTokensExpected: null,
  bound: plainBound,
  groups: [first, ...rest],
  release: () => undefined,
})
const request: GuardedRequest = asGuarded({} as GuardedRequest)

/** Mulberry32: a small seeded generator, so that a failure replays. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
const ids = (attempts: readonly { deployment: Deployment }[]): string[] => attempts.map((attempt) => attempt.deployment.id)

describe('route', () => {
  it('draws first in proportion to weight', () => {
    const route = createRoute({ random: seeded(7), retries: () => 0, attemptsMax: 8 })
    const hold = holdOf(group('m', [deployment('heavy', 'm', 9), deployment('light', 'm', 1)]))
    const draws = Array.from({ length: 4000 }, () => route(request, hold).attempts[0].deployment.id)
    const share = draws.filter((id) => id === 'heavy').length / draws.length
    expect(share).toBeGreaterThan(0.88)
    expect(share).toBeLessThan(0.92)
  })
  it('never draws a deployment of weight 0 first while another has weight', () => {
    const route = createRoute({ random: seeded(3), retries: () => 1, attemptsMax: 8 })
    const hold = holdOf(group('m', [deployment('off', 'm', 0), deployment('on', 'm', 1)]))
    for (let turn = 0; turn < 500; turn += 1) expect(ids(route(request, hold).attempts)).toEqual(['on', 'off'])
  })
  it('tries every deployment once before any twice', () => {
    const route = createRoute({ random: seeded(1), retries: () => 3, attemptsMax: 8 })
    const attempts = ids(route(request, holdOf(group('m', [deployment('a', 'm'), deployment('b', 'm')]))).attempts)
    expect(new Set(attempts.slice(0, 2))).toEqual(new Set(['a', 'b']))
    expect(attempts).toHaveLength(4)
  })
  it('keeps an attempt for the fallback however many retries are set', () => {
    const route = createRoute({ random: seeded(1), retries: () => 20, attemptsMax: 8 })
    const { attempts } = route(request, holdOf(group('m', [deployment('a', 'm')]), group('f', [deployment('c', 'f')])))
    expect(ids(attempts)).toEqual([...Array.from({ length: 7 }, () => 'a'), 'c'])
  })
  it.each([
    [2, { m: 3, f1: 3, f2: 3, f3: 1 }, { m: 3, f1: 3, f2: 1, f3: 1 }],
    [5, { m: 1, f1: 3, f2: 1 }, { m: 6, f1: 1, f2: 1 }],
  ])('keeps an attempt for each fallback, however many deployments the earlier ones have (%i retries)', (retries, deployments, expected) => {
    const route = createRoute({ random: seeded(1), retries: () => retries, attemptsMax: 8 })
    const [asked, ...fallbacks] = Object.entries(deployments).map(([name, count]) =>
      group(
        name,
        Array.from({ length: count }, (_, index) => deployment(`${name}-${index}`, name)),
      ),
    )
    if (asked === undefined) throw new Error('no group')
    const taken: Record<string, number> = {}
    for (const attempt of route(request, holdOf(asked, ...fallbacks)).attempts)
      taken[attempt.deployment.modelName] = (taken[attempt.deployment.modelName] ?? 0) + 1
    expect(taken).toEqual(expected)
  })
  it('puts fallback groups after the retries and says why', () => {
    const route = createRoute({ random: seeded(1), retries: () => 1, attemptsMax: 8 })
    const { attempts } = route(request, holdOf(group('m', [deployment('a', 'm')]), group('f', [deployment('c', 'f')])))
    expect(attempts.map((attempt) => [attempt.deployment.id, attempt.reason])).toEqual([
      ['a', 'only deployment'],
      ['a', 'retry'],
      ['c', 'fallback from m'],
    ])
  })
  it('stops at the greatest number of attempts', () => {
    const route = createRoute({ random: seeded(1), retries: () => 50, attemptsMax: 4 })
    expect(route(request, holdOf(group('m', [deployment('a', 'm')]))).attempts).toHaveLength(4)
  })
})
