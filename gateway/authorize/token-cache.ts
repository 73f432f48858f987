// Tokens that were fetched, until shortly before they expire.
// Promises: one fetch at a time for a credential, shared by all who wait; renewed early while the old one still serves; a failure is not asked for again
// at once; never more than the limit are kept. Leaves alone: how a token is fetched; which credential is meant (`id` says so without its secret).

import type { Clock } from '../contract/clock.ts'
import type { Limits } from '../contract/config.ts'
import type { FetchedToken } from './token.ts'

export interface TokenCache {
  /** @throws what asking threw, also to those who ask again within the back-off */
  take(id: string, ask: () => Promise<FetchedToken>): Promise<FetchedToken>
  /** The vendor did not accept this token: unless another one is here by now, the next call fetches anew. */
  drop(id: string, token: string): void
  /** A secret was changed: nothing that was fetched so far is given to anybody any more. */
  forget(): void
}
export interface TokenCacheTools {
  readonly clock: Clock
  readonly limits: Pick<Limits, 'tokensKeptMax' | 'tokenRenewBeforeMs' | 'tokenMarginMs' | 'tokenBackOffMs' | 'tokenDropEveryMs'>
}

interface Moment {
  readonly monotonicUs: number
  readonly nowMs: number
}
interface Kept {
  readonly token: FetchedToken
  /** Before it was asked for: its lifetime began no earlier. */
  readonly asked: Moment
}
interface Entry {
  kept: Kept | null
  pending: Promise<Kept> | null
  failed: { readonly error: unknown; readonly at: Moment } | null
  dropped: Moment | null
}

export function createTokenCache({ clock, limits }: TokenCacheTools): TokenCache {
  const entries = new Map<string, Entry>()
  const moment = (): Moment => ({ monotonicUs: clock.monotonicUs(), nowMs: clock.nowMs() })
  // The monotonic clock cannot be set, and stands still while a machine sleeps; the other one can be set, and does not. The later of the two counts.
  const sinceMs = (then: Moment): number => Math.max((clock.monotonicUs() - then.monotonicUs) / 1000, clock.nowMs() - then.nowMs)
  const leftMs = ({ token, asked }: Kept): number => token.lifetimeMs - sinceMs(asked)

  function entryFor(id: string): Entry {
    const entry = entries.get(id) ?? { kept: null, pending: null, failed: null, dropped: null }
    // The last used stands last, the first one goes.
    entries.delete(id)
    entries.set(id, entry)
    const [oldest] = entries.keys()
    if (entries.size > limits.tokensKeptMax && oldest !== undefined) entries.delete(oldest)
    return entry
  }
  async function renew(entry: Entry, ask: () => Promise<FetchedToken>): Promise<Kept> {
    const asked = moment()
    try {
      const kept = { token: await ask(), asked }
      entry.kept = kept
      entry.failed = null
      return kept
    } catch (error) {
      entry.failed = { error, at: moment() }
      throw error
    } finally {
      entry.pending = null
    }
  }
  const rests = ({ failed }: Entry): boolean => failed !== null && sinceMs(failed.at) < limits.tokenBackOffMs

  return {
    async take(id, ask) {
      const entry = entryFor(id)
      const { kept } = entry
      if (kept !== null && leftMs(kept) > limits.tokenMarginMs) {
        // A token that never lives long is used for half its time at least.
        const early = Math.min(limits.tokenRenewBeforeMs, kept.token.lifetimeMs / 2)
        if (leftMs(kept) <= early && entry.pending === null && !rests(entry)) {
          entry.pending = renew(entry, ask)
          // Nobody waits for it: the old one serves, and the failure is kept for when it does not.
          entry.pending.catch(() => undefined)
        }
        return kept.token
      }
      if (entry.pending === null && entry.failed !== null && rests(entry)) throw entry.failed.error
      entry.pending ??= renew(entry, ask)
      return (await entry.pending).token
    },
    drop(id, token) {
      const entry = entries.get(id)
      if (entry === undefined || entry.kept?.token.text !== token) return
      // Where fresh tokens are refused as well, fetching one for every call would only load the token server.
      if (entry.dropped !== null && sinceMs(entry.dropped) < limits.tokenDropEveryMs) return
      entry.kept = null
      entry.dropped = moment()
    },
    forget: () => entries.clear(),
  }
}
