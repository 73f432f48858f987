// Starts the bench's processes and reads what the system says about them.
// Promises: upstream and load generator share the last core where the system can pin (Linux, taskset); what is measured is free to use all.
// Leaves alone: the gateway's own start (test/kit/gateway-process.ts).

import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { median, type LoadOrder, type LoadResult } from './shapes.ts'

export interface Served {
  readonly origin: string
  readonly pid: number
}
export interface LoadGenerator {
  measure(order: LoadOrder): Promise<LoadResult>
}
export interface Bench {
  startServer(file: string, options: { readonly pinned: boolean; readonly args?: readonly string[] }): Promise<Served>
  startLoad(): LoadGenerator
  stopAll(): void
}

export const pinning = process.platform === 'linux' && availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0
const lastCore = String(availableParallelism() - 1)

export function createBench(): Bench {
  const children: ChildProcess[] = []
  const start = (file: string, pinned: boolean, args: readonly string[]): ChildProcess => {
    const program = [join(import.meta.dirname, file), ...args]
    const [command, parameters] = pinned && pinning ? ['taskset', ['-c', lastCore, process.execPath, ...program]] : [process.execPath, program]
    const child = spawn(command, parameters, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    children.push(child)
    return child
  }
  return {
    startServer: (file, { pinned, args = [] }) =>
      new Promise((done, fail) => {
        const child = start(file, pinned, args)
        child.once('message', (message: { port: number }) => done({ origin: `http://127.0.0.1:${message.port}`, pid: child.pid ?? -1 }))
        child.once('exit', (code) => fail(new Error(`${file} ended at start (${code})`)))
      }),
    startLoad: () => {
      const child = start('load-process.ts', true, [])
      return {
        measure: (order) =>
          new Promise((done, fail) => {
            const ended = (code: number | null): void => fail(new Error(`the load generator ended (${code})`))
            child.once('exit', ended)
            child.once('message', (result: LoadResult) => {
              child.off('exit', ended)
              done(result)
            })
            child.send(order)
          }),
      }
    },
    stopAll: () => {
      for (const child of children) child.kill('SIGKILL')
    },
  }
}

/** Median time of a small append made durable in this folder, in microseconds: what one commit must wait for at least. */
export function measureSyncUs(folder: string, count: number): number {
  const file = join(folder, 'sync-probe')
  const handle = openSync(file, 'w')
  // One page and its header: what SQLite appends to its write-ahead log for a small commit.
  const bytes = Buffer.alloc(4096 + 24, 1)
  const times: number[] = []
  for (let turn = 0; turn < count; turn += 1) {
    writeSync(handle, bytes)
    const startedMs = performance.now()
    fdatasyncSync(handle)
    times.push((performance.now() - startedMs) * 1000)
  }
  closeSync(handle)
  rmSync(file)
  return median(times)
}

/** Median time of a message to a thread that sleeps until it comes, and of its answer to one that sleeps too, in microseconds. */
export async function measureHopUs(count: number): Promise<number> {
  const echo = new Worker("const { parentPort } = require('node:worker_threads'); parentPort.on('message', (text) => parentPort.postMessage(text))", {
    eval: true,
  })
  const times: number[] = []
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((done) => setTimeout(done, 1))
    const startedMs = performance.now()
    const answered = new Promise((done) => echo.once('message', done))
    echo.postMessage('a message as long as a short order')
    await answered
    times.push((performance.now() - startedMs) * 1000)
  }
  await echo.terminate()
  return median(times)
}

/** Resident memory in MB, now; null where the system does not tell. */
export function readMemoryMb(pid: number): number | null {
  try {
    if (process.platform === 'linux') return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024
    if (process.platform === 'win32') return null
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1024
  } catch {
    // The process has just ended, or there is no ps: no figure rather than a wrong one.
    return null
  }
}

/** Processor time that a process has had, all its threads, in ms; null where the system does not tell (Linux: proc(5), fields 14 and 15 in ticks of 10 ms). */
export function readProcessorMs(pid: number): number | null {
  if (process.platform !== 'linux') return null
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name before them may hold spaces; its bracket is the last.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
