// Extra request headers of a deployment: which may be set, and which carry something that must not be kept as text.
// Promises: only legal names and values; nothing that frames the message, names the host, or is a credential.
// Leaves alone: the headers a provider makes of its credential.

import type { JsonObject } from '../contract/json.ts'

export interface ReadHeaders {
  readonly headers: Readonly<Record<string, string>>
  /** Left out, each with its reason. */
  readonly refused: readonly { readonly name: string; readonly text: string }[]
}

/** Set by the connection itself (RFC 9110, 7.6.1), or by egress. */
const framing = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'accept-encoding',
])
/** Anything that by its name proves who is calling. Entries are stored and shown, so a secret in one would leak. */
const credential = /^(?:proxy-)?authorization$|^cookie$|api-?key|secret|token$|password/

const namePattern = /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/
const valuePattern = /^[\t\x20-\x7e]{0,2000}$/

export function readHeaders(input: JsonObject): ReadHeaders {
  const headers: Record<string, string> = {}
  const refused: { name: string; text: string }[] = []
  for (const [given, value] of Object.entries(input)) {
    const name = given.toLowerCase()
    const text = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
    const reason = text === null ? 'must be a text' : reasonAgainst(name, text)
    if (reason !== null) refused.push({ name: given.slice(0, 100), text: reason })
    else if (text !== null) headers[name] = text
  }
  return { headers, refused }
}

function reasonAgainst(name: string, text: string): string | null {
  if (!namePattern.test(name)) return 'is not a header name'
  if (framing.has(name) || name.startsWith('proxy-')) return 'is set by the gateway itself'
  if (credential.test(name) || text.startsWith('os.environ/')) return 'would hold a credential, which belongs in api_key'
  return valuePattern.test(text) ? null : 'holds characters no header can carry'
}
