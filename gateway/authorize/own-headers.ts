// Headers that an administrator wrote for an address of their own: each a text, and behind it a secret where it has one.
// Promises: what is sent is what was written; every secret in them is listed. Leaves alone: which headers may be written (intake/own-paths).

import type { Authorizer } from '../contract/authorize.ts'

/** `place` has every header's text, `secrets` what follows it. */
export const authorizeOwnHeaders: Authorizer = ({ place, secrets }) => {
  const headers = Object.fromEntries(Object.entries(place).map(([name, text]) => [name, `${text}${secrets[name] ?? ''}`]))
  return Promise.resolve({ headers: () => headers, secrets: Object.values(secrets) })
}
