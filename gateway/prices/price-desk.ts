// What administrators do with prices: import a file, roll a table back, override a model, see what applies.
// Promises: one change after the other; each is durable, in the price book and in every deployment's card when it resolves.
// Leaves alone: HTTP (admin/prices*.ts), what past requests cost (reprice.ts).

import type { Clock } from '../contract/clock.ts'
import type { DeploymentId } from '../contract/ids.ts'
import { refuse } from '../contract/errors.ts'
import type { ImportFacts, ImportPreview, PriceDesk, PriceQuery, PriceRow, PriceStore, PriceTable, StoredPrices } from '../contract/prices.ts'
import type { Deployment, Provider } from '../contract/provider.ts'
import { bundledVersion } from './bundled.ts'
import { compareRows, isSamePrices, slotOf } from './compare.ts'
import { parsePrices, writeOwnFormat } from './own-format.ts'
import type { LoadablePriceBook, PriceState } from './price-book.ts'
import { readPriceFile, type PriceFile } from './price-file.ts'

export interface PriceDeskTools {
  readonly store: PriceStore
  readonly stored: StoredPrices
  readonly book: LoadablePriceBook
  readonly findProvider: (idOrAlias: string) => Provider | null
  readonly deployments: () => readonly Deployment[]
  readonly priceQuery: (id: DeploymentId) => PriceQuery | null
  readonly cardNow: PriceDesk['cardNow']
  /** Gives every deployment its card anew. */
  readonly refresh: () => void
  readonly clock: Pick<Clock, 'nowMs'>
  readonly limits: { readonly priceModelsMax: number; readonly priceTablesMax: number }
}

export function toPriceState({ tables, rows, overrides }: StoredPrices): PriceState {
  const current = tables.findLast((table) => table.active)
  return { table: current === undefined ? null : { version: current.version, rows }, overrides }
}

export function createPriceDesk(tools: PriceDeskTools): PriceDesk {
  const { store, book, limits } = tools
  const live = createLivePrices(tools)
  const parse = async (text: string): Promise<PriceFile> =>
    await readPriceFile(text, { providerId: (name) => tools.findProvider(name)?.id ?? null, modelsMax: limits.priceModelsMax })
  const tableOf = (version: number): PriceTable => {
    const found = live.tables().find((table) => table.version === version)
    if (found === undefined) throw refuse('record_not_found', { reason: `There is no price table ${String(version)}.` })
    return found
  }
  return {
    bundledVersion,
    tables: live.tables,
    currentVersion: () => live.state().table?.version ?? 0,
    preview: async (text) => await previewFile(tools, live.state(), await parse(text)),
    importFile: async (text, facts) => {
      if (live.tables().length >= limits.priceTablesMax) throw refuse('conflict', { reason: `At most ${String(limits.priceTablesMax)} price tables are kept.` })
      const file = await parse(text)
      const preview = await previewFile(tools, live.state(), file)
      return { table: await live.add(file, facts), preview }
    },
    async exportTable(version) {
      const { note } = tableOf(version)
      return writeOwnFormat(await store.readRows(version), note)
    },
    setActive: live.setActive,
    parsePrices,
    setOverride: live.setOverride,
    history: book.history,
    deployments: () =>
      tools.deployments().map((deployment) => {
        const query = deployment.price === null ? tools.priceQuery(deployment.id) : null
        return { deployment, reason: query === null ? null : book.whyUnpriced(query) }
      }),
    unpricedUse: store.readUnpriced,
    cardNow: tools.cardNow,
  }
}

interface LivePrices extends Pick<PriceDesk, 'tables' | 'setActive' | 'setOverride'> {
  state(): PriceState
  add(file: PriceFile, facts: ImportFacts): Promise<PriceTable>
}

/** What is stored, in memory, one change after the other. */
function createLivePrices({ store, stored, book, refresh }: PriceDeskTools): LivePrices {
  let { tables } = stored
  let state = toPriceState(stored)
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = async <Value>(change: () => Promise<Value>): Promise<Value> => {
    const mine = turn.catch(() => undefined).then(change)
    turn = mine
    return await mine
  }
  const publish = (next: PriceState): void => {
    state = next
    book.use(next)
    refresh()
  }
  /** `known`: rows just imported; others are read back. */
  const show = async (table: PriceTable, known: readonly PriceRow[] | null): Promise<PriceTable> => {
    tables = [...tables.filter((other) => other.version !== table.version), table].sort((left, right) => left.version - right.version)
    const current = tables.findLast((other) => other.active)
    if (current === undefined) publish({ ...state, table: null })
    else if (current.version !== state.table?.version) {
      const rows = current.version === table.version && known !== null ? known : await store.readRows(current.version)
      publish({ ...state, table: { version: current.version, rows } })
    }
    return table
  }
  return {
    state: () => state,
    tables: () => tables,
    add: async (file, facts) =>
      await inTurn(async () => {
        const { format, sha256, rows } = file
        const draft = { ...facts, note: facts.note ?? file.note, format, sha256, models: new Set(rows.map(slotOf)).size }
        return await show(await store.saveTable(draft, rows), rows)
      }),
    setActive: async (version, active, changedBy) => await inTurn(async () => await show(await store.setActive(version, active, changedBy), null)),
    setOverride: async (draft) =>
      await inTurn(async () => {
        const saved = await store.saveOverride(draft)
        publish({ ...state, overrides: [...state.overrides, saved] })
        return saved
      }),
  }
}

async function previewFile(tools: PriceDeskTools, state: PriceState, file: PriceFile): Promise<ImportPreview> {
  const { book, clock, findProvider } = tools
  const vendorOf = (provider: string | null): string | null => (provider === null ? null : (findProvider(provider)?.priceVendor ?? null))
  const compared = await compareRows(
    file.rows,
    async ({ provider, model }) => (await book.listed({ vendor: vendorOf(provider), provider, model }))?.prices ?? null,
    clock.nowMs(),
  )
  const candidate = book.withTable({ version: -1, rows: file.rows })
  const kept = new Set(file.rows.map(slotOf))
  const gone = new Map((state.table?.rows ?? []).filter((row) => !kept.has(slotOf(row))).map((row) => [slotOf(row), row]))
  const removed: ImportPreview['removed'][number][] = []
  for (const { provider, model } of gone.values()) {
    const then = await candidate.listed({ vendor: vendorOf(provider), provider, model })
    removed.push({ provider, model, then: then === null ? 'nothing' : 'bundled' })
  }
  const deployments = tools.deployments().flatMap(({ id, modelName, price }) => {
    const query = tools.priceQuery(id)
    const before = price?.prices ?? null
    const after = query === null ? before : (candidate.cardFor(query)?.prices ?? null)
    return isSamePrices(before, after) ? [] : [{ id, modelName, before, after }]
  })
  const { format, sha256, skipped, leftOut } = file
  return { format, sha256, models: kept.size, ...compared, removed, skipped, leftOut, deployments }
}
