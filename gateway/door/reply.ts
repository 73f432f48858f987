// Takes the reply out of Koa's hands: the one place that sets `respond = false`.
// Promises: heads and pieces go out at once; writing waits for a slow caller, but not for ever; nothing throws after the caller left.
// Leaves alone: what is sent.

import type { ServerResponse } from 'node:http'
import type { Context } from 'koa'
import type { Reply } from '../contract/reply.ts'

export function takeReply(
  context: Context,
  options: {
    readonly drainTimeoutMs: number
    /** Of every reply, as they are known when it starts. */ readonly headers: () => Readonly<Record<string, string>>
  },
): Reply {
  context.respond = false
  const { res } = context
  const controller = new AbortController()
  let ended = false
  let headSent = false
  res.once('close', () => {
    if (!ended) controller.abort()
  })
  // A broken pipe is the caller leaving; `close` says so.
  res.on('error', () => undefined)
  return {
    gone: controller.signal,
    get started() {
      return res.headersSent
    },
    start(status, headers) {
      if (res.headersSent || res.destroyed) return
      res.writeHead(status, { ...options.headers(), ...headers })
    },
    async write(bytes) {
      if (res.destroyed || ended) return
      headSent = true
      if (!res.write(bytes)) await drained(res, options.drainTimeoutMs)
    },
    end(bytes) {
      ended = true
      if (res.destroyed) return
      if (bytes !== undefined && !headSent && bytes.length <= joinedBytesMax)
        return void res.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'), 'latin1')
      if (bytes === undefined || bytes.length <= pieceBytes) res.end(bytes)
      else void endInPieces(res, bytes, options.drainTimeoutMs)
    },
    cut() {
      ended = true
      res.destroy()
    },
  }
}

// Node joins a head and a latin1 text into one write; bytes would go as a second one. Latin1 maps every byte to itself.
const joinedBytesMax = 64 * 1024

const pieceBytes = 256 * 1024

/** Handed over at once, it would lie here for as long as a caller likes who takes nothing of it. */
async function endInPieces(res: ServerResponse, bytes: Uint8Array, timeoutMs: number): Promise<void> {
  for (let at = 0; at < bytes.length && !res.destroyed; at += pieceBytes) if (!res.write(bytes.subarray(at, at + pieceBytes))) await drained(res, timeoutMs)
  if (!res.destroyed) res.end()
}

/** A caller that takes nothing for this long is cut. */
async function drained(res: ServerResponse, timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => res.destroy(), timeoutMs)
    const done = (): void => {
      clearTimeout(timer)
      res.off('drain', done)
      res.off('close', done)
      resolve()
    }
    res.on('drain', done)
    res.on('close', done)
  })
}
