// The main thread's end of one reader: starts it when asked, stops it when it takes too long or has nothing to do.
// Promises: every question is answered or refused within its time; a slow report never blocks the next one for longer than that.
// Leaves alone: what the questions mean.

import { Worker } from 'node:worker_threads'
import { refuse } from '../contract/errors.ts'
import { errorFacts, type Log } from '../kit/log.ts'
import { threadUrl, type FromReader, type ReaderData } from './messages.ts'
import type { Question } from './reports/questions.ts'

export interface ReaderLink {
  /** @throws GatewayError overloaded when the time is up or too many questions wait */
  ask<Value>(question: Question, timeoutMs: number): Promise<Value>
  close(): Promise<void>
}
interface Waiting {
  // Declared as a method: one map holds the promises of every kind of question.
  resolve(value: unknown): void
  reject(error: Error): void
  readonly timer: NodeJS.Timeout
}

const waitingMax = 256
/** An idle thread costs some 10 MB. */
const idleMs = 60_000

export function createReader(data: ReaderData, log: Log): ReaderLink {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let lastId = 0
  let idle: NodeJS.Timeout | null = null

  const stop = async (): Promise<void> => {
    const old = worker
    worker = null
    if (idle !== null) clearTimeout(idle)
    idle = null
    await old?.terminate()
  }
  const failAll = (error: Error): void => {
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer)
      reject(error)
    }
    waiting.clear()
  }
  const settle = (message: FromReader): void => {
    const waiter = waiting.get(message.id)
    if (waiter === undefined) return
    waiting.delete(message.id)
    clearTimeout(waiter.timer)
    if ('problem' in message) {
      log('error', 'report-failed', { error: message.problem })
      waiter.reject(refuse('internal', {}, {}, new Error(message.problem)))
    } else waiter.resolve(message.value)
  }
  const start = (): Worker => {
    const made = new Worker(threadUrl('reader'), { workerData: data })
    made.on('message', settle)
    made.on('error', (error) => {
      log('error', 'report-reader-died', errorFacts(error))
      if (worker !== made) return
      worker = null
      failAll(refuse('internal', {}, {}, error))
    })
    // Reports must not keep a stopping gateway alive.
    made.unref()
    return made
  }
  const expire = (id: number): void => {
    if (!waiting.has(id)) return
    // Questions behind the slow one lose their turn too; the panel asks again.
    failAll(refuse('overloaded', { what: 'time for a report' }, { retryAfterS: 1 }))
    void stop()
  }
  return {
    ask: <Value>(question: Question, timeoutMs: number) =>
      new Promise<Value>((resolve, reject) => {
        if (waiting.size >= waitingMax) return reject(refuse('overloaded', { what: 'reports' }, { retryAfterS: 1 }))
        lastId += 1
        const id = lastId
        waiting.set(id, { resolve, reject, timer: setTimeout(() => expire(id), timeoutMs) })
        worker ??= start()
        worker.postMessage({ id, question })
        if (idle === null) idle = setTimeout(() => (waiting.size === 0 ? void stop() : idle?.refresh()), idleMs).unref()
        else idle.refresh()
      }),
    async close() {
      failAll(refuse('shutting_down'))
      await stop()
    },
  }
}
