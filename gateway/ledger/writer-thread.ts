// The writer's thread: the only place that changes the ledger's file.
// Promises: drains every message that is waiting before it commits; checkpoints when idle or when the log has grown; ends with all committed.
// Leaves alone: what an op means (core.ts), a file that fails (care/lasting-writer.ts).

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { emptyCrashTraces } from '../kit/crash-traces.ts'
import { assert } from '../kit/assert.ts'
import type { Log } from '../kit/log.ts'
import { backUpBeforeMigration } from './care/before-migration.ts'
import { createLastingWriter } from './care/lasting-writer.ts'
import { toRun } from './first-run.ts'
import type { FromWriter, ToWriter, WriterData } from './messages.ts'
import { openReader, openWriter } from './open-file.ts'
import type { Answer, Failure, QueuedOp } from './ops.ts'
import { readSnapshot } from './snapshot.ts'
import { packAnswers, unpackOps } from './transit.ts'

// Of each thread by itself.
emptyCrashTraces()

/** Holds and refusals that nothing else takes to disk are committed after this silence. */
const flushMs = 50
const idleMs = 500

function start(data: WriterData): void {
  assert(parentPort !== null, 'the writer runs in a worker thread')
  const port = parentPort
  const post = (message: FromWriter): void => port.postMessage(message)
  const log: Log = (level, event, facts = {}) => post({ kind: 'log', level, event, facts })
  let nowMs = data.nowMs
  const writer = createLastingWriter({
    core: { zone: data.zone, limits: data.limits, log, nowMs: () => nowMs },
    resume: data.resume,
    groupMax: data.limits.ledgerGroupMax,
    log,
    openWriter: () =>
      openWriter(data.path, data.durability, (found) => {
        const backup = backUpBeforeMigration(data.path, { found, nowMs })
        if (backup !== null) log('info', 'ledger-backed-up', { backup })
      }),
    openReader: () => openReader(data.path),
    onFault: (fault) => post({ kind: 'fault', fault }),
    onBroken: (found) => post({ kind: 'broken', found }),
    send(answers, row) {
      if (answers.length > 0 || row !== null) post(toMessage(answers, row))
    },
  })
  const flushSoon = setTimeout(() => writer.flush(), flushMs)
  const checkpointSoon = setTimeout(() => writer.checkpoint(), idleMs)

  port.on('message', (first: ToWriter) => {
    const queued: QueuedOp[] = []
    const upkeep: Extract<ToWriter, { kind: 'upkeep' }>[] = []
    let closing = false
    for (let message: ToWriter | undefined = first; message !== undefined; message = receive(port)) {
      if (message.kind === 'close') closing = true
      else {
        nowMs = message.nowMs
        if (message.kind === 'upkeep') upkeep.push(message)
        else for (const op of message.kind === 'traffic' ? unpackOps(message.text) : message.ops) queued.push(op)
      }
    }
    writer.run(queued)
    for (const { id, work } of upkeep) writer.upkeep(id, work)
    writer.checkpointIfDue()
    if (closing) return close()
    flushSoon.refresh()
    checkpointSoon.refresh()
  })
  const close = (): void => {
    clearTimeout(flushSoon)
    clearTimeout(checkpointSoon)
    writer.close()
    port.close()
  }
  post({ kind: 'ready', snapshot: readSnapshot(writer.core, nowMs), run: toRun(writer.core) })
}

function toMessage(answers: readonly Answer[], row: number | null): FromWriter {
  const ids: number[] = []
  const values: unknown[] = []
  const failed: { id: number; failure: Failure }[] = []
  for (const answer of answers) {
    if ('failure' in answer) failed.push(answer)
    else {
      ids.push(answer.id)
      values.push(answer.value)
    }
  }
  const text = failed.length === 0 ? packAnswers(ids, values) : null
  return text === null ? { kind: 'answers', ids, values, failed, row } : { kind: 'packed', text, row }
}

function receive(port: Parameters<typeof receiveMessageOnPort>[0]): ToWriter | undefined {
  const received: { message: ToWriter } | undefined = receiveMessageOnPort(port)
  return received?.message
}

start(workerData as WriterData)
