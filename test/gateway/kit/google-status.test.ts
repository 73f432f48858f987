// Google's names for statuses.
// Promises: the ones its clients are written for, and a name for every other.

import { expect, it } from 'vitest'
import { statusNameOf } from '../../../gateway/kit/google-status.ts'

it.each([
  [400, 'INVALID_ARGUMENT'],
  [401, 'UNAUTHENTICATED'],
  [413, 'INVALID_ARGUMENT'],
  [429, 'RESOURCE_EXHAUSTED'],
  [502, 'UNAVAILABLE'],
  [599, 'INTERNAL'],
])('%i is %s', (status, name) => {
  expect(statusNameOf(status)).toBe(name)
})
