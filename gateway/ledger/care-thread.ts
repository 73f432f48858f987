// A thread for one long job on the ledger's file: does it, tells how it went, ends.
// Promises: never writes to the ledger. Leaves alone: what the job does (care/jobs.ts).

import { parentPort, workerData } from 'node:worker_threads'
import { emptyCrashTraces } from '../kit/crash-traces.ts'
import { assert } from '../kit/assert.ts'
import { runJob, type Job } from './care/jobs.ts'

// Of each thread by itself.
emptyCrashTraces()

function start(job: Job): void {
  assert(parentPort !== null, 'a job runs in a worker thread')
  parentPort.postMessage(runJob(job))
}

start(workerData as Job)
