// A schema for a reply in the subset of JSON Schema that Claude can be held to.
// Promises: what other vendors' clients write (zod, pydantic) is taken: objects are closed where they list their properties, and a bound that cannot be
// enforced is told in the description instead, as Anthropic's own SDKs do. Leaves alone: maps and free objects, which the vendor refuses by name.
// Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs ("JSON Schema limitations"), as known 2026-11-21.

import { isJsonObject, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import { withoutDialect } from '../fields.ts'

export const writeSchema = (schema: JsonObject): JsonObject => toClosed(withoutDialect(schema))

const unenforced = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'maxItems', 'uniqueItems'],
  ...['minContains', 'maxContains', 'minProperties', 'maxProperties'],
])
/** Holds for the members of an object by their names. */
const named = new Set(['properties', '$defs', 'definitions'])
const listed = new Set(['anyOf', 'allOf', 'oneOf'])

function toClosed(schema: JsonObject): JsonObject {
  const entries = Object.entries(schema)
  const told = entries.filter(([name, value]) => unenforced.has(name) || (name === 'minItems' && value !== 0 && value !== 1))
  const kept = entries.filter((entry) => !told.includes(entry)).map(([name, value]) => [name === 'oneOf' ? 'anyOf' : name, toMember(name, value)] as const)
  const isOpen = isJsonObject(schema['properties']) && schema['additionalProperties'] === undefined
  return {
    ...Object.fromEntries(kept),
    ...(isOpen ? { additionalProperties: false } : {}),
    ...(told.length === 0 ? {} : { description: describe(textOf(schema['description']), told) }),
  }
}

function toMember(name: string, value: Json | undefined): Json | undefined {
  if (named.has(name) && isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toInner(inner)]))
  if (listed.has(name) && Array.isArray(value)) return value.map((inner: Json) => toInner(inner) ?? null)
  return name === 'items' ? toInner(value) : value
}

const toInner = (value: Json | undefined): Json | undefined => (isJsonObject(value) ? toClosed(value) : value)

function describe(description: string | undefined, told: readonly (readonly [string, Json | undefined])[]): string {
  const bounds = told.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')
  return description === undefined ? bounds : `${description} (${bounds})`
}
