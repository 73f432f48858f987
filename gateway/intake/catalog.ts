// Every deployment the gateway knows now: the file's and the ledger's as one, grouped by public name, with aliases and fallbacks.
// Promises: a rebuild is whole or not at all; an entry that cannot be served is left out and named in `problems`.
// Leaves alone: choosing within a group (route), persistence.

import { GatewayError } from '../contract/errors.ts'
import { isNonEmpty, type DeploymentId } from '../contract/ids.ts'
import type { JsonObject } from '../contract/json.ts'
import type { PriceBook, PriceQuery } from '../contract/prices.ts'
import type { Catalog, Deployment, ModelGroup } from '../contract/provider.ts'
import type { CredentialEntry, DeploymentEntry } from '../contract/store.ts'
import { bySpecificity, isWildcard, matchWildcard } from '../contract/wildcard.ts'
import type { FindProvider } from './find-target.ts'
import { toDeployment, type DeploymentDefaults, type ToDeploymentTools } from './to-deployment.ts'
import { readNumber } from './values.ts'
import { createRecent, expand, toPattern } from './wildcards.ts'

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
  /** A name was asked for that a pattern stands for, so what it costs is of interest from now on. */
  readonly onExpanded?: (query: PriceQuery) => void
}
export interface CatalogHolder {
  readonly current: Catalog
  /** Sentences about entries, aliases and fallbacks that were left out of `current`. */
  readonly problems: readonly string[]
  rebuild(input: CatalogInput): void
}

export function createCatalog(tools: CatalogTools): CatalogHolder {
  const noCatalog = { input: emptyInput, tools, problems: [] }
  let current: Catalog = toCatalog([], noCatalog)
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
      const building = { input, tools, problems: found }
      current = toCatalog(collect(building), building)
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

interface Building {
  readonly input: CatalogInput
  readonly tools: CatalogTools
  readonly problems: string[]
}

function collect({ input, tools, problems }: Building): Served[] {
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
        const own = { ...tools, credentials, defaults, origin }
        const deployment = isWildcard(entry.modelName) ? toPattern(entry, own) : toDeployment(entry, own)
        found.set(entry.id, { deployment, params: entry.params, entry, tools: own })
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
  readonly entry: DeploymentEntry
  readonly tools: ToDeploymentTools
}

/** A group that states no weight, but rpm (or tpm) for every member, is drawn by that, as in LiteLLM's simple-shuffle. */
function weigh(group: readonly Served[]): Served[] {
  const by = ['weight', 'rpm', 'tpm'].find((key) =>
    key === 'weight' ? group.some(({ params }) => params[key] !== undefined) : group.every(({ params }) => (readNumber(params[key]) ?? 0) > 0),
  )
  if (by === undefined || by === 'weight') return [...group]
  return group.map((served) => ({ ...served, deployment: { ...served.deployment, weight: readNumber(served.params[by]) ?? served.deployment.weight } }))
}

function toCatalog(served: readonly Served[], { input, tools, problems }: Building): Catalog {
  const members = Map.groupBy(served, ({ deployment }) => deployment.modelName)
  const patterns = [...members.keys()].filter(isWildcard).sort(bySpecificity)
  const isKnown = (name: string): boolean => !isWildcard(name) && (members.has(name) || patterns.some((pattern) => matchWildcard(pattern, name) !== null))
  const aliases = new Map<string, string>()
  for (const [alias, name] of Object.entries(input.aliases)) {
    if (isKnown(name)) aliases.set(alias, name)
    else problems.push(`The alias ${alias} is left out: there is no model named ${name}.`)
  }
  // An alias wins over a model of the same name, as in LiteLLM: that is how a name is pointed elsewhere.
  const resolve = (name: string): string => aliases.get(name) ?? name
  const fallbacks = readFallbacks(input.fallbacks, { resolve, isKnown, isFrom: (name) => patterns.includes(name) || isKnown(name) }, problems)
  const toGroup = (name: string, deployments: readonly Deployment[], pattern?: string): ModelGroup | null => {
    const own = fallbacks.get(name) ?? (pattern === undefined ? undefined : fallbacks.get(pattern)) ?? fallbacks.get('*') ?? []
    return isNonEmpty(deployments) ? { name, deployments, fallbacks: own.filter((other) => resolve(other) !== name) } : null
  }
  const groups = new Map<string, ModelGroup>()
  for (const [name, group] of members) {
    const whole = isWildcard(name)
      ? null
      : toGroup(
          name,
          group.map(({ deployment }) => deployment),
        )
    if (whole !== null) groups.set(name, whole)
  }
  const recent = createRecent<ModelGroup>(wildcardNamesMax)
  const findByPattern = (name: string): ModelGroup | null => {
    const known = patterns.length === 0 || isWildcard(name) ? null : recent.find(name)
    if (known !== undefined) return known
    for (const pattern of patterns) {
      const captures = matchWildcard(pattern, name)
      if (captures === null) continue
      const found = (members.get(pattern) ?? []).flatMap(
        ({ entry, tools: own, deployment: { weight } }) => withWeight(expand(entry, { name, captures }, own), weight) ?? [],
      )
      const group = toGroup(
        name,
        found.map(({ deployment }) => deployment),
        pattern,
      )
      if (group === null) continue
      for (const { query } of found) tools.onExpanded?.(query)
      recent.keep(name, group)
      return group
    }
    return null
  }
  const hidden = new Set(input.hiddenAliases)
  const names = [...new Set([...groups.keys(), ...[...aliases.keys()].filter((alias) => !hidden.has(alias))])].sort()
  const deployments = served.map(({ deployment }) => deployment)
  return {
    find: (model) => groups.get(resolve(model)) ?? findByPattern(resolve(model)),
    names: () => names,
    patterns: () => patterns,
    deployments: () => deployments,
    retries: input.retries,
  }
}

/** Concrete names of patterns that are kept; more are made again when they are asked for. */
const wildcardNamesMax = 1000

type Expanded = NonNullable<ReturnType<typeof expand>>
const withWeight = (expanded: Expanded | null, weight: number): Expanded | null =>
  expanded === null ? null : { ...expanded, deployment: { ...expanded.deployment, weight } }

function readFallbacks(
  input: CatalogInput['fallbacks'],
  names: { resolve: (name: string) => string; isKnown: (name: string) => boolean; isFrom: (name: string) => boolean },
  problems: string[],
): ReadonlyMap<string, readonly string[]> {
  const read = new Map<string, readonly string[]>()
  for (const [from, targets] of Object.entries(input)) {
    const usable = [...new Set(targets)].filter((target) => names.isKnown(names.resolve(target)))
    for (const target of targets)
      if (!usable.includes(target)) problems.push(`The fallback from ${from} to ${target} is left out: there is no model named ${target}.`)
    if (from !== '*' && !names.isFrom(names.resolve(from))) problems.push(`The fallbacks of ${from} are left out: there is no model of that name.`)
    else read.set(from === '*' ? from : names.resolve(from), usable)
  }
  return read
}
