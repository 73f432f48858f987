// Starts the gateway in Electron's utility process: a Node process without Chromium's windows, for which no `runAsNode` fuse is needed.
// Promises: exactly the given environment, no arguments, both streams in our hands; a kill before there is a process is carried out when there is one.
// Leaves alone: when to start and stop. Source: https://www.electronjs.org/docs/latest/api/utility-process, as known 2026-11-21.

import type { utilityProcess, UtilityProcess } from 'electron'
import { StringDecoder } from 'node:string_decoder'
import type { ChildEars, Fork } from './fork.ts'

export interface UtilityForkOptions {
  /** `utilityProcess.fork`, which works once the app is ready. */
  readonly fork: typeof utilityProcess.fork
  /** `dist/gateway/child.mjs` */
  readonly entry: string
  readonly execArgv: readonly string[]
  /** What the child's environment is, at each start. */
  readonly environment: () => Readonly<Record<string, string>>
  readonly cwd: string
}

export function createUtilityFork({ fork, entry, execArgv, environment, cwd }: UtilityForkOptions): Fork {
  return (ears) => {
    const child = fork(entry, [], {
      env: { ...environment() },
      execArgv: [...execArgv],
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      serviceName: 'Tollgate gateway',
    })
    let gone = false
    let fault: string | null = null
    let condemned = false
    child.on('message', ears.onMessage)
    // The third argument, Node's diagnostic report, holds the environment and is left alone.
    child.on('error', (type, location) => (fault = `${type} in ${location}`))
    // Before this there is nothing to kill (github.com/electron/electron/issues/44009).
    child.on('spawn', () => {
      if (condemned) endNow(child)
    })
    child.on('exit', (code) => {
      gone = true
      ears.onExit(code, fault)
    })
    listen(child, ears)
    return {
      get pid() {
        return gone ? null : (child.pid ?? null)
      },
      post(message) {
        // Posting to one that has just ended takes Electron's main process along (github.com/electron/electron/issues/53923).
        if (!gone) child.postMessage(message)
      },
      kill() {
        condemned = true
        if (!gone) endNow(child)
      },
    }
  }
}

/** `UtilityProcess.kill` asks (SIGTERM), and a process that hangs does not listen. */
export function endNow(child: { readonly pid?: number | undefined }): void {
  if (child.pid === undefined) return
  try {
    process.kill(child.pid, 'SIGKILL')
  } catch {
    // It ended by itself a moment ago; its exit is about to be told.
  }
}

function listen(child: UtilityProcess, ears: ChildEars): void {
  for (const stream of [child.stdout, child.stderr]) {
    const decoder = new StringDecoder('utf8')
    stream?.on('data', (bytes: Buffer) => ears.onOutput(decoder.write(bytes)))
  }
}
