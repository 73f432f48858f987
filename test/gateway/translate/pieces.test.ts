// Small tools over the pieces of a stream.
// Promises: none, one and several pieces give the same as joining them would. Leaves alone: what a piece says.

import { expect, it } from 'vitest'
import { gather, passRuns, takeAll } from '../../../gateway/translate/pieces.ts'

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

it('hands neighbours on as one view, and skips what does not pass', () => {
  const bytes = Buffer.from('one two three ')
  const pieces = [bytes.subarray(0, 4), bytes.subarray(4, 8), bytes.subarray(8)]
  const texts = (pass: (piece: Uint8Array) => Uint8Array | null): readonly string[] => passRuns(pieces, pass).map((run) => Buffer.from(run).toString())
  expect(texts((piece) => piece)).toEqual(['one two three '])
  expect(texts((piece) => (piece === pieces[1] ? null : piece))).toEqual(['one ', 'three '])
  expect(texts(() => null)).toEqual([])
  expect(passRuns([...pieces, Buffer.from('other')], (piece) => piece)).toHaveLength(2)
})
