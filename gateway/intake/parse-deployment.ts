// One entry of LiteLLM's `model_list` (or the body of /model/new) becomes a DeploymentEntry without secrets.
// Promises: every key that is not used is named; a literal key leaves the entry before anyone stores or shows it.
// Leaves alone: provider, price and address of the deployment (to-deployment), where secrets are kept (`keepSecret`).
// Source: LiteLLM's pages "Config settings" and "Overview" of the proxy (as known 2026-11-21).

import { refuse } from '../contract/errors.ts'
import { deploymentId, type DeploymentId } from '../contract/ids.ts'
import { isJsonObject, objectOf, textOf, type Json, type JsonObject } from '../contract/json.ts'
import { abortedCallRules } from '../contract/provider.ts'
import { secret, type Secret } from '../contract/sealed.ts'
import { isCredentialFile, type DeploymentEntry } from '../contract/store.ts'
import { fileReferenceOf, isKeptRef, type CredentialRef } from '../contract/vault.ts'
import { isDuration } from '../kit/calendar.ts'
import { parseBaseUrl } from './base-url.ts'
import { costlyDefaults, fileOnlyKeys, protectiveInfo, roleOf, searchPriceKey, twinKeys, unenforcedInfo } from './deployment-keys.ts'
import { isHeader, readHeaders } from './extra-headers.ts'
import { note, noteSentence, type Note, type Path } from './notes.ts'
import { isBudget } from './read-budgets.ts'
import { isOff, readTimeoutMs, readValue } from './values.ts'

export interface ParseTools {
  /** Id of an entry whose model_info names none. */
  readonly newId: () => DeploymentId
  readonly nowMs: () => number
  /** Keeps a literal secret and gives its reference. `name` is the parameter it stood in. */
  readonly keepSecret: (value: Secret, where: { readonly id: DeploymentId; readonly name: string }) => Promise<CredentialRef>
  /** Throws when the entry cannot be served (`toDeployment` says why). Asked before a secret is kept, so that a refused entry leaves none behind. */
  readonly check?: (entry: DeploymentEntry) => Promise<void>
}
export interface ParsedDeployment {
  readonly entry: DeploymentEntry
  /** Sentences naming what has no effect. */
  readonly warnings: readonly string[]
}

/**
 * For entries that come one by one, through the API. Whatever a file may only be warned about but that protects something is refused here.
 * @throws GatewayError invalid_request naming the fields, and what `keepSecret` throws
 */
export async function parseDeployment(input: unknown, tools: ParseTools): Promise<ParsedDeployment> {
  const { draft, notes } = readDeployment(input, null)
  const wrong = notes.filter((one) => one.kind !== 'warning')
  const [first] = wrong
  if (draft === null || first !== undefined)
    throw refuse('invalid_request', { reason: wrong.map(noteSentence).join(' ') }, first === undefined ? {} : { param: first.path.join('.') })
  const { modelName, params, modelInfo, key, secrets } = draft
  const entry = { id: draft.givenId ?? tools.newId(), modelName, params, modelInfo, credential: key.reference }
  await tools.check?.(entry)
  const keep = async (given: GivenSecret, name: string): Promise<CredentialRef | null> =>
    given.literal === null ? given.reference : await tools.keepSecret(given.literal, { id: entry.id, name })
  const further: Record<string, Json> = {}
  for (const [name, given] of Object.entries(secrets)) further[name] = await keep(given, name)
  const credential = await keep(key, 'api_key')
  const isKept = [key, ...Object.values(secrets)].some(({ literal }) => literal !== null)
  const kept = { ...entry, params: { ...params, ...further }, credential, ...(isKept ? { savedAtMs: tools.nowMs() } : {}) }
  return { entry: kept, warnings: notes.map(noteSentence) }
}

export interface GivenSecret {
  readonly reference: CredentialRef | null
  /** A secret written out. At most one of `reference` and `literal` is set. */
  readonly literal: Secret | null
}
export interface DeploymentDraft {
  readonly modelName: string
  readonly params: JsonObject
  readonly modelInfo: JsonObject
  readonly givenId: DeploymentId | null
  /** `api_key`. */
  readonly key: GivenSecret
  /** Further ones, by the name of their parameter. */
  readonly secrets: Readonly<Record<string, GivenSecret>>
}
export interface ReadDeployment {
  /** null when a mistake leaves nothing to use. */
  readonly draft: DeploymentDraft | null
  /** Paths are relative to the entry. */
  readonly notes: readonly Note[]
}

/** `readVariable` resolves `os.environ/NAME` outside api_key; null where only a file may do that. */
export function readDeployment(input: unknown, readVariable: ((name: string) => string | undefined) | null): ReadDeployment {
  const notes: Note[] = []
  if (!isJsonObject(input)) return { draft: null, notes: [note('mistake', [], 'must be a mapping with model_name and litellm_params')] }
  for (const key of Object.keys(input))
    if (!['model_name', 'litellm_params', 'model_info'].includes(key)) notes.push(note('warning', [key], 'is not known and has no effect'))
  const modelName = textOf(input['model_name'])?.trim() ?? ''
  if (modelName === '' || modelName.length > nameMax) notes.push(note('mistake', ['model_name'], `must be a text of 1 to ${String(nameMax)} characters`))
  const params = objectOf(input['litellm_params'])
  if (params === undefined) notes.push(note('mistake', ['litellm_params'], 'must be a mapping with at least a model'))
  const read = readParams(params ?? {}, readVariable, notes)
  const info = readModelInfo(input['model_info'], notes)
  if (stars(textOf(read.params['model'])) > stars(modelName))
    notes.push(note('mistake', ['litellm_params', 'model'], 'has more * than model_name, which says what they stand for'))
  if (notes.some((one) => one.kind === 'mistake')) return { draft: null, notes }
  return { draft: { modelName, ...read, ...info }, notes }
}

/** Whose references are kept as they stand, because entries are shown. */
const referenceKeys: ReadonlySet<string> = new Set(['extra_headers', 'ssl_key_passphrase'])
const nameMax = 256
const stars = (name = ''): number => name.split('*').length - 1
const environment = 'os.environ/'

type ReadParams = Pick<DeploymentDraft, 'params' | 'key' | 'secrets'>
const nothingGiven: GivenSecret = { reference: null, literal: null }

function readParams(input: JsonObject, readVariable: ((name: string) => string | undefined) | null, notes: Note[]): ReadParams {
  const params: Record<string, Json> = {}
  const secrets: Record<string, GivenSecret> = {}
  let key = nothingGiven
  for (const [given, written] of Object.entries(input)) {
    const path = ['litellm_params', given]
    const raw = given === 'reasoning_effort' ? effortOf(written, path, notes) : written
    if (raw === undefined || raw === null) continue
    const name = twinKeys.get(given) ?? given
    const role = roleOf(name)
    if (role.role === 'credential') key = readSecret(raw, path, { notes, mayBeFile: false })
    else if (role.role === 'further')
      secrets[name] = readSecret(isJsonObject(raw) ? JSON.stringify(raw) : raw, path, { notes, mayBeFile: isCredentialFile(name) })
    else if (!('value' in role)) notes.push(...refusals[role.role](path, raw))
    else if (readVariable === null && fileOnlyKeys.has(name)) notes.push(note('mistake', path, 'may be set only in a configuration file'))
    else {
      if (given !== name && input[name] !== undefined && input[name] !== null) continue
      const found = typeof raw === 'string' && raw.startsWith(environment) && !referenceKeys.has(name) ? resolve(raw, readVariable) : { value: raw }
      if (found.value === undefined) notes.push(note('mistake', path, found.text ?? 'cannot be read'))
      else keep(params, { name, path, value: readValue(found.value, role.value), kind: role.value, stored: readVariable === null }, notes)
      if (role.role === 'unenforced') notes.push(note('warning', path, 'is kept but not enforced by this version'))
    }
  }
  if (textOf(params['model']) === undefined && !notes.some((one) => one.path[1] === 'model'))
    notes.push(note('mistake', ['litellm_params', 'model'], 'is missing'))
  if (params['budget_duration'] !== undefined && params['max_budget'] === undefined)
    notes.push(note('warning', ['litellm_params', 'budget_duration'], 'has no effect without max_budget'))
  return { params, key, secrets }
}

/** LiteLLM's other form, `{ effort, summary }`: only the effort has one meaning for every vendor. */
function effortOf(value: Json | undefined, path: Path, notes: Note[]): Json | undefined {
  if (!isJsonObject(value)) return value
  const { effort, ...rest } = value
  for (const member of Object.keys(rest)) notes.push(note('warning', [...path, member], 'is not sent as a default and has no effect'))
  return effort
}

type Refusal = (path: Path, value: Json) => readonly Note[]
const refusals: Readonly<Record<'protective' | 'unsupported' | 'secret' | 'costly' | 'unknown', Refusal>> = {
  protective: (path, value) => (isOff(value) ? [] : [note('protective', path, 'is not enforced by this version')]),
  unsupported: (path) => [note('mistake', path, 'is not supported: roles are not assumed here; give keys, a profile or an API key')],
  secret: (path) => [note('warning', path, 'is a credential no provider here takes; it is left out')],
  costly: (path) => [note('warning', path, 'is not sent as a default, because it would make a call cost more than its own request shows')],
  unknown: (path) => [note('warning', path, 'is not known and has no effect')],
}

interface Found {
  readonly name: string
  readonly path: Path
  readonly value: Json | undefined
  readonly kind: string
  /** The entry will be written to the ledger. */
  readonly stored: boolean
}

const kindWords: Readonly<Record<string, string>> = { object: 'mapping', id: 'text' }

function keep(params: Record<string, Json>, found: Found, notes: Note[]): void {
  const { name, path, value } = found
  if (value === undefined) return void notes.push(note('mistake', path, `must be a ${kindWords[found.kind] ?? found.kind}`))
  const fault = faultOf(name, value)
  if (fault !== null) return void notes.push(note('mistake', path, fault))
  if (name === searchPriceKey && new Set(Object.values(objectOf(value) ?? {})).size > 1)
    notes.push(note('warning', path, 'has several prices and no reply tells which was used, so searches are not billed'))
  if (name === 'extra_headers' && isJsonObject(value)) {
    const { headers, refused } = readHeaders(value, found.stored)
    for (const one of refused) notes.push(note('warning', [...path, one.name], `${one.text}; it is left out`))
    params[name] = headers
  } else if (name === 'extra_body' && isJsonObject(value)) {
    const costly = Object.keys(value).filter((field) => costlyDefaults.has(field))
    for (const field of costly) notes.push(...refusals.costly([...path, field], null))
    params[name] = Object.fromEntries(Object.entries(value).filter(([field]) => !costly.includes(field)))
  } else params[name] = name === 'api_base' && typeof value === 'string' ? parseBaseUrl(value) : value
}

/** Rules beyond the value's kind, as the rest of a sentence. */
function faultOf(name: string, value: Json): string | null {
  if (name === 'weight' && Number(value) < 0) return 'must not be negative'
  if ((name === 'timeout' || name === 'stream_timeout') && readTimeoutMs(value) === undefined) return 'must be a number of seconds, at most a day'
  if (name === 'max_budget' && !isBudget(Number(value))) return 'must be an amount in dollars'
  if (name === 'budget_duration' && !(typeof value === 'string' && isDuration(value))) return 'must be a time such as 1d, 7d, 30d or 1mo'
  if (name === 'ssl_key_passphrase' && !(typeof value === 'string' && value.startsWith(environment))) return 'must be os.environ/NAME'
  if (name === 'organization' && typeof value === 'string' && !isHeader('openai-organization', value)) return 'holds characters no header can carry'
  if (name === 'model' && typeof value === 'string' && value.trim() === '') return 'must name a model'
  if (name === 'aborted_calls' && !abortedCallRules.some((rule) => rule === value)) return `must be one of ${abortedCallRules.join(', ')}`
  if (name !== 'api_base' || typeof value !== 'string') return null
  try {
    parseBaseUrl(value)
    return null
  } catch (failure) {
    // The reason speaks of "the base URL"; the note's own path says which.
    return failure instanceof Error ? `cannot be used: ${failure.message.replace(/\.$/, '')}` : 'cannot be used'
  }
}

function readSecret(raw: Json, path: Path, { notes, mayBeFile }: { notes: Note[]; mayBeFile: boolean }): GivenSecret {
  if (typeof raw !== 'string' || raw.trim() === '') {
    notes.push(note('mistake', path, 'must be a text'))
    return nothingGiven
  }
  if (raw.startsWith(environment)) {
    if (!variableName.test(raw.slice(environment.length))) notes.push(note('mistake', path, 'must name a variable after os.environ/'))
    return { reference: raw, literal: null }
  }
  // LiteLLM would fetch a token here; sent as it stands it would only be a wrong key.
  if (raw.startsWith('oidc/')) notes.push(note('mistake', path, 'is an OIDC reference, which is not supported'))
  // Entries that went out through the API come back with the reference we gave.
  if (isKeptRef(raw) && raw.length <= keptRefMax) return { reference: raw, literal: null }
  const file = mayBeFile ? fileReferenceOf(raw.trim()) : null
  if (file !== null) return { reference: file, literal: null }
  return { reference: null, literal: secret(raw.trim()) }
}

const keptRefMax = 240
const variableName = /^[A-Za-z_]\w{0,199}$/

function resolve(text: string, readVariable: ((name: string) => string | undefined) | null): { value: Json | undefined; text?: string } {
  const name = text.slice(environment.length)
  // Through the API this would let a remote administrator read any variable back.
  if (readVariable === null) return { value: undefined, text: 'may refer to the environment only in a configuration file' }
  if (!variableName.test(name)) return { value: undefined, text: 'must name a variable after os.environ/' }
  return { value: readVariable(name), text: `refers to the environment variable ${name}, which is not set` }
}

function readModelInfo(input: unknown, notes: Note[]): Pick<DeploymentDraft, 'modelInfo' | 'givenId'> {
  if (input === undefined || input === null) return { modelInfo: {}, givenId: null }
  if (!isJsonObject(input)) {
    notes.push(note('mistake', ['model_info'], 'must be a mapping'))
    return { modelInfo: {}, givenId: null }
  }
  for (const [key, text] of protectiveInfo)
    if (!isOff(input[key])) notes.push(note('protective', ['model_info', key], `${text}, which is not enforced by this version`))
  for (const key of unenforcedInfo) if (!isOff(input[key])) notes.push(note('warning', ['model_info', key], 'is kept but not enforced by this version'))
  if (input['blocked'] === true) notes.push(note('mistake', ['model_info', 'blocked'], 'takes this model out of service'))
  const { id, ...modelInfo } = input
  const given = typeof id === 'number' ? String(id) : id
  if (given === undefined || given === null) return { modelInfo, givenId: null }
  if (typeof given === 'string' && /^[\x21-\x7e]{1,200}$/.test(given)) return { modelInfo, givenId: deploymentId(given) }
  notes.push(note('mistake', ['model_info', 'id'], 'must be a text of 1 to 200 printable characters without spaces'))
  return { modelInfo, givenId: null }
}
