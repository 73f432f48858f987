// The one way out: a request to a configured origin.
// Promises: bounded in size and time, no redirects, identity or gzip only, connects to the address that was checked.
// Leaves alone: retries, translation, credentials (they arrive as headers made for this origin).

export interface EgressRequest {
  /** What sentences call the other side. */
  readonly title: string
  /** The deployment's base URL; the origin is taken from here and nowhere else. */
  readonly baseUrl: string
  /** The client certificate for this server, by its name in the settings. Absent or null: the one that is for all, if there is one. */
  readonly certificate?: string | null
  /** Path below the base, starting with a slash. */
  readonly path: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | null
  readonly signal: AbortSignal
  /** Time until the reply's headers. */
  readonly headersTimeoutMs: number
  /** Longest silence between two pieces of the body. */
  readonly idleTimeoutMs: number
  readonly bodyBytesMax: number
  /** Called when a connection stands and takes the request: from then on the other side may have seen it. */
  onSent?(): void
}
export interface EgressReply {
  readonly status: number
  /** Lower-case names; only the first value of each. */
  readonly headers: Readonly<Record<string, string>>
  /** Pieces as they arrive. Throws GatewayError upstream_* on cut, time-out or excess. Must be read or aborted. */
  readonly body: AsyncIterable<Uint8Array>
  /** Closes the upstream at once. Safe to call twice. */
  abort(): void
}
export interface Egress {
  /** @throws GatewayError upstream_unreachable, upstream_timeout, upstream_protocol, egress_refused */
  send(request: EgressRequest): Promise<EgressReply>
  close(): Promise<void>
}
