// The proof about fuzzed requests in its short form, and its plan.
// Promises: the same seed and number give the same request. Leaves alone: the full count (npm run proof).

import { expect, it } from 'vitest'
import { createChance } from '../kit/random.ts'
import { corpus } from './fuzz-corpus.ts'
import { planRequest } from './fuzz-plan.ts'
import type { Ground } from './fuzz-request.ts'
import { judge, proveFuzz } from './fuzz.ts'
import { houseSpeakers } from './house-speakers.ts'
import { speakers } from './speakers.ts'

const { seed } = createChance()
const ground: Ground = { keys: { budgeted: 'sk-budgeted', free: 'sk-free' }, adminKey: 'sk-admin', routes: [['GET', '/panel/events']], kept: ['resp_kept'] }

it('plans a request from its seed and number alone, of every kind', () => {
  const requests = Array.from({ length: 3000 }, (_, index) => planRequest(seed, index, ground))
  expect(planRequest(seed, 1234, ground)).toEqual(requests[1234])
  expect(new Set(requests.map(({ surface }) => surface)).size).toBe(7)
  expect(requests.filter(({ raw }) => raw !== null).length).toBeGreaterThan(30)
  expect(requests.filter(({ path }) => path.startsWith('/panel/events')).length).toBeGreaterThan(100)
  const rows = new Set([...speakers, ...houseSpeakers].map(({ row }) => row))
  expect([...rows].filter((row) => !requests.some((request) => request.row === row))).toEqual([])
})

it('takes an undeclared answer, a late one and a broken connection for faults', () => {
  const [request] = corpus(ground)
  if (request === undefined) throw new Error('the corpus is empty')
  const right = { status: 400, text: '{"error":{"message":"no","type":"invalid_request_error"}}', tookMs: 5, broken: null }
  expect(judge(request, right)).toBeNull()
  expect(judge(request, { ...right, status: 500 })).toMatch(/declared/)
  expect(judge(request, { ...right, text: 'no' })).toMatch(/JSON/)
  expect(judge(request, { ...right, tookMs: 60_000 })).toMatch(/took/)
  expect(judge(request, { ...right, broken: 'reset' })).toMatch(/broke/)
})

it('survives fuzzed requests and the corpus', { timeout: 120_000 }, async () => {
  const lines = await proveFuzz({ log: () => undefined, short: true, seed })
  for (const line of lines.slice(0, 2)) console.log(`${line.name}: ${line.figure} (TEST_SEED=${line.seed ?? ''})`)
  expect(lines.filter((line) => !line.ok)).toEqual([])
  expect(lines.length).toBeGreaterThan(20)
})
