// The catalog as it lives: file and ledger entries as one, rebuilt on every change and whenever a listed price changes by date.
// Promises: prices are loaded before a catalog that needs them is built; a change resolves when the next request meets it.
// Leaves alone: what a rebuild means (catalog.ts).

import type { Clock } from '../contract/clock.ts'
import type { GatewayConfig } from '../contract/config.ts'
import { refuse } from '../contract/errors.ts'
import type { DeploymentId } from '../contract/ids.ts'
import type { PriceBook } from '../contract/prices.ts'
import type { Catalog, Deployment } from '../contract/provider.ts'
import type { AdminStore, CredentialEntry, DeploymentEntry, StoreSnapshot } from '../contract/store.ts'
import type { Log } from '../kit/log.ts'
import { createCatalog } from './catalog.ts'
import { findPriced, findTarget, type FindProvider } from './find-target.ts'
import { createLiveEntries, type LiveEntries } from './live-entries.ts'

export interface LoadablePrices extends PriceBook {
  load(vendors: readonly (string | null)[]): Promise<void>
  nextChangeMs(listed: readonly { readonly vendor: string | null; readonly model: string }[]): number | null
}
export interface LiveCatalogTools {
  readonly config: Pick<GatewayConfig, 'file'>
  readonly ledger: { readonly store: AdminStore; readonly snapshot: StoreSnapshot }
  readonly prices: LoadablePrices
  readonly findProvider: FindProvider
  readonly clock: Clock
  readonly log: Log
}
export interface LiveCatalog {
  readonly entries: LiveEntries
  catalog(): Catalog
  /** @throws GatewayError record_not_found */
  deployment(id: DeploymentId): Deployment
  problems(): readonly string[]
  close(): void
}

// LiteLLM's DEFAULT_MAX_RETRIES (litellm/constants.py, as known 2026-11-21).
const defaultRetries = 2
const timerMaxMs = 24 * 60 * 60 * 1000

export async function createLiveCatalog(tools: LiveCatalogTools): Promise<LiveCatalog> {
  const { file } = tools.config
  const holder = createCatalog(tools)
  let timer: NodeJS.Timeout | undefined
  const rebuild = async (ledgerEntries: readonly DeploymentEntry[], credentials: ReadonlyMap<string, CredentialEntry>): Promise<void> => {
    const fileEntries = file?.deployments ?? []
    await tools.prices.load([...fileEntries, ...ledgerEntries].map((entry) => vendorOf(entry, tools.findProvider)))
    holder.rebuild({
      fileEntries,
      ledgerEntries,
      credentials,
      aliases: file?.aliases ?? {},
      hiddenAliases: file?.hiddenAliases ?? [],
      fallbacks: file?.fallbacks ?? {},
      retries: file?.retries ?? defaultRetries,
      // What a vendor lacks is left out and named in the reply's headers unless the file asks for strictness.
      defaults: { timeoutMs: file?.timeoutMs ?? null, streamTimeoutMs: file?.streamTimeoutMs ?? null, dropParams: file?.dropParams ?? true },
      modelOverrides: {},
    })
    for (const problem of holder.problems) tools.log('warn', 'catalog', { problem })
    schedule(() => rebuild(ledgerEntries, credentials))
  }
  const schedule = (again: () => Promise<void>): void => {
    clearTimeout(timer)
    const listed = holder.current.deployments().map((deployment) => findPriced(deployment, deployment.modelInfo, tools.findProvider))
    const next = tools.prices.nextChangeMs(listed)
    if (next === null) return
    timer = setTimeout(() => void again(), Math.min(timerMaxMs, Math.max(0, next - tools.clock.nowMs())))
    timer.unref()
  }
  const { store, snapshot } = tools.ledger
  const entries = await createLiveEntries({ store, deployments: snapshot.deployments, credentials: snapshot.credentials, onChange: rebuild })
  return {
    entries,
    catalog: () => holder.current,
    deployment(id) {
      const found = holder.current.deployments().find((deployment) => deployment.id === id)
      if (found === undefined) throw refuse('record_not_found', { reason: `There is no deployment ${id}.` })
      return found
    },
    problems: () => holder.problems,
    close: () => clearTimeout(timer),
  }
}

function vendorOf(entry: DeploymentEntry, findProvider: FindProvider): string | null {
  try {
    return findPriced(findTarget(entry.params, findProvider), entry.modelInfo, findProvider).vendor
  } catch {
    // An entry that names no known provider is left out by the rebuild, which says so.
    return null
  }
}
