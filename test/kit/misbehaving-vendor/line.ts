// One request's side of a raw socket: bytes out as they are, waits that end with the connection.
// Promises: nothing waits longer than the socket lives; a caller who leaves is noticed. Leaves alone: what HTTP would allow.

import type { Socket } from 'node:net'

export interface Line {
  /** The other side closed, or the connection broke. */
  readonly gone: boolean
  /** Requests this connection served before this one. */
  readonly served: number
  /** The reply was handed over as far as it was meant to be. */
  complete: boolean
  /** Resolves when the socket has room again. */
  write(bytes: string | Uint8Array): Promise<void>
  pause(ms: number): Promise<void>
  /** No more bytes from this side (FIN). */
  close(): void
  /** RST. */
  reset(): void
  /** Resolves when the connection is over. */
  over(): Promise<void>
}

export function createLine(socket: Socket, served: number): Line {
  const over = async (): Promise<void> => {
    if (socket.destroyed) return
    await new Promise<void>((resolve) => socket.once('close', () => resolve()))
  }
  return {
    get gone() {
      // Ended but not yet destroyed: whoever writes until it is gone would never let it go.
      return socket.destroyed || socket.writableEnded
    },
    served,
    complete: false,
    async write(bytes) {
      if (socket.destroyed || socket.writableEnded) return
      if (!socket.write(bytes)) await drained(socket)
    },
    async pause(ms) {
      if (socket.destroyed) return
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          socket.off('close', done)
          resolve()
        }
        const timer = setTimeout(done, ms)
        socket.on('close', done)
      })
    },
    close() {
      this.complete ||= !socket.destroyed
      socket.end()
    },
    reset() {
      this.complete ||= !socket.destroyed
      // Where this side has ended already the system takes no reset, and the socket would be left behind unclosed (uv_tcp_close_reset, libuv 1.52).
      if (socket.writableEnded) socket.destroy()
      else socket.resetAndDestroy()
    },
    over,
  }
}

async function drained(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
}
