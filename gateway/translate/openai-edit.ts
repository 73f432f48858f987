// Edits that OpenAI's three body formats share: model, output cap, usage in streams, defaults.
// Promises: bytes outside the changed members stay; no change, same bytes object. Leaves alone: nested values.

import { isJsonObject, numberOf, type JsonObject } from '../contract/json.ts'
import type { PassEdits, PassedRequest } from '../contract/wire.ts'
import { editObject, type Edit } from '../kit/json-scan.ts'
import { mayBringPictures } from './pictures.ts'

export interface BodyEdits extends PassEdits {
  /** Fields that cap the output, any of which the caller may have sent. */
  readonly capFields: readonly string[]
  /** The one to add when the caller sent none. */
  readonly capField: string
}

export function editBody(raw: Uint8Array, body: JsonObject, edits: BodyEdits): PassedRequest {
  const changes: Edit[] = body['model'] === edits.model ? [] : [{ key: 'model', json: JSON.stringify(edits.model) }]
  changes.push(...capEdits(body, edits), ...defaultEdits(body, edits))
  const options = isJsonObject(body['stream_options']) ? body['stream_options'] : {}
  const stripUsage = edits.askUsage && body['stream'] === true && options['include_usage'] !== true
  if (stripUsage) changes.push({ key: 'stream_options', json: JSON.stringify({ ...options, include_usage: true }) })
  return { body: editObject(raw, changes), stripUsage, pictures: mayBringPictures(body, edits.model) }
}

const given = (body: JsonObject, name: string): boolean => body[name] !== undefined && body[name] !== null

function capEdits(body: JsonObject, edits: BodyEdits): Edit[] {
  const cap = edits.outputTokensMax
  if (cap === undefined) return []
  const sent = edits.capFields.filter((name) => given(body, name))
  if (sent.length === 0) {
    const preset = edits.capFields.find((name) => numberOf(edits.defaults[name]) !== undefined)
    return [{ key: preset ?? edits.capField, json: String(Math.min(cap, preset === undefined ? cap : (numberOf(edits.defaults[preset]) ?? cap))) }]
  }
  return sent.filter((name) => !isWithin(body[name], cap)).map((name) => ({ key: name, json: String(cap) }))
}

/** Text, zero and negative numbers mean "no limit" somewhere (-1 does to llama.cpp, see tools/server/README.md there), so only a plain count is left standing. */
function isWithin(value: unknown, cap: number): boolean {
  return typeof value === 'number' && value >= 1 && value <= cap
}

// What a request is about is never a default.
const never = new Set(['model', 'messages', 'prompt', 'input', 'stream', 'stream_options'])

function defaultEdits(body: JsonObject, edits: BodyEdits): Edit[] {
  const capped = edits.outputTokensMax !== undefined || edits.capFields.some((name) => given(body, name))
  return Object.entries(defaultsFor(body, edits.defaults))
    .filter(([name]) => !(capped && edits.capFields.includes(name)))
    .map(([key, value]) => ({ key, json: JSON.stringify(value) }))
}

/** Those that the caller left out. */
export const defaultsFor = (body: JsonObject, defaults: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(defaults).filter(([name, value]) => value !== undefined && value !== null && !given(body, name) && !never.has(name)))
