// The speakers against the gateway's own list of inference routes.
// Promises: a route that nobody asks, and a speaker whose route is gone, are named. Leaves alone: answers (hostile.ts, fuzz.ts).

import { expect, it } from 'vitest'
import { inferenceRoutes } from '../../gateway/door/surfaces/index.ts'
import { speakers } from './speakers.ts'

it('asks every inference route that there is, and no other', () => {
  const declared = inferenceRoutes(1).map((route) => route.path)
  expect(speakers.map((speaker) => speaker.route).sort()).toEqual([...new Set(declared)].sort())
})
