// The speakers against the gateway's own list of routes for conversations, texts and vectors.
// Promises: a route that nobody asks, and a speaker whose route is gone, are named. Leaves alone: answers (hostile.ts, fuzz.ts).

import { expect, it } from 'vitest'
import type { Operation } from '../../gateway/contract/request.ts'
import { inferenceRoutes } from '../../gateway/door/surfaces/index.ts'
import { speakers } from './speakers.ts'

const asked: readonly Operation[] = ['chat', 'completion', 'embedding']

it('asks every route for these that there is, and no other', () => {
  const declared = inferenceRoutes(1).flatMap((route) => (asked.includes(route.operation) ? [route.path] : []))
  expect(speakers.map((speaker) => speaker.route).sort()).toEqual([...new Set(declared)].sort())
})
