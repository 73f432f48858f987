// How a call proves to a vendor who pays for it: a key in a header, a signature over the whole request, or a token that is fetched first.
// Promises: everything secret that was opened for one call is listed in one place, so that none of it is ever shown.
// Leaves alone: where secrets are kept (vault), which vendor wants which proof (providers).

import type { Deployment } from './provider.ts'

/** A request as it will leave, all but its proof. */
export interface Outgoing {
  readonly method: string
  /** Scheme, host, path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | null
}

/** What may take time is done; what is left is cheap and cannot fail. */
export interface Authorization {
  /** Headers to be added to the request. */
  headers(outgoing: Outgoing): Readonly<Record<string, string>>
  /** A vendor may echo them; they are kept out of everything that is shown. */
  readonly secrets: readonly string[]
  /** The vendor did not accept it: what was fetched is not used again. */
  refused?(): void
}

/** What of a deployment says who pays. */
export type Account = Pick<Deployment, 'provider' | 'baseUrl' | 'credential' | 'secrets' | 'place'>

/** @throws GatewayError credential_missing, vault_unavailable, upstream_credential, and what the egress throws where something is fetched */
export type Authorize = (account: Account, signal: AbortSignal) => Promise<Authorization>

/** What an authorizer is given, opened. */
export interface AuthorizeOrder {
  /** What sentences call the vendor. */
  readonly title: string
  readonly baseUrl: string
  /** By the name of the provider's own parameter. */
  readonly secrets: Readonly<Record<string, string>>
  readonly place: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}
/** One way of proving it. */
export type Authorizer = (order: AuthorizeOrder) => Promise<Authorization>
