// Which provider a deployment's model string means, and the vendor's own name for the model.
// Promises: LiteLLM's reading of `provider/model`; what it does not settle is a named problem, never a guess.
// Leaves alone: the providers themselves. Source: LiteLLM's `get_llm_provider` and its providers page (as known 2026-11-21).

import { refuse } from '../contract/errors.ts'
import { textOf, type JsonObject } from '../contract/json.ts'
import type { ForModel, Provider } from '../contract/provider.ts'

export type FindProvider = (idOrAlias: string) => Provider | null
export interface Target {
  readonly provider: Provider
  readonly upstreamModel: string
  /** What the text after the prefix means to this provider. */
  readonly own: ForModel | undefined
}

export interface Priced {
  /** In the bundled list; null = not there. */
  readonly vendor: string | null
  /** In imported price files. */
  readonly provider: string
  readonly model: string
  /** In resources/models.json. */
  readonly listedAs: string
  readonly listedVendor: string | null
}

/** Model names that mean a vendor without saying so. */
const bareNames: readonly { readonly pattern: RegExp; readonly provider: string }[] = [
  { pattern: /^(?:ft:)?(?:gpt-(?!oss)|chatgpt-|o[1-9](?:-|$)|text-embedding-)/, provider: 'openai' },
  { pattern: /^claude-/, provider: 'anthropic' },
]
/** What a bare name at an address of its own is taken for. */
const addressedProvider = 'openai_compatible'

/** @throws GatewayError invalid_request naming what is missing or unknown */
export function findTarget(params: JsonObject, findProvider: FindProvider): Target {
  const model = textOf(params['model'])?.trim() ?? ''
  const custom = textOf(params['custom_llm_provider'])
  if (custom !== undefined && custom !== '') {
    const provider = findProvider(custom)
    if (provider === null) throw unknownProvider(custom)
    return target(provider, stripPrefix(model, provider, findProvider))
  }
  const slash = model.indexOf('/')
  if (slash > 0) {
    const prefix = model.slice(0, slash)
    const provider = findProvider(prefix)
    if (provider === null) throw unknownProvider(prefix)
    return target(provider, model.slice(slash + 1))
  }
  const id = textOf(params['api_base']) === undefined ? bareNames.find((row) => row.pattern.test(model))?.provider : addressedProvider
  const provider = id === undefined ? null : findProvider(id)
  if (provider === null) {
    const reason = `The model ${model} does not say which provider serves it. Write it as provider/model, for example ollama/${model}, or give an api_base.`
    throw refuse('invalid_request', { reason }, { param: 'litellm_params.model' })
  }
  return target(provider, model)
}

/** Whose price and limits count: `base_model` where the deployment's own name says nothing (`azure/gpt-4o` is gpt-4o). */
export function findPriced(found: Target, modelInfo: JsonObject, findProvider: FindProvider): Priced {
  const baseModel = textOf(modelInfo['base_model'])
  const { provider, upstreamModel, own } = found
  const vendor = own?.priceVendor ?? provider.priceVendor
  if (baseModel === undefined || baseModel === '') {
    const model = own?.pricedAs ?? upstreamModel
    return { vendor, provider: provider.id, model, listedAs: own?.listedAs ?? model, listedVendor: own?.listedVendor ?? vendor }
  }
  const slash = baseModel.indexOf('/')
  const named = slash > 0 ? findProvider(baseModel.slice(0, slash)) : null
  const base = named?.priceVendor ?? vendor
  return {
    vendor: base,
    // A vendor that is none of ours may still be in an imported price file.
    provider: named?.id ?? (slash > 0 ? baseModel.slice(0, slash) : provider.id),
    model: baseModel.slice(slash + 1),
    listedAs: baseModel.slice(slash + 1),
    listedVendor: base,
  }
}

function target(provider: Provider, text: string): Target {
  if (text === '') throw refuse('invalid_request', { reason: 'The model has a provider but no name after it.' }, { param: 'litellm_params.model' })
  const own = provider.forModel?.(text)
  return { provider, upstreamModel: own?.name ?? text, own }
}

function stripPrefix(model: string, provider: Provider, findProvider: FindProvider): string {
  const slash = model.indexOf('/')
  return slash > 0 && findProvider(model.slice(0, slash)) === provider ? model.slice(slash + 1) : model
}

function unknownProvider(name: string): Error {
  const reason = `There is no provider called ${name} here. For a server that speaks OpenAI's API write ${addressedProvider}/<model> and give its api_base.`
  return refuse('invalid_request', { reason }, { param: 'litellm_params.model' })
}
