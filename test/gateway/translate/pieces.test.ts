// Small tools over the pieces of a stream.
// Promises: none, one and several pieces give the same as joining them would. Leaves alone: what a piece says.

import { expect, it } from 'vitest'
import { gather, takeAll } from '../../../gateway/translate/pieces.ts'

it('gathers what every piece holds, in order', () => {
  const read = (piece: string): readonly string[] => [...piece]
  expect(gather([], read)).toEqual([])
  expect(gather(['ab'], read)).toEqual(['a', 'b'])
  expect(gather(['ab', '', 'c'], read)).toEqual(['a', 'b', 'c'])
})

it('takes all bytes as one and leaves nothing behind', () => {
  const pieces = [Buffer.from('a'), Buffer.from('bc')]
  expect(Buffer.from(takeAll(pieces)).toString()).toBe('abc')
  expect(pieces).toEqual([])
  expect(takeAll(pieces)).toHaveLength(0)
  const one = Buffer.from('x')
  expect(takeAll([one])).toBe(one)
})
