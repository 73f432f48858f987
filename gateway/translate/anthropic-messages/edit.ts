// The declared changes to a Messages body that otherwise passes byte for byte.
// Promises: only the model, a budget's cap, a deployment's defaults and what a reseller has in its path change, and reasoning that is not Anthropic's is left
// out; with nothing to change the very same bytes come back.
// Leaves alone: prompts and all other history, to which caches and thinking signatures are bound; a thinking budget above a lowered cap (the vendor names it).

import { listOf, objectOf, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { PassEdits, PassedRequest } from '../../contract/wire.ts'
import type { Quirks } from '../../contract/provider.ts'
import { editObject, removeMembers } from '../../kit/json-scan.ts'
import { editBody } from '../openai-edit.ts'
import { withoutForeignThinking } from './foreign-thinking.ts'
import { readTraits } from './model-traits.ts'

export function editMessages(raw: Uint8Array, body: JsonObject, edits: PassEdits): PassedRequest {
  // Usage always comes; there is nothing to ask for.
  const plain = { ...edits, askUsage: false, defaults: defaultsFor(body, edits) }
  const history = withoutForeignThinking(body)
  const own = history === null ? raw : editObject(raw, [{ key: 'messages', json: JSON.stringify(history) }])
  const edited = editBody(own, body, { ...plain, capFields: ['max_tokens'], capField: 'max_tokens' })
  const elsewhere = membersElsewhere(edits.quirks)
  if (elsewhere.length === 0) return edited
  const told = withVersion(removeMembers(edited.body, elsewhere), edits.quirks)
  return { ...edited, ...tellBetas(told, body, edits) }
}

const betaHeader = 'anthropic-beta'

/** From the header into the body, where the vendor reads them there; those it does not know would spoil the request. */
function tellBetas(told: Uint8Array, body: JsonObject, { quirks, headers = {} }: PassEdits): Pick<PassedRequest, 'body' | 'headers' | 'dropped'> {
  const known = quirks.betasInBody
  if (known === undefined) return { body: told }
  const sent = (headers[betaHeader] ?? '').split(',').map((name) => name.trim())
  const asked = [...new Set([...listOf(body['anthropic_beta']).flatMap((name) => textOf(name) ?? []), ...sent.filter((name) => name !== '')])]
  const kept = asked.filter((name) => known.includes(name))
  return {
    body: kept.length === 0 ? removeMembers(told, ['anthropic_beta']) : editObject(told, [{ key: 'anthropic_beta', json: JSON.stringify(kept) }]),
    headers: {},
    dropped: asked.filter((name) => !known.includes(name)).map((name) => `${betaHeader}: ${name}`),
  }
}

/** What a reseller has in the path instead. */
export const membersElsewhere = ({ anthropicVersion, streamInPath }: Quirks): readonly string[] => [
  ...(anthropicVersion === undefined ? [] : ['model']),
  ...(streamInPath === true ? ['stream'] : []),
]

const withVersion = (body: Uint8Array, { anthropicVersion }: Quirks): Uint8Array =>
  anthropicVersion === undefined ? body : editObject(body, [{ key: 'anthropic_version', json: JSON.stringify(anthropicVersion) }])

// What a deployment may set of a Messages body. Settings of other dialects would be refused as extra inputs.
const presets = ['max_tokens', 'temperature', 'top_p', 'top_k', 'stop_sequences', 'thinking', 'output_config', 'service_tier', 'metadata', 'context_management']
const samplers = new Set(['temperature', 'top_p', 'top_k'])

/** Never a default that turns a good request into one that is refused: sampling beside thinking, or two samplers where one is allowed. */
function defaultsFor(body: JsonObject, { defaults, model }: PassEdits): JsonObject {
  const traits = readTraits(model)
  const thinking = objectOf(body['thinking'] ?? defaults['thinking'])?.['type']
  const sampled = Object.keys(body).some((name) => samplers.has(name))
  const kept: Record<string, Json> = {}
  for (const name of presets) {
    const value = defaults[name]
    if (value === undefined || value === null) continue
    if (samplers.has(name) && (!traits.sampling || (thinking !== undefined && thinking !== 'disabled'))) continue
    if (traits.oneSampler && (name === 'temperature' || name === 'top_p') && (sampled || kept['temperature'] !== undefined)) continue
    kept[name] = value
  }
  return kept
}
