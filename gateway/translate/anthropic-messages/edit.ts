// The declared changes to a Messages body that otherwise passes byte for byte.
// Promises: only the model, a budget's cap, a deployment's defaults and what a reseller has in its path change, and reasoning that is not Anthropic's is left
// out; with nothing to change the very same bytes come back.
// Leaves alone: prompts and all other history, to which caches and thinking signatures are bound; a thinking budget above a lowered cap (the vendor names it).

import { listOf, numberOf, objectOf, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { PassEdits, PassedRequest } from '../../contract/wire.ts'
import type { Quirks } from '../../contract/provider.ts'
import { editObject, removeMembers } from '../../kit/json-scan.ts'
import { editBody } from '../openai-edit.ts'
import { withoutForeignThinking } from './foreign-thinking.ts'
import { readTraits } from './model-traits.ts'
import { isAffordable } from './write-thinking.ts'

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
function defaultsFor(body: JsonObject, edits: PassEdits): JsonObject {
  const { defaults, model } = edits
  const traits = readTraits(model)
  const sampled = isSampled(body)
  const preset = thinkingFor(body, edits)
  const thinking = objectOf(body['thinking'] ?? preset)?.['type']
  const kept: Record<string, Json> = {}
  for (const name of presets) {
    const value = name === 'thinking' ? preset : defaults[name]
    if (value === undefined || value === null) continue
    if (samplers.has(name) && (!traits.sampling || (thinking !== undefined && thinking !== 'disabled'))) continue
    if (traits.oneSampler && (name === 'temperature' || name === 'top_p') && (sampled || kept['temperature'] !== undefined)) continue
    kept[name] = value
  }
  return kept
}

const isSampled = (body: JsonObject): boolean => Object.keys(body).some((name) => samplers.has(name))

/**
 * For those who say nothing of it themselves. It stands beside no sampler, no forced tool, and below the cap
 * (https://platform.claude.com/docs/en/build-with-claude/extended-thinking, as known 2026-11-22).
 */
function thinkingFor(body: JsonObject, { defaults, model, outputTokensMax }: PassEdits): Json | undefined {
  const preset = objectOf(defaults['thinking'])
  const isAsked = (body['thinking'] ?? objectOf(body['output_config'])?.['effort'] ?? null) !== null
  if (preset === undefined || isAsked) return undefined
  const { quiet } = readTraits(model)
  if (preset['type'] === 'disabled') return quiet === null ? undefined : { type: quiet }
  const choice = objectOf(body['tool_choice'])?.['type']
  const caps = [numberOf(body['max_tokens']) ?? numberOf(defaults['max_tokens']), outputTokensMax].filter((cap) => cap !== undefined)
  return isSampled(body) || choice === 'any' || choice === 'tool' || !isAffordable(preset, Math.min(...caps)) ? undefined : preset
}
