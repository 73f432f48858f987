// Tool arguments as text to the object some vendors want instead.
// Promises: nothing throws and nothing is lost, whatever a model wrote. Leaves alone: schemas.

import { expect, it } from 'vitest'
import { readArguments } from '../../../gateway/translate/tool-arguments.ts'

it.each([
  ['', {}],
  [' \n', {}],
  ['{"a":1}', { a: 1 }],
  ['\n {"a":{}} ', { a: {} }],
  ['{"a":', { _raw: '{"a":' }],
  ['[1]', { _raw: '[1]' }],
  ['null', { _raw: 'null' }],
  ['a word', { _raw: 'a word' }],
])('reads %j', (text, expected) => {
  expect(readArguments(text)).toEqual(expected)
})
