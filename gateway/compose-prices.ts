// Builds what prices are made of: the book, the catalog whose deployments carry its cards, and the desk that changes both.
// Promises: the book knows what is stored before the first card is made; past calls are priced anew by the very arithmetic that settles.
// Leaves alone: everything else (compose.ts).

import type { Clock } from './contract/clock.ts'
import type { GatewayConfig, Limits } from './contract/config.ts'
import type { Directory } from './contract/directory.ts'
import { deploymentId } from './contract/ids.ts'
import type { LedgerPort } from './contract/ledger.ts'
import type { PriceDesk } from './contract/prices.ts'
import type { Deployment } from './contract/provider.ts'
import type { ReportsPort } from './contract/reports.ts'
import type { Reprice } from './contract/reprice.ts'
import { createOwnPathBook, ownPathsSetting, type OwnPathBook } from './intake/own-path-book.ts'
import { createCardNow, createFindPassage, type FindPassage, type PassageTools } from './intake/passages.ts'
import { createLiveCatalog, type LiveCatalog } from './intake/live-catalog.ts'
import { assert } from './kit/assert.ts'
import type { Log } from './kit/log.ts'
import type { Ledger } from './ledger/ledger.ts'
import { createPriceBook } from './prices/price-book.ts'
import { createPriceDesk, toPriceState } from './prices/price-desk.ts'
import { createReprice } from './prices/reprice.ts'
import type { Providers } from './providers/index.ts'
import { settle } from './rooms/settle.ts'

export interface PricePartsTools {
  readonly config: Pick<GatewayConfig, 'file' | 'limits'>
  readonly ledger: Pick<Ledger, 'store' | 'snapshot' | 'prices'>
  readonly providers: Pick<Providers, 'find' | 'all'>
  /** Parsed resources/models.json. */
  readonly models: unknown
  readonly readVariable: (name: string) => string | undefined
  readonly clock: Clock
  readonly log: Log
}
export interface PriceParts {
  readonly live: LiveCatalog
  readonly priceDesk: PriceDesk
  readonly findPassage: FindPassage
  readonly ownPaths: OwnPathBook
}

export async function buildPriceParts(tools: PricePartsTools): Promise<PriceParts> {
  const { config, ledger, providers, models, clock } = tools
  const stored = ledger.snapshot.prices
  const findProvider = providers.find
  const book = createPriceBook({ models, clock })
  book.use(toPriceState(stored))
  const live = await createLiveCatalog({ ...tools, prices: book, findProvider })
  const { priceQuery, refresh } = live
  const deployments = (): readonly Deployment[] => live.catalog().deployments()
  const { timeoutMs = null, streamTimeoutMs = null, dropParams } = config.file ?? {}
  const ownPaths = createOwnPathBook({ file: config.file?.ownPaths ?? [], stored: ledger.snapshot.settings[ownPathsSetting], store: ledger.store })
  const passages: PassageTools = {
    ownPaths: ownPaths.list,
    ...{ prices: book, findProvider, providers: providers.all, catalog: live.catalog, readVariable: tools.readVariable },
    defaults: { timeoutMs, streamTimeoutMs, dropParams: dropParams ?? true },
  }
  const cardNow = createCardNow(passages)
  const sources = { store: ledger.prices, stored, book, findProvider, deployments, priceQuery, cardNow }
  const priceDesk = createPriceDesk({ ...sources, refresh, limits: config.limits, clock })
  return { live, priceDesk, findPassage: createFindPassage(passages), ownPaths }
}

export interface RepricePartsTools {
  readonly ledger: { readonly reports: ReportsPort; readonly port: Pick<LedgerPort, 'adjust'> }
  readonly directory: Pick<Directory, 'findById' | 'scopesOf' | 'scopesOfDeployment'>
  readonly priceDesk: Pick<PriceDesk, 'cardNow'>
  readonly newUlid: () => string
  readonly limits: Pick<Limits, 'repriceBatch'>
}

export function buildReprice({ ledger, directory, priceDesk, newUlid, limits }: RepricePartsTools): Reprice {
  return createReprice({
    reports: ledger.reports,
    adjust: ledger.port.adjust,
    cardNow: priceDesk.cardNow,
    billOf: (usage, price) => {
      const [bill] = settle([{ usage, price }])
      assert(bill !== undefined, 'every attempt has a bill')
      return bill
    },
    scopesOf: (request, attempt) => {
      const caller = directory.findById(request.keyId)?.caller
      const ofCall = caller === undefined ? [] : directory.scopesOf(caller, request).scopeIds
      return [...ofCall, ...directory.scopesOfDeployment(attempt.providerId, deploymentId(attempt.deploymentId)).scopeIds]
    },
    newBatchId: () => `reprice_${newUlid()}`,
    batchMax: limits.repriceBatch,
  })
}
