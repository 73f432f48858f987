// The catalog as it lives: file and ledger entries as one, rebuilt on every change and as soon as a price has changed by date.
// Promises: prices are loaded before a catalog that needs them is built; a change resolves when the next request meets it; a price that begins at
// a moment holds for whoever asks from that moment on, by the clock and without a timer.
// Leaves alone: what a rebuild means (catalog.ts).

import type { Clock } from '../contract/clock.ts'
import type { GatewayConfig } from '../contract/config.ts'
import { GatewayError, refuse } from '../contract/errors.ts'
import type { DeploymentId } from '../contract/ids.ts'
import type { PriceBook, PriceQuery } from '../contract/prices.ts'
import type { Catalog, Deployment } from '../contract/provider.ts'
import type { AdminStore, CredentialEntry, DeploymentEntry, LiveEntries, StoreSnapshot } from '../contract/store.ts'
import { isWildcard } from '../contract/wildcard.ts'
import type { Log } from '../kit/log.ts'
import { createCatalog, type CatalogInput } from './catalog.ts'
import type { FindProvider } from './find-target.ts'
import { createLiveEntries } from './live-entries.ts'
import { readPriceQuery } from './to-deployment.ts'
import { isOpen } from './wildcards.ts'

export interface LoadablePrices extends PriceBook {
  load(vendors: readonly (string | null)[]): Promise<void>
  nextChangeMs(listed: readonly PriceQuery[]): number | null
}
export interface LiveCatalogTools {
  readonly config: Pick<GatewayConfig, 'file'>
  readonly ledger: { readonly store: AdminStore; readonly snapshot: StoreSnapshot }
  readonly prices: LoadablePrices
  readonly findProvider: FindProvider
  readonly readVariable: (name: string) => string | undefined
  readonly clock: Clock
  readonly log: Log
}
export interface LiveCatalog {
  readonly entries: LiveEntries
  catalog(): Catalog
  /** @throws GatewayError record_not_found */
  deployment(id: DeploymentId): Deployment
  /** What the price book is asked for a deployment; null when there is none of that id. */
  priceQuery(id: DeploymentId): PriceQuery | null
  /** Asks for all cards again, after prices were changed. */
  refresh(): void
  problems(): readonly string[]
}

/** Through an open pattern any vendor of the list may be asked for. */
const anyVendor = 'any'

// LiteLLM's DEFAULT_MAX_RETRIES (litellm/constants.py, as known 2026-11-21).
const defaultRetries = 2

export async function createLiveCatalog(tools: LiveCatalogTools): Promise<LiveCatalog> {
  const { config, clock, prices } = tools
  const { file } = config
  let queries: ReadonlyMap<DeploymentId, PriceQuery> = new Map()
  let built: Built | null = null
  // A name that a pattern stands for has prices of its own, which may change earlier than those that are listed.
  const onExpanded = (query: PriceQuery): void => {
    if (built !== null) built = { ...built, untilMs: Math.min(built.untilMs, prices.nextChangeMs([query]) ?? Number.POSITIVE_INFINITY) }
  }
  const holder = createCatalog({ ...tools, onExpanded })
  const build = (input: CatalogInput): void => {
    const builtMs = clock.nowMs()
    holder.rebuild(input)
    built = { input, fromMs: builtMs, untilMs: prices.nextChangeMs([...queries.values()]) ?? Number.POSITIVE_INFINITY }
    for (const problem of holder.problems) tools.log('warn', 'catalog', { problem })
  }
  /** A clock that was set back makes the cards those of another time, too. */
  const keepCurrent = (): void => {
    if (built === null) return
    const nowMs = clock.nowMs()
    if (nowMs >= built.untilMs || nowMs < built.fromMs) build(built.input)
  }
  const rebuild = async (ledgerEntries: readonly DeploymentEntry[], credentials: ReadonlyMap<string, CredentialEntry>): Promise<void> => {
    const fileEntries = file?.deployments ?? []
    queries = readQueries([...ledgerEntries, ...fileEntries], { ...tools, credentials })
    const open = [...ledgerEntries, ...fileEntries].some((entry) => isWildcard(entry.modelName) && isOpen(entry.params))
    await prices.load([...[...queries.values()].map((query) => query.vendor), open ? anyVendor : null])
    build({
      fileEntries,
      ledgerEntries,
      credentials,
      aliases: file?.aliases ?? {},
      hiddenAliases: file?.hiddenAliases ?? [],
      fallbacks: file?.fallbacks ?? {},
      retries: file?.retries ?? defaultRetries,
      // What a vendor lacks is left out and named in the reply's headers unless the file asks for strictness.
      defaults: { timeoutMs: file?.timeoutMs ?? null, streamTimeoutMs: file?.streamTimeoutMs ?? null, dropParams: file?.dropParams ?? true },
    })
  }
  const { store, snapshot } = tools.ledger
  const entries = await createLiveEntries({ store, deployments: snapshot.deployments, credentials: snapshot.credentials, onChange: rebuild })
  return {
    entries,
    catalog() {
      keepCurrent()
      return holder.current
    },
    deployment(id) {
      keepCurrent()
      const found = holder.current.deployments().find((deployment) => deployment.id === id)
      if (found === undefined) throw refuse('record_not_found', { reason: `There is no deployment ${id}.` })
      return found
    },
    priceQuery: (id) => queries.get(id) ?? null,
    refresh() {
      if (built !== null) build(built.input)
    },
    problems: () => holder.problems,
  }
}

/** From what, and while which cards hold. */
interface Built {
  readonly input: CatalogInput
  readonly fromMs: number
  readonly untilMs: number
}

/** Where both give an id the file wins, so it comes last. An entry that cannot be served is left out by the rebuild, which says so. */
function readQueries(entries: readonly DeploymentEntry[], tools: Parameters<typeof readPriceQuery>[1]): ReadonlyMap<DeploymentId, PriceQuery> {
  const queries = new Map<DeploymentId, PriceQuery>()
  for (const entry of entries) {
    try {
      queries.set(entry.id, readPriceQuery(entry, tools))
    } catch (failure) {
      if (!(failure instanceof GatewayError)) throw failure
    }
  }
  return queries
}
