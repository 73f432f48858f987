// A reader's thread: answers named questions on a read-only connection.
// Promises: cannot change the file; one answer per question, in order. Leaves alone: time limits (reader-link.ts).

import { parentPort, workerData } from 'node:worker_threads'
import { emptyCrashTraces } from '../kit/crash-traces.ts'
import { assert } from '../kit/assert.ts'
import type { FromReader, ReaderData, ToReader } from './messages.ts'
import { openReader } from './open-file.ts'
import { answer } from './reports/questions.ts'

// Of each thread by itself.
emptyCrashTraces()

function start(data: ReaderData): void {
  assert(parentPort !== null, 'a reader runs in a worker thread')
  const port = parentPort
  const context = { db: openReader(data.path), ...data }
  port.on('message', ({ id, question }: ToReader) => {
    const post = (message: FromReader): void => port.postMessage(message)
    try {
      post({ id, value: answer(context, question) })
    } catch (error) {
      post({ id, problem: error instanceof Error ? error.message : String(error) })
    }
  })
}

start(workerData as ReaderData)
