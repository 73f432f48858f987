// One request on a pool, below undici's stream layer: head as a promise, body as a bounded queue of bytes.
// Promises: little waits unread (the upstream is paused), and what waits is handed over as one; every end, good or bad, is told exactly once; an abort
// closes the socket.
// Leaves alone: what errors mean (egress.ts).

import type { Dispatcher, Pool } from 'undici'

export interface RawHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}
export interface RawReply extends RawHead {
  readonly body: AsyncIterable<Uint8Array>
  abort(): void
}

// A stream of tiny chunks arrives by the hundred with each read of the socket: taken as one they cost one turn of everything behind, not hundreds.
// Twice what one read brings: a reader that keeps up is never waited for.
const queuedBytesMax = 128 * 1024
const queuedPiecesMax = 4096

export async function exchange(pool: Pool, options: Dispatcher.DispatchOptions, caller: { signal: AbortSignal; onSent: () => void }): Promise<RawReply> {
  const { signal } = caller
  return await new Promise((resolve, reject) => {
    const body = createBody()
    let headGiven = false
    let controller: Dispatcher.DispatchController | null = null
    const abort = (): void => {
      signal.removeEventListener('abort', abort)
      body.stop()
      if (controller !== null && !controller.aborted) controller.abort(new Error('aborted by the gateway'))
      // A request that still waits for a connection is not told by the pool until it has one.
      reject(new Error('aborted by the gateway'))
    }
    const settle = (): void => signal.removeEventListener('abort', abort)
    if (signal.aborted) return reject(new Error('aborted by the gateway'))
    signal.addEventListener('abort', abort)
    pool.dispatch(options, {
      onRequestStart(started) {
        controller = started
        if (signal.aborted) started.abort(new Error('aborted by the gateway'))
        else caller.onSent()
      },
      onResponseStart(_controller, status, headers) {
        // 1xx heads announce nothing we use.
        if (status < 200) return
        headGiven = true
        resolve({ status, headers, body: body.iterate(() => controller?.resume()), abort: () => (body.ended ? settle() : abort()) })
      },
      onResponseData(current, piece) {
        if (!body.push(piece)) current.pause()
      },
      onResponseEnd() {
        settle()
        body.end(null)
      },
      onResponseError(_controller, error) {
        settle()
        body.end(error)
        if (!headGiven) reject(error)
      },
    })
  })
}

interface Body {
  readonly ended: boolean
  /** False: enough is waiting. */
  push(piece: Uint8Array): boolean
  end(error: Error | null): void
  /** Drops what waits; the reader is gone. */
  stop(): void
  iterate(resume: () => void): AsyncIterable<Uint8Array>
}

function createBody(): Body {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let done = false
  let failure: Error | null = null
  let wake: (() => void) | null = null
  const rouse = (): void => {
    wake?.()
    wake = null
  }
  return {
    get ended() {
      return done
    },
    push(piece) {
      waiting.push(piece)
      waitingBytes += piece.length
      rouse()
      return waitingBytes < queuedBytesMax && waiting.length < queuedPiecesMax
    },
    end(error) {
      done = true
      failure ??= error
      rouse()
    },
    stop() {
      waiting = []
      done = true
      failure ??= new Error('aborted by the gateway')
      rouse()
    },
    async *iterate(resume) {
      for (;;) {
        const [only] = waiting
        if (only !== undefined) {
          const all = waiting.length === 1 ? only : Buffer.concat(waiting, waitingBytes)
          waiting = []
          waitingBytes = 0
          resume()
          yield all
        } else if (failure !== null) throw failure
        else if (done) return
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}
