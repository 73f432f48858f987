// Schemas that other vendors' clients send with a request for JSON, before Claude.
// Promises: each is in the subset the vendor takes, and says no less to the model than before.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isJsonObject, type Json, type JsonObject } from '../../../gateway/contract/json.ts'
import { writeSchema } from '../../../gateway/translate/anthropic-messages/write-schema.ts'
import { seed } from '../../conformance/recordings.ts'

const closed = { additionalProperties: false }

it.each<[string, JsonObject, JsonObject]>([
  ['an object that lists its properties is closed', { properties: { a: { type: 'string' } } }, { properties: { a: { type: 'string' } }, ...closed }],
  [
    'one inside lists, choices and definitions too',
    { properties: { a: { items: { properties: {} } }, b: { oneOf: [{ properties: {} }, { type: 'null' }] } }, $defs: { c: { properties: {} } } },
    {
      properties: { a: { items: { properties: {}, ...closed } }, b: { anyOf: [{ properties: {}, ...closed }, { type: 'null' }] } },
      $defs: { c: { properties: {}, ...closed } },
      ...closed,
    },
  ],
  [
    'bounds that cannot be enforced are told',
    { type: 'integer', minimum: 0, maximum: 9, description: 'how many' },
    { type: 'integer', description: 'how many (minimum: 0, maximum: 9)' },
  ],
  ['of a list, one at least can be', { type: 'array', minItems: 1, maxItems: 3 }, { type: 'array', minItems: 1, description: 'maxItems: 3' }],
  ['two at least cannot', { type: 'array', minItems: 2 }, { type: 'array', description: 'minItems: 2' }],
  ['properties that are called like bounds stay', { properties: { minimum: { type: 'number' } } }, { properties: { minimum: { type: 'number' } }, ...closed }],
  [
    'maps and free objects stay for the vendor to refuse',
    { type: 'object', additionalProperties: { type: 'string' } },
    { type: 'object', additionalProperties: { type: 'string' } },
  ],
  ['a value that is called like one stays', { enum: [{ minimum: 1 }], const: { maximum: 2 } }, { enum: [{ minimum: 1 }], const: { maximum: 2 } }],
  ['the name of the dialect is left out', { $schema: 'x', type: 'string' }, { type: 'string' }],
])('%s', (_what, given, expected) => {
  expect(writeSchema(given)).toEqual(expected)
})

it('what is written once is written the same again', () => {
  const { schema } = fc.letrec<{ schema: JsonObject }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4 },
      fc.record({ type: fc.constantFrom('string', 'integer'), minimum: fc.integer(), description: fc.string() }, { requiredKeys: ['type'] }),
      fc.record({ properties: fc.dictionary(fc.string({ maxLength: 3 }), tie('schema'), { maxKeys: 3 }) }),
      fc.record({ items: tie('schema'), minItems: fc.nat(3) }),
      fc.record({ oneOf: fc.array(tie('schema'), { maxLength: 2 }) }),
    ),
  }))
  const open = (value: Json | undefined): boolean =>
    isJsonObject(value) ? (isJsonObject(value['properties']) && value['additionalProperties'] !== false) || Object.values(value).some(open) : false
  fc.assert(
    fc.property(schema, (given) => {
      const written = writeSchema(given)
      expect(writeSchema(written)).toEqual(written)
      expect(open(written)).toBe(false)
    }),
    { seed },
  )
})
