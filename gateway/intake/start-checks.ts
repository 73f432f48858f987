// What a start is refused for before anything is opened: names that no caller can send, an admin key that no header can carry, or that is too easy to guess.
// Promises: one sentence that says what to do instead. Leaves alone: reading options (config.ts), what fails later (start-failure.ts).

import type { Secret } from '../contract/sealed.ts'

/** A start that cannot go on; its message is the whole explanation. */
export class StartRefusal extends Error {
  override readonly name = 'StartRefusal'
}

/** As a Host header has it: a name or an address, IPv6 in brackets, with a port or without. */
const hostForm = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i

/** What cannot be in a Host header would be allowed to nobody. @throws StartRefusal */
export function checkHosts(names: string[]): string[] {
  const odd = names.find((name) => !hostForm.test(name))
  if (odd === undefined) return names
  throw new StartRefusal(
    `A name for --allow-host (TOLLGATE_HOSTS) is what stands between http:// and the path, such as nas.local or nas.local:4000, not "${odd.slice(0, 60)}".`,
  )
}

/** @throws StartRefusal */
export function checkAdminKey(adminKey: Secret | null): void {
  if (adminKey === null || /^[\x20-\x7e]*$/.test(adminKey.open())) return
  throw new StartRefusal('The admin key holds a character that no HTTP header can carry. Make one of letters, digits and signs that every keyboard has.')
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost'])
const adminKeyLengthMin = 20

/** Whoever reaches the port from another machine must not meet a guessable key, or one nobody chose. @throws StartRefusal */
export function checkBind(launch: { readonly host: string; readonly lan: { readonly address: string } | null }, adminKey: Secret | null): void {
  const address = loopback.has(launch.host) ? launch.lan?.address : launch.host
  if (address === undefined) return
  const instead = address === launch.host ? 'listen on 127.0.0.1' : 'leave --lan out'
  if (adminKey === null) throw new StartRefusal(`Listening on ${address} needs an admin key set on purpose: set TOLLGATE_ADMIN_KEY, or ${instead}.`)
  if (adminKey.open().length < adminKeyLengthMin)
    throw new StartRefusal(`Listening on ${address} needs an admin key of at least ${adminKeyLengthMin} characters.`)
}
