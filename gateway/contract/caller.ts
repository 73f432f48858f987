// Who is calling, as `identify` found them: key, team, limits, and the scopes their money comes from.
// Promises: everything later rooms need to know about a caller, and no secret. Leaves alone: how a key is stored.

import type { GatewayError } from './errors.ts'
import type { KeyId, ScopeId, TeamId } from './ids.ts'
import type { JsonObject } from './json.ts'
import { isWildcard, matchWildcard } from './wildcard.ts'

/** key: a virtual key · admin: the admin key itself (unbudgeted, flagged in spend) · system: the panel's own test calls. */
export type CallerKind = 'key' | 'admin' | 'system'

/** RPM and parallel calls of one holder (a key, its team). `holder` names it: `key:12`, `team:3`. */
export interface RateLimit {
  readonly holder: string
  /** For refusals: "key ci-bot", "team Web". */
  readonly label: string
  readonly requestsPerMinuteMax: number | null
  readonly parallelMax: number | null
}

export interface Caller {
  readonly kind: CallerKind
  readonly keyId: KeyId
  /** Alias if it has one, else `sk-…last4`. */
  readonly keyName: string
  readonly teamId: TeamId | null
  readonly teamAlias: string | null
  /** Every scope that all of the caller's calls are counted in, widest first; `Directory.scopesOf` adds those of a call. */
  readonly scopes: readonly ScopeId[]
  /** True when any of these scopes has a hard limit. */
  readonly budgeted: boolean
  /** Counted with every call of the key, before those the call brings. */
  readonly tags: readonly string[]
  readonly rates: readonly RateLimit[]
  /** Model names the key may use; empty = all. The team's list narrows it further. */
  readonly models: readonly string[]
  readonly teamModels: readonly string[]
  readonly metadata: JsonObject
}

/** A key that is known and may not be used now: its refusals appear under its name. */
export interface TurnedAway {
  readonly caller: Caller
  readonly refusal: GatewayError
}
/** Who a credential belongs to. Strangers are refused instead. */
export type Identified = Caller | TurnedAway
export const isTurnedAway = (who: Identified): who is TurnedAway => 'refusal' in who

/** May this caller use the public model name? Empty lists and LiteLLM's words for "everything" allow all, a pattern (`openai/*`) what it stands for. */
export function mayUseModel(caller: Caller, model: string): boolean {
  return allows(caller.models, model) && allows(caller.teamModels, model)
}

const everything = new Set(['*', 'all-proxy-models', 'all-team-models'])
function allows(models: readonly string[], model: string): boolean {
  return models.length === 0 || models.some((name) => name === model || everything.has(name) || (isWildcard(name) && matchWildcard(name, model) !== null))
}
