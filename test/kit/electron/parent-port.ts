// What a process finds below Electron's `utilityProcess`, made of Node's own channel: loaded before its first module (`--import`).
// Promises: `process.parentPort` as Electron types it, no `process.send`, and a `process.exit` that returns, as there. Leaves alone: the parent's
// side (utility-process.ts). Source: https://www.electronjs.org/docs/latest/api/parent-port and github.com/electron/electron/issues/44174, as known 2026-11-21.

import type { ParentPort } from 'electron'
import { EventEmitter } from 'node:events'
import { isMainThread } from 'node:worker_threads'

class StandInPort extends EventEmitter implements Pick<ParentPort, 'postMessage'> {
  readonly #send = process.send?.bind(process)
  postMessage(message: object): void {
    this.#send?.(message, undefined, undefined, () => undefined)
  }
}

const port = new StandInPort()
// Electron keeps what comes before somebody listens; so does Node's channel, which is therefore opened only then.
port.once('newListener', (event: string) => {
  if (event === 'message') process.on('message', (data) => port.emit('message', { data, ports: [] }))
})
Object.defineProperty(process, 'parentPort', { value: port })
Object.defineProperty(process, 'send', { value: undefined })

// Such a process lives until it says `process.exit`, whatever is left to do (github.com/electron/electron/issues/47228). Its worker threads, which load
// this module too, end as Node's do.
if (isMainThread) setInterval(() => undefined, 60_000)

const exit = process.exit.bind(process)
// Electron's utility processes end with their app.
process.on('disconnect', () => exit(0))
process.exit = ((code?: number) => void setImmediate(() => exit(code))) as typeof process.exit
