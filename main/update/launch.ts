// Starts a version of the app beside this one, and ends it again when it must go.
// Promises: it outlives this process; a kill waits until it is gone, so that it holds nothing any more. No secret goes along.
// Leaves alone: whether it is well (started.ts).

import { spawn } from 'node:child_process'
import { killWaitMs } from './limits.ts'

export interface Launched {
  /** false: the system could not start it. */
  readonly started: Promise<boolean>
  /** Resolves when it has ended, or could not be started. */
  readonly ended: Promise<void>
  kill(): Promise<void>
}

export function launch(program: string, parameters: readonly string[] = []): Launched {
  const child = spawn(program, [...parameters], { detached: true, stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => resolve())
  })
  const started = new Promise<boolean>((resolve) => {
    child.once('spawn', () => resolve(true))
    child.once('error', () => resolve(false))
  })
  child.unref()
  return {
    started,
    ended,
    async kill() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), killWaitMs)
      await ended
      clearTimeout(timer)
    },
  }
}
