// Stands in for Electron's `utilityProcess`: the same events and members over a real child process of plain Node.
// Promises: typed against Electron's own declarations, so that what is used cannot drift; `pid` comes with 'spawn' and goes with 'exit', and so do the
// streams' listeners.
// Leaves alone: what the child finds (parent-port.ts). Source: https://www.electronjs.org/docs/latest/api/utility-process, as known 2026-11-21.

import type { ForkOptions, utilityProcess, UtilityProcess } from 'electron'
import { fork as forkNode, type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { constants } from 'node:os'
import { PassThrough } from 'node:stream'

type Members = 'pid' | 'stdout' | 'stderr' | 'postMessage' | 'kill'

class StandInProcess extends EventEmitter implements Pick<UtilityProcess, Members> {
  stdout: PassThrough | null = new PassThrough()
  stderr: PassThrough | null = new PassThrough()
  readonly #child: ChildProcess
  #ended = false
  pid: number | undefined

  constructor(child: ChildProcess) {
    super()
    this.#child = child
    for (const name of ['stdout', 'stderr'] as const) child[name]?.pipe(this[name] ?? new PassThrough())
    child.once('spawn', () => {
      this.pid = child.pid
      this.emit('spawn')
    })
    child.on('message', (message) => this.emit('message', message))
    child.once('error', () => this.#leave(1))
    child.once('exit', (code, signal) => this.#leave(code ?? constants.signals[signal ?? 'SIGKILL']))
  }
  postMessage(message: object): void {
    if (this.#ended) throw new Error('Electron crashes here: a message for a process that has ended')
    // A process that is ending closes its end first; Electron drops what comes then.
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }
  kill(): boolean {
    return this.pid !== undefined && this.#child.kill('SIGTERM')
  }
  #leave(code: number): void {
    if (this.#ended) return
    this.#ended = true
    this.emit('exit', code)
    this.pid = undefined
    // Whoever still waits for the end of a stream hears nothing any more (lib/browser/api/utility-process.ts).
    for (const name of ['stdout', 'stderr'] as const) {
      this[name]?.removeAllListeners()
      this[name] = null
    }
  }
}

const portModule = new URL('parent-port.ts', import.meta.url).href

/** `utilityProcess.fork`. */
export const forkUtility = ((entry: string, args: string[] = [], options: ForkOptions = {}): UtilityProcess => {
  const { env, execArgv = [], cwd } = options
  const child = forkNode(entry, args, {
    // An empty environment is no environment: the parent's is inherited (electron_api_utility_process.cc,
    // `.WithEnvironment(env_map, env_map.empty() ? false : true)`).
    env: Object.keys(env ?? {}).length === 0 ? process.env : { ...env },
    execArgv: ['--import', portModule, ...execArgv],
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  // A class of Electron's cannot be made here; the members that are used are checked above.
  const standIn: unknown = new StandInProcess(child)
  return standIn as UtilityProcess
}) satisfies typeof utilityProcess.fork
