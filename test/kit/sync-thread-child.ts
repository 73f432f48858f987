// The thread of sync-thread.ts: writes a commit's bytes and syncs them, once for all that waited.
// Promises: real writes on the file it is given, over and over as a log is. Leaves alone: what the bytes mean; they mean nothing.

import { fdatasyncSync, openSync, writeSync } from 'node:fs'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'

const pageBytes = 4096
/** A commit of the ledger writes about ten. */
const pages = 10
const slots = 64

const file = openSync(String(workerData), 'w')
const page = Buffer.alloc(pageBytes, 1)
const port = parentPort
let commits = 0

port?.on('message', (first: number) => {
  const ids = [first]
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) ids.push(Number(next.message))
  const slot = (commits % slots) * pages
  for (let index = 0; index < pages; index += 1) writeSync(file, page, 0, pageBytes, (slot + index) * pageBytes)
  fdatasyncSync(file)
  commits += 1
  port.postMessage(ids)
})
