// One keychain call at a time, each under a time limit.
// Promises: a call that never returns blocks one thread, not all of them: while it hangs, later calls are refused at once.
// Leaves alone: what is called.

import { refuse, type GatewayError } from '../contract/errors.ts'

export interface Lane {
  readonly pendingCalls: number
  /** @throws GatewayError vault_unavailable when the answer takes too long or the store fails */
  run<Value>(work: () => Promise<Value>): Promise<Value>
}

/**
 * The native module runs each call on one of libuv's four shared threads and ignores AbortSignal, so four unanswered
 * unlock prompts would stop all file and DNS work of the process. Hence one at a time.
 */
export function createLane(timeoutMs: number, title: string): Lane {
  let pendingCalls = 0
  let stuck = false
  let tail: Promise<unknown> = Promise.resolve()
  const late = (): GatewayError =>
    refuse('vault_unavailable', {
      reason: `The ${title} did not answer within ${String(timeoutMs / 1000)} s. If it shows an unlock prompt, answer it and try again.`,
    })

  async function dispatch<Value>(work: () => Promise<Value>, call: { given: boolean; started: boolean }): Promise<Value> {
    // The caller was already told that this failed: doing it now would contradict that.
    if (call.given) throw late()
    call.started = true
    pendingCalls += 1
    try {
      return await work()
    } finally {
      pendingCalls -= 1
      stuck = false
    }
  }
  return {
    get pendingCalls() {
      return pendingCalls
    },
    async run(work) {
      if (stuck) throw late()
      const call = { given: false, started: false }
      const turn = tail.then(() => dispatch(work, call))
      tail = turn.catch(() => undefined)
      let timer: NodeJS.Timeout | undefined
      const limit = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          call.given = true
          stuck = stuck || call.started
          reject(late())
        }, timeoutMs)
      })
      try {
        return await Promise.race([turn, limit])
      } catch (cause) {
        throw cause instanceof Error && cause.name === 'GatewayError' ? cause : failed(title, cause)
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

function failed(title: string, cause: unknown): GatewayError {
  const said = cause instanceof Error ? cause.message : String(cause)
  return refuse('vault_unavailable', { reason: `The ${title} could not do this: ${said.slice(0, 300)}` }, {}, cause)
}
