// When a provider counts as failing, and when that is over. Promises: the rule holds for random calls too.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listOutages } from '../../../gateway/admin/outages.ts'
import type { Sighting } from '../../../gateway/admin/sightings.ts'

const sighting = (facts: Partial<Sighting>): Sighting => ({
  deploymentId: 'one',
  providerId: 'openai',
  ok: true,
  status: 200,
  atMs: 1000,
  error: null,
  answered: true,
  ...facts,
})
const times = (count: number, facts: Partial<Sighting>): readonly Sighting[] =>
  Array.from({ length: count }, (_, index) => sighting({ atMs: 1000 - index, ...facts }))
const failed = { ok: false, status: 502, answered: false }

test.each([
  ['nothing but answers', times(9, {}), 'ok'],
  ['four failures in a row', times(4, failed), 'unclear'],
  ['five failures in a row', times(5, failed), 'failing'],
  ['five failures among ten calls', [...times(5, {}), ...times(5, failed)], 'failing'],
  ['five failures among eleven calls', [...times(6, {}), ...times(5, failed)], 'ok'],
  ['five failures among eleven calls, the newest failed', [...times(5, failed), ...times(6, {})], 'unclear'],
  ['an answer after four failures', [...times(1, {}), ...times(4, failed)], 'ok'],
])('%s: %s', (_title, seen, state) => {
  expect(listOutages(seen)).toMatchObject([{ id: 'openai', state, calls: seen.length }])
})

test.each([400, 404, 413, 422])('a call answered with %d was wrong in itself and speaks against nobody', (status) => {
  expect(listOutages(times(20, { ...failed, status }))).toEqual([])
})

test.each([null, 200, 401, 403, 408, 409, 425, 429, 500, 503])('a failed call with status %s is the provider’s', (status) => {
  expect(listOutages(times(5, { ...failed, status }))).toMatchObject([{ state: 'failing', failures: 5 }])
})

test('providers are told apart; what was answered elsewhere is counted, and since when it fails', () => {
  const seen = [...times(3, { ...failed, answered: true }), ...times(2, { ...failed, atMs: 17 }), ...times(2, { providerId: 'anthropic' })]
  expect(listOutages(seen)).toEqual([
    { id: 'anthropic', state: 'ok', calls: 2, failures: 0, rescued: 0, sinceMs: null },
    { id: 'openai', state: 'failing', calls: 5, failures: 5, rescued: 3, sinceMs: 17 },
  ])
})

test('a provider is failing exactly when at least five calls and half of all failed', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (calls) => {
      const failures = calls.filter((ok) => !ok).length
      const [found] = listOutages(calls.map((ok) => sighting(ok ? {} : failed)))
      expect(found?.state === 'failing').toBe(failures >= 5 && failures * 2 >= calls.length)
    }),
  )
})
