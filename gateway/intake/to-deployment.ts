// A stored entry becomes a Deployment: provider, address, credential, price and limits put together.
// Promises: an entry that cannot be served throws one sentence; a key the entry did not name goes to its vendor's own origin only, and a named
// credential to its own provider or its own address.
// Leaves alone: reading entries (parse-deployment), grouping (catalog).

import { whyNotTo, type Destination } from '../contract/credential-home.ts'
import { refuse } from '../contract/errors.ts'
import { isJsonObject, numberOf, textOf, type Json, type JsonObject } from '../contract/json.ts'
import type { PriceBook, PriceQuery } from '../contract/prices.ts'
import { certificateName } from '../contract/network.ts'
import { abortedCallRules, type Deployment, type ModelFacts, type Provider } from '../contract/provider.ts'
import type { CredentialEntry, DeploymentEntry } from '../contract/store.ts'
import { parseBaseUrl } from './base-url.ts'
import { isPriceKey, isRequestDefault } from './deployment-keys.ts'
import { readHeaders } from './extra-headers.ts'
import { findPriced, findTarget, type FindProvider, type Priced, type Target } from './find-target.ts'
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
  /** The gateway's environment, and what the configuration file adds to it. */
  readonly readVariable: (name: string) => string | undefined
  readonly origin: 'file' | 'ledger'
}

/** @throws GatewayError invalid_request: no such provider or credential, a bad address, a price that is not an amount */
export function toDeployment(entry: DeploymentEntry, tools: ToDeploymentTools): Deployment {
  const { params, modelInfo } = entry
  const { found, named, place, home, baseUrl } = locate(params, tools)
  const { upstreamModel } = found
  if (named !== null) refuseForeign(named, { provider: found.provider, baseUrl }, tools.findProvider)
  const atHome = home !== null && new URL(baseUrl).origin === new URL(home).origin
  const provider = providerAt({ ...found, baseUrl, atHome, place }, entry)
  const settings = settingsOf(params)
  const priced = findPriced(found, modelInfo, tools.findProvider)
  return {
    id: entry.id,
    modelName: entry.modelName,
    provider,
    upstreamModel,
    baseUrl,
    ...(named === null ? {} : { credentialName: named.name }),
    ...credentialsOf(entry, { provider, named, atHome, readVariable: tools.readVariable }),
    place,
    weight: readNumber(params['weight']) ?? 1,
    timeoutMs: readTimeoutMs(params['timeout']) ?? tools.defaults.timeoutMs,
    streamTimeoutMs: readTimeoutMs(params['stream_timeout']) ?? tools.defaults.streamTimeoutMs,
    dropParams: readBoolean(params['drop_params']) ?? tools.defaults.dropParams,
    ...(readBoolean(params['use_in_pass_through']) === true ? { passesThrough: true } : {}),
    ...certificateOf(params),
    extraHeaders: extraHeadersOf(params, provider),
    settings,
    price: tools.prices.cardFor(toPriceQuery(entry, priced, { found, baseUrl })),
    facts: coverDefaults(tools.prices.factsFor(priced.listedVendor, priced.listedAs, modelInfo), settings),
    origin: tools.origin,
    modelInfo,
  }
}

interface Located {
  readonly found: Target
  readonly named: CredentialEntry | null
  readonly place: Readonly<Record<string, string>>
  /** The vendor's own address for it; null: it has none. */
  readonly home: string | null
  readonly baseUrl: string
}
type LocateTools = Pick<ToDeploymentTools, 'findProvider' | 'credentials' | 'readVariable'>

/** Who serves it, and where. */
function locate(params: JsonObject, { findProvider, credentials, readVariable }: LocateTools): Located {
  const found = findTarget(params, findProvider)
  const named = findCredential(params, credentials)
  const place = placeOf({ ...found.own?.place, ...params }, found.provider, { named, readVariable })
  const home = found.provider.addressOf?.(place) ?? found.provider.defaultBaseUrl
  return { found, named, place, home, baseUrl: baseUrlOf(params, found.provider, { named, home }) }
}

function findCredential(params: JsonObject, credentials: ReadonlyMap<string, CredentialEntry>): CredentialEntry | null {
  const name = textOf(params['litellm_credential_name'])
  if (name === undefined) return null
  const entry = credentials.get(name)
  if (entry === undefined)
    throw refuse('invalid_request', { reason: `There is no credential called ${name}.` }, { param: 'litellm_params.litellm_credential_name' })
  return entry
}

function refuseForeign(named: CredentialEntry, to: Destination, findProvider: FindProvider): void {
  const reason = whyNotTo(to, named, findProvider)
  if (reason !== null) throw refuse('invalid_request', { reason }, { param: 'litellm_params.litellm_credential_name' })
}

type ReadVariable = ToDeploymentTools['readVariable']

/** The provider's own parameters that are no secrets. */
function placeOf(
  params: JsonObject,
  { ownParams = {} }: Provider,
  { named, readVariable }: { named: CredentialEntry | null; readVariable: ReadVariable },
): Readonly<Record<string, string>> {
  const place: Record<string, string> = {}
  for (const [name, { secret, variables = [], fallback }] of Object.entries(ownParams)) {
    const value =
      textOf(params[name]) ?? textOf(named?.values[name]) ?? variables.map(readVariable).find((text) => text !== undefined && text !== '') ?? fallback
    if (secret !== true && value !== undefined) place[name] = value
  }
  return place
}

function baseUrlOf(params: JsonObject, provider: Provider, { named, home }: { named: CredentialEntry | null; home: string | null }): string {
  const given = textOf(params['api_base']) ?? textOf(named?.values['api_base']) ?? home
  if (given === null) {
    const names = provider.settings
      .filter(({ name, required }) => required && provider.ownParams?.[name]?.secret === undefined && provider.ownParams?.[name] !== undefined)
      .map(({ name }) => name)
    const reason = `${provider.title} has no address of its own; give its ${[...names, 'api_base'].join(' or ')}.`
    throw refuse('invalid_request', { reason }, { param: `litellm_params.${names[0] ?? 'api_base'}` })
  }
  const baseUrl = parseBaseUrl(given)
  // LiteLLM also takes the whole address of an operation (`…/v1/messages`); the provider adds its paths itself.
  const tail = Object.values(provider.wires).find((path) => path !== undefined && baseUrl.endsWith(path))
  return tail === undefined ? baseUrl : baseUrl.slice(0, -tail.length)
}

interface Situation extends Pick<Target, 'provider' | 'own'> {
  readonly baseUrl: string
  /** It is the vendor's own address. */
  readonly atHome: boolean
  readonly place: Readonly<Record<string, string>>
}

/** The plug as it behaves at this address, for this model. */
function providerAt(situation: Situation, { params, modelInfo }: Pick<DeploymentEntry, 'params' | 'modelInfo'>): Provider {
  const { provider, atHome, own } = situation
  const elsewhere = atHome ? undefined : provider.elsewhere
  const mode = modelInfo['mode'] === 'responses' ? provider.responsesMode : undefined
  const abortedCalls = abortedCallRules.find((rule) => rule === params['aborted_calls'])
  const paths = pathsAt({ ...situation, provider: { ...provider, ...own } })
  if (own === undefined && elsewhere === undefined && mode === undefined && abortedCalls === undefined && paths === null) return provider
  const alone = mode === undefined ? undefined : (pathsAt({ ...situation, provider: { ...provider, ...mode } }) ?? mode)
  return { ...provider, ...own, ...paths, ...elsewhere, ...alone, ...(abortedCalls === undefined ? {} : { abortedCalls }) }
}

/** The paths of the generation that is served there, with the deployment's own values in them; null: as they are. `{model}` is filled in for each call. */
function pathsAt({ provider, baseUrl, place }: Omit<Situation, 'own'>): Pick<Provider, 'wires'> | null {
  const { newer, ownParams, streamPaths } = provider
  const isNewer = newer !== undefined && baseUrl.endsWith(newer.baseUrlEnd)
  if (ownParams === undefined) return isNewer ? { wires: newer.wires } : null
  const fill = (paths: Provider['wires']): Provider['wires'] => Object.fromEntries(Object.entries(paths).map(([id, path]) => [id, fillPath(path, place)]))
  return { wires: fill(isNewer ? newer.wires : provider.wires), ...(streamPaths === undefined ? {} : { streamPaths: fill(streamPaths) }) }
}

const fillPath = (path: string, place: Readonly<Record<string, string>>): string =>
  Object.entries(place).reduce((filled, [name, value]) => filled.replace(`{${name}}`, () => encodeURIComponent(value)), path)

interface Credentials {
  readonly provider: Provider
  readonly named: CredentialEntry | null
  readonly atHome: boolean
  readonly readVariable: ReadVariable
}

/** What the entry or its named credential says; else, at the vendor's own address only, what the conventional variables hold: a key must not follow an `api_base` to someone else's server. */
function credentialsOf(entry: DeploymentEntry, { provider, named, atHome, readVariable }: Credentials): Pick<Deployment, 'credential' | 'secrets'> {
  const { keyVariable, needsKey, ownParams = {}, authorizer } = provider
  const names = Object.keys(ownParams).filter((name) => ownParams[name]?.secret === true)
  const given = pick(names, (name) => textOf(entry.params[name]) ?? textOf(named?.values[name]))
  const key = entry.credential ?? (named?.ref === '' ? null : (named?.ref ?? null))
  if (key !== null || Object.keys(given).length > 0 || !atHome) return { credential: key, secrets: given }
  const variable = (name: string): boolean => (readVariable(name) ?? '') !== ''
  const reads = keyVariable !== null && (authorizer === undefined ? needsKey : variable(keyVariable))
  const held = pick(names, (name) => ownParams[name]?.variables?.filter(variable).map((found) => `os.environ/${found}`)[0])
  return { credential: reads ? `os.environ/${keyVariable}` : null, secrets: held }
}

function pick(names: readonly string[], read: (name: string) => string | undefined): Readonly<Record<string, string>> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = read(name)
    if (value !== undefined) picked[name] = value
  }
  return picked
}

function extraHeadersOf(params: JsonObject, provider: Provider): Readonly<Record<string, string>> {
  const { headers } = readHeaders(isJsonObject(params['extra_headers']) ? params['extra_headers'] : {}, false)
  const organization = textOf(params['organization'])
  // OpenAI's header (API reference, "Authentication", as known 2026-11-21); other wires have no word for it.
  return organization === undefined || provider.wires['openai-chat'] === undefined ? headers : { 'openai-organization': organization, ...headers }
}

function certificateOf(params: JsonObject): Pick<Deployment, 'certificate'> {
  const certificate = textOf(params['ssl_certificate'])
  return certificate === undefined ? {} : { certificate: certificateName(certificate, textOf(params['ssl_key'])) }
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

/** What the price book is asked for an entry. @throws GatewayError invalid_request when it names no known provider, credential or address */
export function readPriceQuery(entry: DeploymentEntry, tools: LocateTools): PriceQuery {
  const located = locate(entry.params, tools)
  return toPriceQuery(entry, findPriced(located.found, entry.modelInfo, tools.findProvider), located)
}

const isFree = ({ provider, upstreamModel }: Target): boolean =>
  provider.local || (provider.freeModels ?? []).some((beginning) => upstreamModel.startsWith(beginning))

function toPriceQuery(entry: DeploymentEntry, priced: Priced, { found, baseUrl }: Pick<Located, 'found' | 'baseUrl'>): PriceQuery {
  const { vendor, provider, model } = priced
  const surchargePercent = found.provider.surchargePercent?.(found.upstreamModel, baseUrl) ?? 0
  const overrides = Object.fromEntries(
    [...Object.entries(entry.modelInfo), ...Object.entries(entry.params)].filter(([key, value]) => isPriceKey(key) && value !== null && value !== undefined),
  )
  const names = { vendor, provider, model, modelName: entry.modelName }
  return { ...names, local: isFree(found), overrides, ...(surchargePercent === 0 ? {} : { surchargePercent }) }
}
