// How often something that guards a secret may be tried.
// Promises: at most so many in any 60 seconds, over all callers: on one machine they are all one address; nothing is compared before.
// Leaves alone: what is tried.

import { refuse } from '../contract/errors.ts'
import type { AdminDeps } from './deps.ts'

export interface TryRule {
  readonly perMinute: number
  /** As in "Too many sign-in attempts". */
  readonly what: string
}

const windowMs = 60_000

/** @returns what is called before each try. @throws GatewayError rate_limit_exceeded */
export function createTries({ clock }: Pick<AdminDeps, 'clock'>, { perMinute, what }: TryRule): () => void {
  let tries: number[] = []
  return () => {
    const nowUs = clock.monotonicUs()
    tries = tries.filter((atUs) => nowUs - atUs < windowMs * 1000)
    const [oldest = nowUs] = tries
    if (tries.length >= perMinute) {
      const waitS = Math.max(1, Math.ceil(windowMs / 1000 - (nowUs - oldest) / 1_000_000))
      throw refuse('rate_limit_exceeded', { reason: `Too many ${what}. Try again in ${waitS} s.` }, { retryAfterS: waitS })
    }
    tries.push(nowUs)
  }
}
