// A fetch that notes what came back, for clients that hide headers and retries.
// Promises: bytes and behaviour are those of the platform's fetch. Leaves alone: bodies.

export interface Seen {
  readonly status: number
  /** The gateway's id of the request. */
  readonly requestId: string
  readonly headers: Headers
}
export interface WatchedFetch {
  readonly fetch: typeof globalThis.fetch
  /** What came back since the last call of this function. */
  take(): readonly Seen[]
}

export function createWatchedFetch(): WatchedFetch {
  let seen: Seen[] = []
  return {
    async fetch(input, init) {
      const response = await globalThis.fetch(input, init)
      seen.push({ status: response.status, requestId: response.headers.get('x-request-id') ?? '', headers: response.headers })
      return response
    },
    take() {
      const taken = seen
      seen = []
      return taken
    },
  }
}
