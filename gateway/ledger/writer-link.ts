// The main thread's end of the writer: ops of one turn of the event loop travel as one message, answers come back as one.
// Promises: a bounded queue; every op is answered, also when the thread dies. Leaves alone: what the ops do.

import { Worker } from 'node:worker_threads'
import { refuse } from '../contract/errors.ts'
import type { StoreSnapshot } from '../contract/store.ts'
import { errorFacts, type Log } from '../kit/log.ts'
import { threadUrl, type FromWriter, type ToWriter, type WriterData } from './messages.ts'
import { toError, type LedgerOp, type QueuedOp } from './ops.ts'
import { packOps, unpackAnswers } from './transit.ts'

export interface WriterLink {
  readonly snapshot: StoreSnapshot
  /** @throws GatewayError ledger_unavailable when the queue is full or the thread is gone, and what the op itself refuses */
  ask<Value>(op: LedgerOp): Promise<Value>
  /** Nobody waits for the answer. */
  tell(op: LedgerOp): void
  onChange(listener: (row: number) => void): () => void
  close(): Promise<void>
}
export interface WriterLinkOptions {
  readonly data: Omit<WriterData, 'nowMs'>
  readonly queueMax: number
  readonly log: Log
  nowMs(): number
}

interface Waiting {
  // Declared as a method: one map holds the promises of every kind of op.
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Resolves when the file is open, migrated and recovered. @throws Error with a sentence when it cannot be */
export async function startWriter(options: WriterLinkOptions): Promise<WriterLink> {
  const { log } = options
  const worker = new Worker(threadUrl('writer'), { workerData: { ...options.data, nowMs: options.nowMs() } satisfies WriterData })
  const listeners = new Set<(row: number) => void>()
  const queue = createQueue(worker, options)
  const closed = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const snapshot = await new Promise<StoreSnapshot>((resolve, reject) => {
    worker.once('error', reject)
    worker.on('message', (message: FromWriter) => {
      if (message.kind === 'ready') return resolve(message.snapshot)
      if (message.kind === 'log') return log(message.level, message.event, message.facts)
      queue.settle(message.kind === 'packed' ? { ...unpackAnswers(message.text), failed: [] } : message)
      if (message.row !== null) for (const listener of listeners) listener(message.row)
    })
  })
  worker.on('error', (error) => log('error', 'ledger-writer-died', errorFacts(error)))
  worker.once('exit', () => queue.fail('its writer has stopped'))
  return {
    snapshot,
    ask: (op) => queue.ask(op),
    tell: (op) => queue.tell(op),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async close() {
      queue.close()
      await closed
    },
  }
}

interface Queue {
  ask<Value>(op: LedgerOp): Promise<Value>
  tell(op: LedgerOp): void
  settle(answers: Pick<Extract<FromWriter, { kind: 'answers' }>, 'ids' | 'values' | 'failed'>): void
  fail(reason: string): void
  close(): void
}

function createQueue(worker: Worker, options: WriterLinkOptions): Queue {
  const { queueMax, log, nowMs } = options
  const waiting = new Map<number, Waiting>()
  let batch: QueuedOp[] = []
  let lastId = 0
  let stopped: string | null = null

  const post = (): void => {
    if (batch.length === 0) return
    const text = packOps(batch)
    const message: ToWriter = text === null ? { kind: 'ops', nowMs: nowMs(), ops: batch } : { kind: 'traffic', nowMs: nowMs(), text }
    worker.postMessage(message)
    batch = []
  }
  const take = (id: number): Waiting | undefined => {
    const waiter = waiting.get(id)
    waiting.delete(id)
    return waiter
  }
  const enqueue = (op: LedgerOp, waiter: Waiting): void => {
    if (stopped !== null) return waiter.reject(refuse('ledger_unavailable', { reason: stopped }))
    if (waiting.size >= queueMax) return waiter.reject(refuse('ledger_unavailable', { reason: 'its queue is full' }, { retryAfterS: 1 }))
    lastId += 1
    waiting.set(lastId, waiter)
    // After this turn's input has been read: the ops of all requests that arrived together share one message.
    if (batch.length === 0) setImmediate(post)
    batch.push({ id: lastId, op })
  }
  return {
    ask: <Value>(op: LedgerOp) => new Promise<Value>((resolve, reject) => enqueue(op, { resolve, reject })),
    tell: (op) => enqueue(op, { resolve: nothing, reject: (error) => log('warn', 'ledger-refusal-lost', { error: error.message }) }),
    settle({ ids, values, failed }) {
      for (let index = 0; index < ids.length; index += 1) take(ids[index] ?? 0)?.resolve(values[index])
      for (const { id, failure } of failed) take(id)?.reject(toError(failure))
    },
    fail(reason) {
      stopped = reason
      for (const waiter of waiting.values()) waiter.reject(refuse('ledger_unavailable', { reason }))
      waiting.clear()
    },
    close() {
      if (stopped !== null) return
      post()
      stopped = 'it is closing'
      worker.postMessage({ kind: 'close' } satisfies ToWriter)
    },
  }
}

const nothing = (): void => undefined
