// The declared changes to a body in Ollama's dialect that otherwise passes byte for byte.
// Promises: only `model`, `options` and absent top-level fields change; with nothing to change the very same bytes come back.
// Leaves alone: what the caller set itself.

import { isJsonObject, numberOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { PassEdits, PassedRequest } from '../../contract/wire.ts'
import { editObject, type Edit } from '../../kit/json-scan.ts'
import { samplingFields } from '../sampling.ts'
import { engineOptions } from './engine-options.ts'

/** Sampling that a deployment may set, which this dialect has among the engine's options. */
const sampling = [...samplingFields, 'stop', 'num_predict']
const atTop = ['think', 'keep_alive', 'truncate']

export function editOllama(raw: Uint8Array, body: JsonObject, edits: PassEdits): PassedRequest {
  const changes: Edit[] = body['model'] === edits.model ? [] : [{ key: 'model', json: JSON.stringify(edits.model) }]
  for (const name of atTop)
    if (isMissing(body[name]) && !isMissing(edits.defaults[name])) changes.push({ key: name, json: JSON.stringify(edits.defaults[name]) })
  const given = isJsonObject(body['options']) ? body['options'] : {}
  const added = addedOptions(given, edits)
  if (Object.keys(added).length > 0) changes.push({ key: 'options', json: JSON.stringify({ ...given, ...added }) })
  return { body: editObject(raw, changes), stripUsage: false }
}

const isMissing = (value: Json | undefined): boolean => value === undefined || value === null

function addedOptions(given: JsonObject, { defaults, outputTokensMax }: PassEdits): JsonObject {
  const preset = Object.fromEntries(sampling.flatMap((name) => (isMissing(defaults[name]) ? [] : [[name, defaults[name]]])))
  const known: JsonObject = { ...engineOptions(defaults), ...preset }
  const added: Record<string, Json | undefined> = Object.fromEntries(Object.entries(known).filter(([name]) => isMissing(given[name])))
  if (outputTokensMax === undefined) return added
  const asked = numberOf(given['num_predict']) ?? numberOf(added['num_predict'])
  // Zero and below mean "no limit" or "as much as fits" to the engine.
  return asked !== undefined && asked >= 1 && asked <= outputTokensMax ? added : { ...added, num_predict: outputTokensMax }
}
