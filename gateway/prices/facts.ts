// Dated limits of models (resources/models.json): what a call can at most use.
// Promises: an exact name wins over a pattern, a longer pattern over a shorter; what is not known has a stated default.
// Leaves alone: prices. Admins override with model_info (max_output_tokens, max_tokens, max_input_tokens).

import { refuse } from '../contract/errors.ts'
import { countOf, isJsonObject, listOf, textOf, type JsonObject } from '../contract/json.ts'
import type { ModelFacts } from '../contract/provider.ts'

/** Where nothing is known of a model, it is taken to write at most this much, and is held to it. */
const outputTokensDefault = 4096

export type FactsFor = (vendor: string | null, model: string, modelInfo: JsonObject) => ModelFacts

/** @throws Error when the resource file is malformed; it is ours, so that is a bug. */
export function createFacts(resource: unknown): FactsFor {
  const entries = parseEntries(resource)
  return (vendor, model, modelInfo) => {
    const known = vendor === null ? undefined : bestOf(entries, vendor, model.toLowerCase())
    const outputTokensMax = readLimit(modelInfo, 'max_output_tokens') ?? readLimit(modelInfo, 'max_tokens') ?? known?.outputTokensMax ?? null
    return {
      contextTokensMax: readLimit(modelInfo, 'max_input_tokens') ?? known?.contextTokensMax ?? null,
      outputTokensMax: outputTokensMax ?? outputTokensDefault,
      ...(outputTokensMax === null ? { outputTokensAssumed: true } : {}),
      imageTokensMax: known?.imageTokensMax ?? null,
      fileTokensMax: known?.fileTokensMax ?? null,
      capabilities: known?.capabilities ?? [],
    }
  }
}

interface Entry {
  readonly vendor: string
  /** Lower case; a trailing `*` makes it a prefix. */
  readonly names: readonly string[]
  readonly contextTokensMax: number | null
  readonly outputTokensMax: number | null
  readonly imageTokensMax: number | null
  readonly fileTokensMax: number | null
  readonly capabilities: readonly string[]
}

function bestOf(entries: readonly Entry[], vendor: string, model: string): Entry | undefined {
  let best: Entry | undefined
  let bestScore = -1
  for (const entry of entries) {
    if (entry.vendor !== vendor) continue
    for (const name of entry.names) {
      const score = scoreOf(name, model)
      if (score > bestScore) [best, bestScore] = [entry, score]
    }
  }
  return best
}

function scoreOf(name: string, model: string): number {
  if (!name.endsWith('*')) return name === model ? Number.MAX_SAFE_INTEGER : -1
  return model.startsWith(name.slice(0, -1)) ? name.length : -1
}

/** LiteLLM allows null, and its map writes 0 where nothing is said (of moderation models, for example). */
function readLimit(modelInfo: JsonObject, field: string): number | null {
  const value = modelInfo[field]
  if (value === undefined || value === null) return null
  const limit = countOf(typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value)
  if (limit === undefined) throw refuse('invalid_request', { reason: `model_info.${field} must be a whole number of tokens.` }, { param: field })
  return limit === 0 ? null : limit
}

function parseEntries(resource: unknown): readonly Entry[] {
  const models = isJsonObject(resource) ? listOf(resource['models']) : []
  if (models.length === 0) throw new Error('models.json holds no models')
  return models.map(parseEntry)
}

function parseEntry(value: unknown): Entry {
  if (!isJsonObject(value)) throw new Error('models.json: an entry is not an object')
  const vendor = textOf(value['vendor'])
  const names = listOf(value['names']).map((name) => textOf(name)?.toLowerCase() ?? '')
  if (vendor === undefined || names.length === 0 || names.includes('')) throw new Error('models.json: an entry lacks its vendor or names')
  if (!/^https:\/\//.test(textOf(value['source']) ?? '') || !/^\d{4}-\d{2}-\d{2}$/.test(textOf(value['checked']) ?? '')) {
    throw new Error(`models.json: ${names.join(', ')} lacks its source or date`)
  }
  const limit = (field: string): number | null => {
    const count = countOf(value[field])
    if (value[field] !== undefined && value[field] !== null && count === undefined) throw new Error(`models.json: ${names.join(', ')}: ${field} is not a count`)
    return count ?? null
  }
  return {
    vendor,
    names,
    contextTokensMax: limit('contextTokensMax'),
    outputTokensMax: limit('outputTokensMax'),
    imageTokensMax: limit('imageTokensMax'),
    fileTokensMax: limit('fileTokensMax'),
    capabilities: listOf(value['capabilities']).flatMap((item) => textOf(item) ?? []),
  }
}
