// The declared changes to a generateContent body that otherwise passes byte for byte.
// Promises: only a budget's output cap and a deployment's defaults are spliced in, at their places, and reasoning that was sealed here for another vendor is
// left out; with nothing to change the very same bytes come back. Leaves alone: the model, which is in the path.

import { isJsonObject, numberOf, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { PassEdits, PassedRequest } from '../../contract/wire.ts'
import { editObject, type Edit } from '../../kit/json-scan.ts'
import { spliced } from '../nested-edit.ts'
import { mayBringPictures } from '../pictures.ts'
import { memberOf, spellingsOf } from './members.ts'
import { takesPenalties } from './penalties.ts'
import { withoutSealedThoughts } from './thought-seal.ts'

export function editGemini(raw: Uint8Array, body: JsonObject, edits: PassEdits): PassedRequest {
  const sent = spellingsOf('generationConfig').filter((name) => isJsonObject(body[name]))
  const places = sent.length === 0 ? ['generationConfig'] : sent
  const changes: Edit[] = places.flatMap((name) => {
    const config = body[name]
    const inside = configEdits(isJsonObject(config) ? config : {}, edits)
    return inside.length === 0 ? [] : [{ key: name, json: spliced(raw, name, inside) }]
  })
  const safety = edits.defaults['safety_settings']
  if (safety !== undefined && memberOf(body, 'safetySettings') === undefined) changes.push({ key: 'safetySettings', json: JSON.stringify(safety) })
  const contents = withoutSealedThoughts(body['contents'])
  if (contents !== null) changes.push({ key: 'contents', json: JSON.stringify(contents) })
  return { body: editObject(raw, changes), stripUsage: false, pictures: mayBringPictures(body, edits.model) }
}

function configEdits(config: JsonObject, edits: PassEdits): readonly Edit[] {
  const given = (name: string): readonly string[] => spellingsOf(name).filter((spelling) => config[spelling] !== undefined && config[spelling] !== null)
  const presets = Object.entries(toConfig(edits)).filter(([name, value]) => value !== undefined && given(name).length === 0)
  const defaults = presets.map(([key, value]): Edit => ({ key, json: JSON.stringify(value) }))
  const cap = edits.outputTokensMax
  if (cap === undefined) return defaults
  const caps = given('maxOutputTokens')
  const preset = numberOf(toConfig(edits)['maxOutputTokens']) ?? cap
  const capped = caps.length === 0 ? [{ key: 'maxOutputTokens', json: String(Math.min(cap, preset)) }] : caps.filter((name) => !isWithin(config[name], cap))
  return [
    ...defaults.filter((edit) => edit.key !== 'maxOutputTokens'),
    ...capped.map((edit): Edit => (typeof edit === 'string' ? { key: edit, json: String(cap) } : edit)),
  ]
}

const isWithin = (value: unknown, cap: number): boolean => typeof value === 'number' && value >= 1 && value <= cap

/** A deployment's defaults, in this dialect's words. */
function toConfig({ defaults, model }: PassEdits): JsonObject {
  const penalties = takesPenalties(model)
  const stop = defaults['stop']
  return {
    maxOutputTokens: numberOf(defaults['max_tokens']) ?? numberOf(defaults['max_completion_tokens']),
    temperature: numberOf(defaults['temperature']),
    topP: numberOf(defaults['top_p']),
    topK: numberOf(defaults['top_k']),
    seed: numberOf(defaults['seed']),
    presencePenalty: penalties ? numberOf(defaults['presence_penalty']) : undefined,
    frequencyPenalty: penalties ? numberOf(defaults['frequency_penalty']) : undefined,
    stopSequences: textOf(stop) === undefined ? (Array.isArray(stop) ? (stop as Json) : undefined) : [textOf(stop) ?? ''],
  }
}
