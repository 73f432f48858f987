// Identifiers whose mix-up would cost money or data, as brands.
// Promises: an id of one thing does not type-check as an id of another. Leaves alone: how ids are drawn (kit/ulid.ts).

declare const brand: unique symbol
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name }

/** `req_` + ULID: what callers see as x-request-id and what the ledger shows. */
export type RequestId = Brand<string, 'RequestId'>
/** Row id of a virtual key. */
export type KeyId = Brand<number, 'KeyId'>
/** Row id of a team (LiteLLM's `team_id` text is `Team.teamId`). */
export type TeamId = Brand<number, 'TeamId'>
/** Row id of a budget scope: the global one, a team's, a key's. */
export type ScopeId = Brand<number, 'ScopeId'>
/** Public id of a deployment: `dep_…` when made through the API, a hash of its entry without secrets when it comes from the file. */
export type DeploymentId = Brand<string, 'DeploymentId'>
/** Row id of an immutable price card in the ledger. */
export type PriceId = Brand<number, 'PriceId'>
/** SHA-256 of the whole key string, 64 lower-case hex digits. */
export type KeyHash = Brand<string, 'KeyHash'>

export const requestId = (text: string): RequestId => text as RequestId
export const keyId = (row: number): KeyId => row as KeyId
export const teamId = (row: number): TeamId => row as TeamId
export const scopeId = (row: number): ScopeId => row as ScopeId
export const deploymentId = (text: string): DeploymentId => text as DeploymentId
export const priceId = (row: number): PriceId => row as PriceId
export const keyHash = (hex: string): KeyHash => hex as KeyHash

export type NonEmpty<Item> = readonly [Item, ...Item[]]
export function isNonEmpty<Item>(items: readonly Item[]): items is NonEmpty<Item> {
  return items.length > 0
}
