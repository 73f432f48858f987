// The writer's thread: the only place that changes the ledger's file.
// Promises: drains every message that is waiting before it commits; checkpoints when idle or when the log has grown; ends with all committed.
// Leaves alone: what an op means (core.ts).

import type { Database } from 'better-sqlite3'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { assert } from '../kit/assert.ts'
import { errorFacts, type Log } from '../kit/log.ts'
import { createCore } from './core.ts'
import { createGroupCommit } from './group-commit.ts'
import type { FromWriter, ToWriter, WriterData } from './messages.ts'
import { openWriter } from './open-file.ts'
import type { Answer, Failure, QueuedOp } from './ops.ts'
import { readSnapshot } from './snapshot.ts'
import { packAnswers, unpackOps } from './transit.ts'

/** Holds and refusals that nothing else takes to disk are committed after this silence. */
const flushMs = 50
const idleMs = 500
// A commit writes about ten pages, so this is some 40 MB of log.
const commitsPerCheckpoint = 1000

function start(data: WriterData): void {
  assert(parentPort !== null, 'the writer runs in a worker thread')
  const port = parentPort
  const post = (message: FromWriter): void => port.postMessage(message)
  const log: Log = (level, event, facts = {}) => post({ kind: 'log', level, event, facts })
  let nowMs = data.nowMs
  const db = openWriter(data.path, data.durability)
  const core = createCore(db, { zone: data.zone, limits: data.limits, log, nowMs: () => nowMs })
  const checkpoints = createCheckpoints(db, log)
  const groups = createGroupCommit({
    core,
    groupMax: data.limits.ledgerGroupMax,
    log,
    send(answers, row) {
      if (row !== null) checkpoints.count()
      if (answers.length > 0 || row !== null) post(toMessage(answers, row))
    },
  })
  const flushSoon = setTimeout(() => groups.flush(), flushMs)
  const checkpointSoon = setTimeout(() => checkpoints.run(), idleMs)

  port.on('message', (first: ToWriter) => {
    const queued: QueuedOp[] = []
    let closing = false
    for (let message: ToWriter | undefined = first; message !== undefined; message = receive(port)) {
      if (message.kind === 'close') closing = true
      else {
        nowMs = message.nowMs
        for (const op of message.kind === 'traffic' ? unpackOps(message.text) : message.ops) queued.push(op)
      }
    }
    groups.run(queued)
    checkpoints.runIfDue()
    if (closing) return close()
    flushSoon.refresh()
    checkpointSoon.refresh()
  })
  const close = (): void => {
    clearTimeout(flushSoon)
    clearTimeout(checkpointSoon)
    groups.flush()
    core.end()
    checkpoints.run()
    db.close()
    port.close()
  }
  post({ kind: 'ready', snapshot: readSnapshot(core, nowMs) })
}

function createCheckpoints(db: Database, log: Log): { count(): void; runIfDue(): void; run(): void } {
  let commits = 0
  const run = (): void => {
    if (commits === 0) return
    commits = 0
    try {
      // PASSIVE never waits for readers; what they still need is carried over next time.
      db.pragma('wal_checkpoint(PASSIVE)')
    } catch (error) {
      log('error', 'ledger-checkpoint-failed', errorFacts(error))
    }
  }
  return {
    count() {
      commits += 1
    },
    runIfDue() {
      if (commits >= commitsPerCheckpoint) run()
    },
    run,
  }
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
