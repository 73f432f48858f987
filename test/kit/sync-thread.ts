// What durability costs before anything is decided: a thread that writes as much as a commit of the ledger and syncs it, or the rows of one, asked by
// message as the ledger is.
// Promises: who waits together shares a sync. Leaves alone: orders, limits, answers; those are the ledger's.

import { Worker } from 'node:worker_threads'

export interface SyncThread {
  /** Resolves when bytes written after the call are on the disk. */
  commit(): Promise<void>
  close(): Promise<void>
}

/** Bytes alone. */
export const startSyncThread = (path: string): SyncThread => startThread('./sync-thread-child.ts', path)

/** A call's rows: of two commits one opens it and the other closes it. One after another, never together. */
export const startRowThread = (path: string): SyncThread => startThread('./row-thread-child.ts', path)

function startThread(child: string, path: string): SyncThread {
  const thread = new Worker(new URL(child, import.meta.url), { workerData: path })
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
