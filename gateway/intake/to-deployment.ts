// A stored entry becomes a Deployment: provider, address, credential, price and limits put together.
// Promises: an entry that cannot be served throws one sentence; a key the entry did not name goes to its vendor's own origin only.
// Leaves alone: reading entries (parse-deployment), grouping (catalog).

import { refuse } from '../contract/errors.ts'
import { isJsonObject, numberOf, textOf, type Json, type JsonObject } from '../contract/json.ts'
import type { PriceBook, PriceQuery } from '../contract/prices.ts'
import { abortedCallRules, type Deployment, type ModelFacts, type Provider } from '../contract/provider.ts'
import type { CredentialEntry, DeploymentEntry } from '../contract/store.ts'
import type { CredentialRef } from '../contract/vault.ts'
import { parseBaseUrl } from './base-url.ts'
import { isPriceKey, isRequestDefault } from './deployment-keys.ts'
import { readHeaders } from './extra-headers.ts'
import { findPriced, findTarget, type FindProvider, type Priced } from './find-target.ts'
import { readBoolean, readNumber, readTimeoutMs } from './values.ts'

export interface DeploymentDefaults {
  readonly timeoutMs: number | null
  readonly streamTimeoutMs: number | null
  readonly dropParams: boolean
}
export interface ToDeploymentTools {
  readonly findProvider: FindProvider
  readonly prices: PriceBook
  readonly credentials: ReadonlyMap<string, CredentialEntry>
  readonly defaults: DeploymentDefaults
  readonly origin: 'file' | 'ledger'
}

/** @throws GatewayError invalid_request: no such provider or credential, a bad address, a price that is not an amount */
export function toDeployment(entry: DeploymentEntry, tools: ToDeploymentTools): Deployment {
  const { params, modelInfo } = entry
  const found = findTarget(params, tools.findProvider)
  const { upstreamModel } = found
  const named = findCredential(params, tools.credentials)
  const baseUrl = baseUrlOf(params, found.provider, named)
  const provider = providerAt(found.provider, baseUrl, entry)
  const settings = settingsOf(params)
  const priced = findPriced(found, modelInfo, tools.findProvider)
  return {
    id: entry.id,
    modelName: entry.modelName,
    provider,
    upstreamModel,
    baseUrl,
    credential: entry.credential ?? named?.ref ?? ownCredential(provider, baseUrl),
    weight: readNumber(params['weight']) ?? 1,
    timeoutMs: readTimeoutMs(params['timeout']) ?? tools.defaults.timeoutMs,
    streamTimeoutMs: readTimeoutMs(params['stream_timeout']) ?? tools.defaults.streamTimeoutMs,
    dropParams: readBoolean(params['drop_params']) ?? tools.defaults.dropParams,
    extraHeaders: extraHeadersOf(params, provider),
    settings,
    price: tools.prices.cardFor(toPriceQuery(entry, found.provider.local, priced)),
    facts: coverDefaults(tools.prices.factsFor(priced.vendor, priced.model, modelInfo), settings),
    origin: tools.origin,
    modelInfo,
  }
}

function findCredential(params: JsonObject, credentials: ReadonlyMap<string, CredentialEntry>): CredentialEntry | null {
  const name = textOf(params['litellm_credential_name'])
  if (name === undefined) return null
  const entry = credentials.get(name)
  if (entry === undefined)
    throw refuse('invalid_request', { reason: `There is no credential called ${name}.` }, { param: 'litellm_params.litellm_credential_name' })
  return entry
}

function baseUrlOf(params: JsonObject, provider: Provider, named: CredentialEntry | null): string {
  const given = textOf(params['api_base']) ?? textOf(named?.values['api_base']) ?? provider.defaultBaseUrl
  if (given === null) {
    throw refuse('invalid_request', { reason: `${provider.title} has no address of its own; give its api_base.` }, { param: 'litellm_params.api_base' })
  }
  const baseUrl = parseBaseUrl(given)
  // LiteLLM also takes the whole address of an operation (`…/v1/messages`); the provider adds its paths itself.
  const tail = Object.values(provider.wires).find((path) => path !== undefined && baseUrl.endsWith(path))
  return tail === undefined ? baseUrl : baseUrl.slice(0, -tail.length)
}

/** The plug as it behaves at this address. */
function providerAt(provider: Provider, baseUrl: string, { params, modelInfo }: Pick<DeploymentEntry, 'params' | 'modelInfo'>): Provider {
  const elsewhere = isOwnOrigin(provider, baseUrl) ? undefined : provider.elsewhere
  const mode = modelInfo['mode'] === 'responses' ? provider.responsesMode : undefined
  const abortedCalls = abortedCallRules.find((rule) => rule === params['aborted_calls'])
  const wires = wiresAt(provider, baseUrl, params)
  if (elsewhere === undefined && mode === undefined && abortedCalls === undefined && wires === provider.wires) return provider
  return { ...provider, wires, ...elsewhere, ...mode, ...(abortedCalls === undefined ? {} : { abortedCalls }) }
}

/** The paths of the generation that is served there, with the deployment's own values in them. `{model}` is filled in for each call. */
function wiresAt({ wires, newer, pathDefaults = {} }: Provider, baseUrl: string, params: JsonObject): Provider['wires'] {
  if (newer !== undefined && baseUrl.endsWith(newer.baseUrlEnd)) return newer.wires
  const names = Object.keys(pathDefaults)
  if (names.length === 0) return wires
  const fill = (path: string): string =>
    names.reduce((filled, name) => filled.replace(`{${name}}`, () => encodeURIComponent(textOf(params[name]) ?? pathDefaults[name] ?? '')), path)
  return Object.fromEntries(Object.entries(wires).map(([id, path]) => [id, fill(path)]))
}

function isOwnOrigin(provider: Provider, baseUrl: string): boolean {
  return provider.defaultBaseUrl !== null && new URL(baseUrl).origin === new URL(provider.defaultBaseUrl).origin
}

/** The conventional variable, for the vendor's own origin only: a key must not follow an `api_base` to someone else's server. */
function ownCredential(provider: Provider, baseUrl: string): CredentialRef | null {
  if (!provider.needsKey || provider.keyVariable === null || !isOwnOrigin(provider, baseUrl)) return null
  return `os.environ/${provider.keyVariable}`
}

function extraHeadersOf(params: JsonObject, provider: Provider): Readonly<Record<string, string>> {
  const { headers } = readHeaders(isJsonObject(params['extra_headers']) ? params['extra_headers'] : {}, false)
  const organization = textOf(params['organization'])
  // OpenAI's header (API reference, "Authentication", as known 2026-11-21); other wires have no word for it.
  return organization === undefined || provider.wires['openai-chat'] === undefined ? headers : { 'openai-organization': organization, ...headers }
}

function settingsOf(params: JsonObject): JsonObject {
  const settings: Record<string, Json> = isJsonObject(params['extra_body']) ? definedOf(params['extra_body']) : {}
  for (const [key, value] of Object.entries(params)) if (value !== undefined && isRequestDefault(key)) settings[key] = value
  return settings
}

const definedOf = (object: JsonObject): Record<string, Json> =>
  Object.fromEntries(Object.entries(object).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))

/** A default cap above the known maximum says that the model can do more, and a hold must cover what will be asked for. */
function coverDefaults(facts: ModelFacts, settings: JsonObject): ModelFacts {
  const asked = ['max_tokens', 'max_completion_tokens', 'num_predict'].map((key) => numberOf(settings[key]) ?? 0)
  return { ...facts, outputTokensMax: Math.max(facts.outputTokensMax, ...asked.map((count) => Math.ceil(count))) }
}

/** What the price book is asked for an entry. @throws GatewayError invalid_request when it names no known provider */
export function readPriceQuery(entry: DeploymentEntry, findProvider: FindProvider): PriceQuery {
  const found = findTarget(entry.params, findProvider)
  return toPriceQuery(entry, found.provider.local, findPriced(found, entry.modelInfo, findProvider))
}

function toPriceQuery(entry: DeploymentEntry, local: boolean, priced: Priced): PriceQuery {
  const overrides = Object.fromEntries(
    [...Object.entries(entry.modelInfo), ...Object.entries(entry.params)].filter(([key, value]) => isPriceKey(key) && value !== null && value !== undefined),
  )
  return { ...priced, modelName: entry.modelName, local, overrides }
}
