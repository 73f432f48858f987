// The words of tokens that are fetched: what is asked of a token server, and what it gives.
// Promises: types only. Leaves alone: who asks, how long a token is kept (token-cache).

/** One POST of a form to a token server (RFC 6749, 3.2). */
export interface TokenAsk {
  /** Whose credential it is, in sentences. */
  readonly provider: string
  readonly url: string
  readonly form: Readonly<Record<string, string>>
  /** What must not be repeated when the server answers with it. */
  readonly secrets: readonly string[]
}
export interface FetchedToken {
  readonly text: string
  /** What has to be sent beside it. */
  readonly headers?: Readonly<Record<string, string>>
  readonly lifetimeMs: number
}
