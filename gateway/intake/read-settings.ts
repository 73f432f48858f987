// LiteLLM's router_settings, litellm_settings and general_settings, as far as they have a meaning here.
// Promises: what is not read is noted; where two sections say the same thing, the router's word counts, as in LiteLLM.
// Leaves alone: model_list, and what is done about the notes. Source: LiteLLM's page "Config settings" (as known 2026-11-21).

import type { FileConfig } from '../contract/config.ts'
import { isJsonObject, listOf, textOf, type Json, type JsonObject } from '../contract/json.ts'
import { secret, type Secret } from '../contract/sealed.ts'
import { note, type Note, type Path } from './notes.ts'
import { readGlobalBudget, readNamedBudgets } from './read-budgets.ts'
import { readFileNetwork } from './read-network.ts'
import { noteOn, noteUnsupported, sectionOf } from './unsupported-keys.ts'
import { readBoolean, readNumber, readTimeoutMs } from './values.ts'

export interface Reading {
  /** The environment, then the variables the file sets itself. */
  readonly variable: (name: string) => string | undefined
  readonly notes: Note[]
}
/** What these sections bring; the network without the certificates of single deployments. */
export type FileSettings = Omit<FileConfig, 'path' | 'deployments' | 'literalSecrets' | 'ownPaths' | 'locked' | 'warnings'>

const retriesMax = 20

export function readSettings(root: JsonObject, reading: Reading): FileSettings {
  const router = sectionOf(root, 'router_settings', reading.notes)
  const litellm = sectionOf(root, 'litellm_settings', reading.notes)
  const general = sectionOf(root, 'general_settings', reading.notes)
  reading.notes.push(
    ...noteUnsupported('router_settings', router),
    ...noteUnsupported('litellm_settings', litellm),
    ...noteUnsupported('general_settings', general),
  )
  noteStrategy(router['routing_strategy'], reading)
  const number = { kind: 'a whole number from 0 to 20', read: readRetries }
  const timeout = { kind: 'a number of seconds, at most a day', read: readTimeoutMs }
  const boolean = { kind: 'true or false', read: readBoolean }
  const readLitellm = <Value>(key: string, want: Want<Value>): Value | null => readSetting(litellm[key], { path: ['litellm_settings', key], ...want }, reading)
  const readRouter = <Value>(key: string, want: Want<Value>): Value | null => readSetting(router[key], { path: ['router_settings', key], ...want }, reading)
  const readText = (path: Path, raw: Json | undefined): string | null => readSetting(raw, { path, kind: 'a text', read: textOf }, reading)
  return {
    adminKey: readAdminKey(general['master_key'], reading),
    ...readAliases(router['model_group_alias'], reading.notes),
    fallbacks: { ...readFallbacks(litellm, 'litellm_settings', reading.notes), ...readFallbacks(router, 'router_settings', reading.notes) },
    retries: readRouter('num_retries', number) ?? readLitellm('num_retries', number),
    timeoutMs: readRouter('timeout', timeout) ?? readLitellm('request_timeout', timeout),
    streamTimeoutMs: readRouter('stream_timeout', timeout),
    dropParams: readLitellm('drop_params', boolean),
    checkProviderEndpoint: readLitellm('check_provider_endpoint', boolean),
    defaultTeamSettings: [...readTeams(general, 'general_settings', reading.notes), ...readTeams(litellm, 'litellm_settings', reading.notes)],
    budgets: [
      ...readGlobalBudget(litellm, readLitellm('max_budget', { kind: 'an amount in dollars', read: readNumber }), reading.notes),
      ...readNamedBudgets('provider', router['provider_budget_config'], { path: ['router_settings', 'provider_budget_config'], notes: reading.notes }),
      ...readNamedBudgets('tag', litellm['tag_budget_config'], { path: ['litellm_settings', 'tag_budget_config'], notes: reading.notes }),
    ],
    network: readFileNetwork({ litellm, general, notes: reading.notes, readText }),
  }
}

function readRetries(value: unknown): number | undefined {
  const count = readNumber(value)
  return count !== undefined && Number.isInteger(count) && count >= 0 && count <= retriesMax ? count : undefined
}

interface Want<Value> {
  readonly kind: string
  readonly read: (value: unknown) => Value | undefined
}

function readSetting<Value>(raw: Json | undefined, want: Want<Value> & { readonly path: Path }, reading: Reading): Value | null {
  if (raw === undefined || raw === null) return null
  const found = resolve(raw, reading)
  if (found.missing !== null) return leave(reading.notes, want.path, `refers to the environment variable ${found.missing}, which is not set`)
  const value = want.read(found.value)
  return value ?? leave(reading.notes, want.path, `must be ${want.kind}`)
}

function resolve(raw: Json, reading: Reading): { readonly value: Json; readonly missing: string | null } {
  if (typeof raw !== 'string' || !raw.startsWith('os.environ/')) return { value: raw, missing: null }
  const name = raw.slice('os.environ/'.length)
  const value = reading.variable(name)
  return { value: value ?? null, missing: value === undefined ? name : null }
}

function leave(notes: Note[], path: Path, text: string): null {
  notes.push(note('mistake', path, text))
  return null
}

function noteStrategy(value: Json | undefined, reading: Reading): void {
  if (value === undefined || value === null || value === 'simple-shuffle') return
  const said = typeof value === 'string' ? value.slice(0, 60) : 'this'
  reading.notes.push(
    note('warning', ['router_settings', 'routing_strategy'], `asks for ${said}, which is not supported; deployments are drawn by weight (simple-shuffle)`),
  )
}

function readAdminKey(raw: Json | undefined, reading: Reading): Secret | null {
  const path = ['general_settings', 'master_key']
  if (raw === undefined || raw === null || raw === '') return null
  if (typeof raw !== 'string') return leave(reading.notes, path, 'must be a text')
  const { value, missing } = resolve(raw, reading)
  if (missing !== null) {
    reading.notes.push(note('warning', path, `refers to the environment variable ${missing}, which is not set; the file gives no admin key`))
    return null
  }
  if (value === raw) reading.notes.push(note('warning', path, literalText))
  return typeof value === 'string' ? secret(value) : null
}

/** Said of every key that stands in the file itself. */
export const literalText = 'holds the key itself; it works, but whoever can read the file has the key. Write os.environ/NAME and set that variable instead'

function readAliases(raw: Json | undefined, notes: Note[]): Pick<FileSettings, 'aliases' | 'hiddenAliases'> {
  const path = ['router_settings', 'model_group_alias']
  const aliases = new Map<string, string>()
  const hiddenAliases: string[] = []
  if (raw !== undefined && raw !== null && !isJsonObject(raw)) leave(notes, path, 'must be a mapping of names to models')
  for (const [alias, target] of Object.entries(isJsonObject(raw) ? raw : {})) {
    const model = isJsonObject(target) ? textOf(target['model']) : textOf(target)
    if (model === undefined) leave(notes, [...path, alias], 'must name a model, or be a mapping with model and hidden')
    else aliases.set(alias, model)
    if (isJsonObject(target) && readBoolean(target['hidden']) === true) hiddenAliases.push(alias)
  }
  return { aliases: Object.fromEntries(aliases), hiddenAliases }
}

/** `[{gpt-4o: [claude, gpt-4o-mini]}]`, and `default_fallbacks` as those of `*`. */
function readFallbacks(values: JsonObject, section: string, notes: Note[]): Record<string, readonly string[]> {
  const read = new Map<string, readonly string[]>()
  const raw = values['fallbacks']
  if (raw !== undefined && raw !== null && !Array.isArray(raw)) leave(notes, [section, 'fallbacks'], 'must be a list such as [{gpt-4o: [claude]}]')
  for (const [index, item] of listOf(raw).entries()) {
    const path = [section, 'fallbacks', index]
    if (!isJsonObject(item)) leave(notes, path, 'must be a mapping of one model to a list of models')
    else for (const [from, targets] of Object.entries(item)) read.set(from, readNames(targets, [...path, from], notes))
  }
  const everywhere = values['default_fallbacks']
  if (everywhere !== undefined && everywhere !== null) read.set('*', readNames(everywhere, [section, 'default_fallbacks'], notes))
  return Object.fromEntries(read)
}

function readNames(value: Json | undefined, path: Path, notes: Note[]): readonly string[] {
  const names = listOf(value).filter((name) => typeof name === 'string')
  if (!Array.isArray(value) || names.length !== value.length) leave(notes, path, 'must be a list of model names')
  return names
}

/** What `/team/new` starts a team of that id with. */
const teamDefaults = new Set([
  'team_id',
  'team_alias',
  'organization_id',
  'models',
  'max_budget',
  'budget_duration',
  'soft_budget',
  'budget_limits',
  'team_member_budget',
  'team_member_budget_duration',
  'rpm_limit',
  'max_parallel_requests',
  'metadata',
])

function readTeams(values: JsonObject, section: string, notes: Note[]): JsonObject[] {
  const raw = values['default_team_settings']
  const teams = listOf(raw).filter(isJsonObject)
  if (raw !== undefined && raw !== null && (!Array.isArray(raw) || teams.length !== raw.length))
    leave(notes, [section, 'default_team_settings'], 'must be a list of mappings')
  // LiteLLM keeps each team's logging callbacks here; limits of a team not made yet are taken as its defaults.
  for (const [index, team] of teams.entries())
    for (const key of Object.keys(team))
      if (!teamDefaults.has(key)) notes.push(...noteOn('litellm_settings', [section, 'default_team_settings', index, key], team[key] ?? null))
  return teams
}
