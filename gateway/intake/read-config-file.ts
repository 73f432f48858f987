// LiteLLM's config.yaml, read once at start and translated into our words.
// Promises: every key without effect is named with its line; a protection we do not have stops the start unless accepted; no secret
// leaves the result but as Secret or reference. Leaves alone: the file itself (never written), and merging with the ledger (catalog).

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { FileConfig } from '../contract/config.ts'
import { deploymentId, type DeploymentId } from '../contract/ids.ts'
import { isJsonObject, listOf, objectOf, textOf, type JsonObject } from '../contract/json.ts'
import { secret, type Secret } from '../contract/sealed.ts'
import type { NamedBudget } from '../contract/scope.ts'
import { budgetOf, type DeploymentEntry } from '../contract/store.ts'
import type { CredentialRef } from '../contract/vault.ts'
import { mistaken, unprotected, unreadable } from './config-refusal.ts'
import { note, pathText, type Note, type Path } from './notes.ts'
import { readDeployment, type DeploymentDraft, type GivenSecret } from './parse-deployment.ts'
import { digest, referTo } from './refer-to.ts'
import { literalText, readSettings, type FileSettings, type Reading } from './read-settings.ts'
import { readFileOwnPaths } from './read-file-own-paths.ts'
import { noteUnsupported, sectionOf } from './unsupported-keys.ts'
import { canonicalText } from './values.ts'
import { readDeploymentCertificates } from './read-network.ts'
import { parseYaml } from './yaml-document.ts'

export { ConfigRefusal } from './config-refusal.ts'

export interface ConfigFileTools {
  readonly readVariable: (name: string) => string | undefined
  /** Start without the protections that the file asks for and we do not have; each is still named. */
  readonly acceptUnsupported?: boolean
}

/** @throws ConfigRefusal: unreadable, not YAML, values that mean nothing, or protections that would be missing */
export function readConfigFile(path: string, tools: ConfigFileTools): FileConfig {
  const yaml = parseYaml(readText(path), path)
  const literalSecrets = new Map<CredentialRef, Secret>()
  const notes: Note[] = noteUnsupported('', yaml.root)
  const reading: Reading = { variable: readVariables(yaml.root, { tools, literalSecrets, notes }), notes }
  const settings = readSettings(yaml.root, reading)
  const deployments = readModelList(yaml.root, literalSecrets, reading)
  const ownPaths = readFileOwnPaths(yaml.root, literalSecrets, reading)

  const reasonOf = (one: Note): { line: number; text: string } => ({ line: yaml.lineOf(one.path), text: `${pathText(one.path)} ${one.text}` })
  const mistakes = notes.filter((one) => one.kind === 'mistake')
  if (mistakes.length > 0) throw mistaken(path, mistakes.map(reasonOf))
  const missing = notes.filter((one) => one.kind === 'protective')
  if (missing.length > 0 && tools.acceptUnsupported !== true) throw unprotected(path, missing.map(reasonOf))
  const sentences = [...notes].map((one) => ({ ...reasonOf(one), accepted: one.kind === 'protective' ? '; accepted by --accept-unsupported' : '' }))
  const lines = sentences
    .sort((left, right) => left.line - right.line)
    .map(({ line, text, accepted }) => `${basename(path)} line ${String(line)}: ${text}${accepted}.`)
  // Deployments of one entry have the same to be said of them.
  const warnings = [...new Set(lines)]
  const ofDeployments = deployments.flatMap((entry): NamedBudget[] => {
    const budget = budgetOf(entry)
    return budget === null ? [] : [{ name: { kind: 'deployment', ref: entry.id }, budget }]
  })
  const budgets = [...settings.budgets, ...ofDeployments]
  const network = { ...settings.network, certificates: readDeploymentCertificates(deployments, reading.variable) }
  return Object.freeze({ path, deployments, literalSecrets, ...settings, network, budgets, ownPaths, locked: lockedBy(settings), warnings })
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    throw unreadable(path, faults.get(code) ?? `reading it failed (${code})`)
  }
}

const faults: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'this user may not read it'],
  ['ERR_ENCODING_INVALID_ENCODED_DATA', 'it is not UTF-8 text'],
])

interface VariableTools {
  readonly tools: ConfigFileTools
  readonly literalSecrets: Map<CredentialRef, Secret>
  readonly notes: Note[]
}

/** `environment_variables` stand in for variables that the real environment lacks, as in LiteLLM. */
function readVariables(root: JsonObject, { tools, literalSecrets, notes }: VariableTools): (name: string) => string | undefined {
  for (const [name, raw] of Object.entries(sectionOf(root, 'environment_variables', notes))) {
    const path = ['environment_variables', name]
    const text = typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : textOf(raw)
    const reference = text?.startsWith('os.environ/') === true ? text.slice('os.environ/'.length) : null
    const value = reference === null ? text : tools.readVariable(reference)
    if (text === undefined) notes.push(note('mistake', path, 'must be a text'))
    else if (value === undefined) notes.push(note('warning', path, `refers to the environment variable ${String(reference)}, which is not set`))
    else literalSecrets.set(`os.environ/${name}`, secret(value))
    if (reference === null && /key|token|secret|password/i.test(name)) notes.push(note('warning', path, literalText))
  }
  return (name) => tools.readVariable(name) ?? literalSecrets.get(`os.environ/${name}`)?.open()
}

function readModelList(root: JsonObject, literalSecrets: Map<CredentialRef, Secret>, reading: Reading): readonly DeploymentEntry[] {
  const list = root['model_list'] ?? []
  if (!Array.isArray(list)) {
    reading.notes.push(note('mistake', ['model_list'], 'must be a list'))
    return []
  }
  const ids = new Map<DeploymentId, number>()
  const items = list.flatMap((item: unknown, index) => perOrganization(item).map((one) => ({ one, at: ['model_list', index] })))
  return items.flatMap(({ one: item, at }) => {
    const { draft, notes } = readDeployment(item, reading.variable)
    // One entry that cannot be used is left out, so that it does not take the others down with it.
    for (const one of notes)
      reading.notes.push(
        one.kind === 'mistake' ? note('warning', [...at, ...one.path], `${one.text}; this model is left out`) : { ...one, path: [...at, ...one.path] },
      )
    return draft === null ? [] : [toEntry(draft, { at, ids, literalSecrets }, reading)]
  })
}

/** A list of organizations is one deployment for each (LiteLLM's pages, "Multiple OpenAI Organizations", as known 2026-11-21). */
function perOrganization(item: unknown): readonly unknown[] {
  const params = isJsonObject(item) ? objectOf(item['litellm_params']) : undefined
  const organizations = listOf(params?.['organization'])
  if (!isJsonObject(item) || organizations.length === 0) return [item]
  const info = objectOf(item['model_info']) ?? {}
  const { id } = info
  const isNamed = typeof id === 'string' || typeof id === 'number'
  return organizations.map((organization, index) => ({
    ...item,
    litellm_params: { ...params, organization },
    // Two may not have one id.
    ...(index === 0 || !isNamed ? {} : { model_info: { ...info, id: `${id}_${String(index + 1)}` } }),
  }))
}

interface EntryTools {
  readonly at: Path
  /** How often each id was given so far. */
  readonly ids: Map<DeploymentId, number>
  readonly literalSecrets: Map<CredentialRef, Secret>
}

function toEntry(draft: DeploymentDraft, tools: EntryTools, reading: Reading): DeploymentEntry {
  const { modelName, modelInfo } = draft
  const refer = (given: GivenSecret, name: string): CredentialRef | null =>
    referTo(given, { path: [...tools.at, 'litellm_params', name], user: modelName, literalSecrets: tools.literalSecrets }, reading)
  const further = Object.entries(draft.secrets).map(([name, given]): [string, CredentialRef | null] => [name, refer(given, name)])
  const id = draft.givenId ?? idOf(draft, tools.ids)
  return { id, modelName, params: { ...draft.params, ...Object.fromEntries(further) }, modelInfo, credential: refer(draft.key, 'api_key') }
}

/** The same entry keeps its id over restarts; a changed literal key changes nothing, so entries that differ in it alone are counted. */
function idOf(draft: DeploymentDraft, ids: Map<DeploymentId, number>): DeploymentId {
  const { modelName, modelInfo, key } = draft
  // A changed budget must go on from what was spent.
  const { max_budget: _, budget_duration: __, ...params } = draft.params
  const id = deploymentId(`file_${digest(canonicalText({ modelName, params, modelInfo, reference: key.reference }))}`)
  const count = (ids.get(id) ?? 0) + 1
  ids.set(id, count)
  return count === 1 ? id : deploymentId(`${id}_${String(count)}`)
}

function lockedBy(settings: FileSettings): string[] {
  const set: Readonly<Record<string, boolean>> = {
    adminKey: settings.adminKey !== null,
    aliases: Object.keys(settings.aliases).length > 0,
    fallbacks: Object.keys(settings.fallbacks).length > 0,
    retries: settings.retries !== null,
    timeoutMs: settings.timeoutMs !== null,
    streamTimeoutMs: settings.streamTimeoutMs !== null,
    dropParams: settings.dropParams !== null,
    defaultTeamSettings: settings.defaultTeamSettings.length > 0,
    globalBudget: settings.budgets.some(({ name }) => name.kind === 'global'),
  }
  return Object.keys(set).filter((name) => set[name] === true)
}
