// What durability costs before anything is kept: a thread that writes as much as a commit of the ledger and syncs it, asked by message as the ledger is.
// Promises: who waits together shares a sync. Leaves alone: rows, orders, answers; those are the ledger's.

import { Worker } from 'node:worker_threads'

export interface SyncThread {
  /** Resolves when bytes written after the call are on the disk. */
  commit(): Promise<void>
  close(): Promise<void>
}

export function startSyncThread(path: string): SyncThread {
  const thread = new Worker(new URL('./sync-thread-child.ts', import.meta.url), { workerData: path })
  const waiting = new Map<number, () => void>()
  let asked = 0
  thread.on('message', (ids: readonly number[]) => {
    for (const id of ids) {
      waiting.get(id)?.()
      waiting.delete(id)
    }
  })
  return {
    commit: () =>
      new Promise((done) => {
        asked += 1
        waiting.set(asked, done)
        thread.postMessage(asked)
      }),
    close: async () => void (await thread.terminate()),
  }
}
