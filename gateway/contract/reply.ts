// The corridor's hand on the caller's connection.
// Promises: `write` waits for a slow caller (back-pressure); nothing throws once the caller has left.
// Leaves alone: HTTP framing, Koa.

export interface Reply {
  /** Aborted when the caller leaves before the end. */
  readonly gone: AbortSignal
  readonly started: boolean
  start(status: number, headers: Readonly<Record<string, string>>): void
  write(bytes: Uint8Array): Promise<void>
  end(bytes?: Uint8Array): void
  /** Ends it so that the caller sees that it is not whole. */
  cut(): void
}
