// The first thing of a start: the data folder is locked and the ledger opened, on threads of its own, while everything else is still being loaded.
// Promises: one gateway per folder; a ledger that cannot be opened leaves no lock. Leaves alone: what is built on the ledger (compose.ts).

import type { GatewayConfig } from './contract/config.ts'
import type { Log } from './kit/log.ts'
import { createLedger, type Ledger } from './ledger/ledger.ts'
import { acquireDataDirLock } from './ledger/lock.ts'

export interface Books {
  readonly ledger: Ledger
  /** Gives the data folder free, once the ledger is closed. */
  release(): void
}

/** @throws DataFolderInUse, LedgerUnusable, and whatever else createLedger refuses */
export async function openBooks(config: GatewayConfig, around: { readonly log: Log; onFatal(sentence: string): void }): Promise<Books> {
  const { dataDir, durability, limits } = config
  const lock = acquireDataDirLock(dataDir)
  try {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const ledger = await createLedger({ dataDir, durability, limits, zone, log: around.log, onFatal: around.onFatal })
    return { ledger, release: lock.release }
  } catch (error) {
    lock.release()
    throw error
  }
}
