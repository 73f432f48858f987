// Every deployment the gateway knows now: the file's and the ledger's as one, grouped by public name, with aliases and fallbacks.
// Promises: a rebuild is whole or not at all; an entry that cannot be served is left out and named in `problems`.
// Leaves alone: choosing within a group (route), persistence.

import { GatewayError } from '../contract/errors.ts'
import { isNonEmpty, type DeploymentId } from '../contract/ids.ts'
import type { JsonObject } from '../contract/json.ts'
import type { PriceBook } from '../contract/prices.ts'
import type { Catalog, Deployment, ModelGroup } from '../contract/provider.ts'
import type { CredentialEntry, DeploymentEntry } from '../contract/store.ts'
import type { FindProvider } from './find-target.ts'
import { toDeployment, type DeploymentDefaults } from './to-deployment.ts'
import { readNumber } from './values.ts'

export interface CatalogInput {
  readonly fileEntries: readonly DeploymentEntry[]
  readonly ledgerEntries: readonly DeploymentEntry[]
  readonly credentials: ReadonlyMap<string, CredentialEntry>
  readonly aliases: Readonly<Record<string, string>>
  /** Aliases that work but are not listed. */
  readonly hiddenAliases: readonly string[]
  /** By public name; `*` stands for every name without a list of its own. */
  readonly fallbacks: Readonly<Record<string, readonly string[]>>
  readonly retries: number
  readonly defaults: DeploymentDefaults
}
export interface CatalogTools {
  readonly findProvider: FindProvider
  readonly prices: PriceBook
  readonly readVariable: (name: string) => string | undefined
}
export interface CatalogHolder {
  readonly current: Catalog
  /** Sentences about entries, aliases and fallbacks that were left out of `current`. */
  readonly problems: readonly string[]
  rebuild(input: CatalogInput): void
}

export function createCatalog(tools: CatalogTools): CatalogHolder {
  let current: Catalog = toCatalog([], emptyInput, [])
  let problems: readonly string[] = []
  return {
    get current() {
      return current
    },
    get problems() {
      return problems
    },
    rebuild(input) {
      const found: string[] = []
      const deployments = collect(input, tools, found)
      current = toCatalog(deployments, input, found)
      problems = found
    },
  }
}

const emptyInput: CatalogInput = {
  fileEntries: [],
  ledgerEntries: [],
  credentials: new Map(),
  aliases: {},
  hiddenAliases: [],
  fallbacks: {},
  retries: 0,
  defaults: { timeoutMs: null, streamTimeoutMs: null, dropParams: false },
}

function collect(input: CatalogInput, tools: CatalogTools, problems: string[]): Deployment[] {
  const { credentials, defaults } = input
  const found = new Map<DeploymentId, Served>()
  // The file comes first: where both give an id, the file wins.
  for (const [origin, entries] of [
    ['file', input.fileEntries],
    ['ledger', input.ledgerEntries],
  ] as const) {
    for (const entry of entries) {
      if (found.has(entry.id)) {
        problems.push(`The deployment ${entry.id} of ${entry.modelName} is left out: its id is taken by another one.`)
        continue
      }
      try {
        found.set(entry.id, { deployment: toDeployment(entry, { ...tools, credentials, defaults, origin }), params: entry.params })
      } catch (failure) {
        // One entry that cannot be served must not take the others down with it; anything but a refusal is a bug of ours.
        if (!(failure instanceof GatewayError)) throw failure
        problems.push(`The deployment ${entry.id} of ${entry.modelName} is left out: ${failure.message}`)
      }
    }
  }
  return [...Map.groupBy(found.values(), ({ deployment }) => deployment.modelName).values()].flatMap(weigh)
}

interface Served {
  readonly deployment: Deployment
  readonly params: JsonObject
}

/** A group that states no weight, but rpm (or tpm) for every member, is drawn by that, as in LiteLLM's simple-shuffle. */
function weigh(group: readonly Served[]): Deployment[] {
  const by = ['weight', 'rpm', 'tpm'].find((key) =>
    key === 'weight' ? group.some(({ params }) => params[key] !== undefined) : group.every(({ params }) => (readNumber(params[key]) ?? 0) > 0),
  )
  if (by === undefined || by === 'weight') return group.map(({ deployment }) => deployment)
  return group.map(({ deployment, params }) => ({ ...deployment, weight: readNumber(params[by]) ?? deployment.weight }))
}

function toCatalog(deployments: readonly Deployment[], input: CatalogInput, problems: string[]): Catalog {
  const members = Map.groupBy(deployments, (deployment) => deployment.modelName)
  const aliases = new Map<string, string>()
  for (const [alias, name] of Object.entries(input.aliases)) {
    if (members.has(name)) aliases.set(alias, name)
    else problems.push(`The alias ${alias} is left out: there is no model named ${name}.`)
  }
  // An alias wins over a model of the same name, as in LiteLLM: that is how a name is pointed elsewhere.
  const resolve = (name: string): string => aliases.get(name) ?? name
  const fallbacks = readFallbacks(input.fallbacks, { resolve, known: members }, problems)
  const groups = new Map<string, ModelGroup>()
  for (const [name, group] of members) {
    const own = fallbacks.get(name) ?? fallbacks.get('*') ?? []
    if (isNonEmpty(group)) groups.set(name, { name, deployments: group, fallbacks: own.filter((other) => resolve(other) !== name) })
  }
  const hidden = new Set(input.hiddenAliases)
  const names = [...new Set([...groups.keys(), ...[...aliases.keys()].filter((alias) => !hidden.has(alias))])].sort()
  return { find: (model) => groups.get(resolve(model)) ?? null, names: () => names, deployments: () => deployments, retries: input.retries }
}

function readFallbacks(
  input: CatalogInput['fallbacks'],
  names: { resolve: (name: string) => string; known: ReadonlyMap<string, unknown> },
  problems: string[],
): ReadonlyMap<string, readonly string[]> {
  const read = new Map<string, readonly string[]>()
  for (const [from, targets] of Object.entries(input)) {
    const usable = [...new Set(targets)].filter((target) => names.known.has(names.resolve(target)))
    for (const target of targets)
      if (!usable.includes(target)) problems.push(`The fallback from ${from} to ${target} is left out: there is no model named ${target}.`)
    if (from !== '*' && !names.known.has(names.resolve(from))) problems.push(`The fallbacks of ${from} are left out: there is no model of that name.`)
    else read.set(from === '*' ? from : names.resolve(from), usable)
  }
  return read
}
