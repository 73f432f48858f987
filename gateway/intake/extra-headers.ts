// Extra request headers of a deployment: which may be set, and which carry something that must not be kept as text.
// Promises: only legal names and values; nothing that frames the message, names the host, or is a credential; what will be stored is judged
// more strictly than what only lives in memory, because the ledger must never hold a secret.
// Leaves alone: the headers a provider makes of its credential.

import type { JsonObject } from '../contract/json.ts'
import { staysHere } from '../kit/header-rules.ts'

export interface ReadHeaders {
  readonly headers: Readonly<Record<string, string>>
  /** Left out, each with its reason. */
  readonly refused: readonly { readonly name: string; readonly text: string }[]
}

/** What egress says of the body it sends, and of what it understands. */
const framing = new Set(['accept-encoding', 'content-encoding', 'content-type'])
/** Anything that by its name proves who is calling. Entries are shown, so a secret in one would leak. */
const credential = /^(?:proxy-)?authorization$|^cookie$|api-?key|secret|token$|password/
/** What proxies in front of vendors call their credentials (`helicone-auth`, `ocp-apim-subscription-key`, `cf-aig-authorization`), and how credentials look. */
const credentialOfProxy = /(?:^|-)auth(?:$|-)|authorization|credential|(?:^|-)key$|cookie/
const credentialValue = /^(?:bearer|basic|token)\s|^(?:sk|pk)-|^eyJ/i

const namePattern = /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/
const valuePattern = /^[\t\x20-\x7e]{0,2000}$/

export const isHeader = (name: string, text: string): boolean => namePattern.test(name) && valuePattern.test(text)
export const isFraming = (name: string): boolean => framing.has(name)
/** By its name or its looks. */
export const looksSecret = (name: string, text: string): boolean => credential.test(name) || credentialOfProxy.test(name) || credentialValue.test(text)

/** `stored`: the entry will be written to the ledger, as those of the API are. */
export function readHeaders(input: JsonObject, stored: boolean): ReadHeaders {
  const headers: Record<string, string> = {}
  const refused: { name: string; text: string }[] = []
  for (const [given, value] of Object.entries(input)) {
    const name = given.toLowerCase()
    const text = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
    const reason = text === null ? 'must be a text' : reasonAgainst({ name, text, stored })
    if (reason !== null) refused.push({ name: given.slice(0, 100), text: reason })
    else if (text !== null) headers[name] = text
  }
  return { headers, refused }
}

function reasonAgainst({ name, text, stored }: { readonly name: string; readonly text: string; readonly stored: boolean }): string | null {
  if (!namePattern.test(name)) return 'is not a header name'
  if (framing.has(name) || (staysHere(name) && name !== 'cookie')) return 'is set by the gateway itself'
  if (credential.test(name) || text.startsWith('os.environ/')) return 'would hold a credential, which belongs in api_key'
  if (stored && (credentialOfProxy.test(name) || credentialValue.test(text)))
    return 'looks like a credential and would be stored in plain text; it can stand in a configuration file, which is not copied'
  return valuePattern.test(text) ? null : 'holds characters no header can carry'
}
