// A whole embeddings reply against the encoding its caller asked for.
// Promises: only an encoding the vendor ignored is a misfit. Leaves alone: reading and writing vectors (openai-others.test.ts).

import { expect, it } from 'vitest'
import { openaiEmbeddings } from '../../../gateway/translate/openai-embeddings.ts'

const numbers = { data: [{ embedding: [0.5, -1] }] }
const text = { data: [{ embedding: 'AAAAPwAAgL8=' }] }

it.each([
  ['numbers for base64', numbers, { encoding_format: 'base64' }, true],
  ['base64 for base64', text, { encoding_format: 'base64' }, false],
  ['numbers for float', numbers, { encoding_format: 'float' }, false],
  ['base64 for float', text, { encoding_format: 'float' }, true],
  ['numbers for nothing in particular', numbers, {}, false],
  ['base64 for nothing in particular', text, { encoding_format: null }, true],
  ['a reply without vectors', { error: { message: 'no' } }, { encoding_format: 'base64' }, false],
  ['no object at all', 'no', {}, false],
])('%s: misfit or not', (_case, reply, request, misfit) => {
  expect(openaiEmbeddings.pass?.misfits?.(reply, request)).toBe(misfit)
})

it.each([4_294_967_294, 2, -1, 0.5])('a place beyond the list (%d) is not believed', (index) => {
  const events = openaiEmbeddings.outbound.readWhole({ data: [{ embedding: [1] }, { index, embedding: [2] }] })
  expect(events.filter((event) => event.type === 'embedding').map((event) => event.index)).toEqual([0, 1])
})
