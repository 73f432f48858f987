// Many items at the end of a list: more than a call takes as arguments.

import { expect, it } from 'vitest'
import { addAll } from '../../../gateway/kit/add-all.ts'

it('adds in order, however many there are', () => {
  const list = [-1]
  addAll(
    list,
    Array.from({ length: 500_000 }, (_, index) => index),
  )
  expect(list).toHaveLength(500_001)
  expect([list[0], list[1], list[500_000]]).toEqual([-1, 0, 499_999])
})
