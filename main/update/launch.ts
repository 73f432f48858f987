// Starts a version of the app beside this one, and ends it again when it must go.
// Promises: it outlives this process; a kill waits until it is gone, so that it holds nothing any more. No secret goes along.
// Leaves alone: whether it is well (started.ts).

import { spawn } from 'node:child_process'
import { killWaitMs } from './limits.ts'

export interface Launched {
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
  child.unref()
  return {
    ended,
    async kill() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), killWaitMs)
      await ended
      clearTimeout(timer)
    },
  }
}
