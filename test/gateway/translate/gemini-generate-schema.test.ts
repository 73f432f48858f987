// Google's subset of an OpenAPI schema, read as JSON Schema.
// Promises: what it allowed is allowed, at every depth. Leaves alone: where schemas stand in a request (gemini-generate-read).

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { toJsonSchema } from '../../../gateway/translate/gemini-generate/read-schema.ts'

describe('a schema of Google’s', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'a map',
      { type: 'OBJECT', additionalProperties: { type: 'ARRAY', items: { type: 'INTEGER', nullable: true }, minItems: '1' } },
      { type: 'object', additionalProperties: { type: 'array', items: { type: ['integer', 'null'] }, minItems: 1 } },
    ],
    ['a closed object', { type: 'OBJECT', additionalProperties: false }, { type: 'object', additionalProperties: false }],
    ['values or nothing', { type: 'STRING', nullable: true, enum: ['a', 'b'] }, { type: ['string', 'null'], enum: ['a', 'b', null] }],
    ['values with nothing among them', { type: 'STRING', nullable: true, enum: ['a', null] }, { type: ['string', 'null'], enum: ['a', null] }],
    ['values of no type, or nothing', { nullable: true, enum: ['a'] }, { anyOf: [{ enum: ['a'] }, { type: 'null' }] }],
    ['values alone', { type: 'STRING', enum: ['a'] }, { type: 'string', enum: ['a'] }],
    [
      'a property called like a keyword',
      { type: 'OBJECT', properties: { additionalProperties: { type: 'STRING' } } },
      {
        type: 'object',
        properties: { additionalProperties: { type: 'string' } },
      },
    ],
  ])('allows %s', (_title, subset, meant) => {
    expect(toJsonSchema(subset)).toEqual(meant)
  })
})
