// Strict readers for what callers send: a field has the type we use it as, or the request is refused by the field's name.
// Promises: null counts as absent; every refusal names the field. Leaves alone: fields nobody reads.

import { refuse, type GatewayError } from '../contract/errors.ts'
import { isJsonObject, type JsonObject } from '../contract/json.ts'

/** The refusal of one field: `invalid('messages[0].role', 'must be …')` reads as one sentence. */
export function invalid(param: string, rest: string): GatewayError {
  return refuse('invalid_request', { reason: `${param} ${rest}.` }, { param })
}

export function optionalText(value: unknown, param: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalid(param, 'must be a string')
  return value
}

export function requiredText(value: unknown, param: string): string {
  const text = optionalText(value, param)
  if (text === undefined || text === '') throw invalid(param, 'must be a non-empty string')
  return text
}

export function optionalNumber(value: unknown, param: string): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(param, 'must be a number')
  return value
}

export function optionalCount(value: unknown, param: string): number | undefined {
  const found = optionalNumber(value, param)
  if (found !== undefined && (!Number.isSafeInteger(found) || found < 1)) throw invalid(param, 'must be a whole number of at least 1')
  return found
}

export function optionalBoolean(value: unknown, param: string): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw invalid(param, 'must be true or false')
  return value
}

export function optionalObject(value: unknown, param: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined
  if (!isJsonObject(value)) throw invalid(param, 'must be an object')
  return value
}

export function optionalList(value: unknown, param: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw invalid(param, 'must be a list')
  return value
}

/** A string or a list of strings, as a list. */
export function optionalTexts(value: unknown, param: string): readonly string[] {
  if (typeof value === 'string') return [value]
  return optionalList(value, param).map((item, index) => {
    if (typeof item !== 'string') throw invalid(`${param}[${index}]`, 'must be a string')
    return item
  })
}

type Present<Shape> = { [Name in keyof Shape]?: Exclude<Shape[Name], undefined> }
/** The same object without its undefined members. */
export function present<Shape extends object>(shape: Shape): Present<Shape> {
  const kept: Present<Shape> = {}
  for (const name in shape) if (shape[name] !== undefined) kept[name] = shape[name] as Exclude<Shape[typeof name], undefined>
  return kept
}

/** The members of `body` not named in `taken` and not null. */
export function rest(body: JsonObject, taken: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => !taken.has(name) && value !== null && value !== undefined))
}

const schemaDialect = new Set(['$schema'])
/** A JSON Schema without the name of its dialect, which some vendors reject. */
export const withoutDialect = (schema: JsonObject): JsonObject => rest(schema, schemaDialect)
