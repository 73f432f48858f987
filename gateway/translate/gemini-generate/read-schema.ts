// Google's subset of an OpenAPI schema to JSON Schema.
// Promises: types in lower case at every depth, `nullable` as a type of its own, counts as numbers; everything else stays.
// Leaves alone: whether it makes sense. Source: https://ai.google.dev/api/caching#Schema, as known 2026-11-21.

import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts'

export function toJsonSchema(schema: JsonObject): JsonObject {
  const written: Record<string, Json> = {}
  for (const [name, value] of Object.entries(schema)) if (value !== undefined && !renamed.has(name)) written[name] = toMember(name, value)
  if (schema['example'] !== undefined) written['examples'] = [schema['example']]
  if (schema['nullable'] !== true) return written
  const { type } = written
  return typeof type === 'string' ? { ...written, type: [type, 'null'], ...withNull(written['enum']) } : { anyOf: [written, { type: 'null' }] }
}

/** Beside a list of values the type alone would allow nothing more. */
function withNull(values: Json | undefined): JsonObject {
  const list: readonly Json[] = Array.isArray(values) ? values : []
  return list.length === 0 || list.includes(null) ? {} : { enum: [...list, null] }
}

/** The order of properties is a wish of the vendor's own. */
const renamed = new Set(['nullable', 'propertyOrdering', 'property_ordering', 'example'])
const counts = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])

function toMember(name: string, value: Json): Json {
  if (name === 'type') return typeof value === 'string' ? value.toLowerCase() : value
  // 64-bit numbers are written as text in this JSON.
  if (counts.has(name)) return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (name === 'properties' && isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, isJsonObject(item) ? toJsonSchema(item) : item]))
  if (name === 'anyOf' && Array.isArray(value)) return value.map((item: Json) => (isJsonObject(item) ? toJsonSchema(item) : item))
  // Free-form maps say `true` there, typed ones a schema.
  return (name === 'items' || name === 'additionalProperties') && isJsonObject(value) ? toJsonSchema(value) : value
}
