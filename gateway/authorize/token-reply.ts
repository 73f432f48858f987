// A token server's answer: a bearer token with its lifetime, or a refusal in words.
// Promises: a token that no header could carry, or without an end, is not one; a refusal never repeats what was posted.
// Leaves alone: the network. Source: RFC 6749, 5.1 and 5.2; RFC 6750, 2.1; as known 2026-11-21.

import { refuse, type GatewayError } from '../contract/errors.ts'
import { isJsonObject, listOf, textOf, type JsonObject } from '../contract/json.ts'
import type { FetchedToken, TokenAsk } from './token.ts'

/** @throws GatewayError credential_missing when it was refused, upstream_unreachable or upstream_protocol when there is no telling */
export function parseTokenReply(status: number, body: string, ask: TokenAsk): FetchedToken {
  const { provider } = ask
  const reply = readObject(body)
  if (status === 200) {
    if (reply === null) throw unreadable(provider, 'its token server answered with something that is no JSON object')
    return readToken(reply, provider)
  }
  // Refused for what was sent; asking again will not help until someone changes it.
  if (status >= 400 && status < 500 && status !== 408 && status !== 429)
    throw refuse('credential_missing', { provider, reason: `its token server refused the credential (${wordsOf(reply, ask) || `status ${String(status)}`})` })
  throw refuse('upstream_unreachable', { provider, reason: `its token server answered with status ${String(status)}` })
}

/** What an Authorization header can hold: more than both vendors use, less than any server's limit for headers. */
const tokenForm = /^[\x21-\x7e]{1,12000}$/
const lifetimeMaxS = 86_400

function readToken(reply: JsonObject, provider: string): FetchedToken {
  const text = textOf(reply['access_token'])
  if (text === undefined || !tokenForm.test(text)) throw unreadable(provider, 'its token server gave no access_token that can be sent')
  if (textOf(reply['token_type'])?.toLowerCase() !== 'bearer') throw unreadable(provider, 'its token server gave a token of another type than Bearer')
  // Entra's older endpoints write the number as text.
  const lifetimeS = Number(textOf(reply['expires_in']) ?? reply['expires_in'] ?? Number.NaN)
  if (!Number.isFinite(lifetimeS) || lifetimeS <= 0) throw unreadable(provider, 'its token server did not say when its token expires')
  return { text, lifetimeMs: Math.min(lifetimeS, lifetimeMaxS) * 1000 }
}

const unreadable = (provider: string, reason: string): GatewayError => refuse('upstream_protocol', { provider, reason })

function readObject(body: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(body)
    return isJsonObject(value) ? value : null
  } catch {
    // The parser's message would quote the answer.
    return null
  }
}

const sentenceMax = 200

/** `invalid_grant: Invalid JWT Signature.`, Entra's number beside its word. Whatever was posted is taken out. */
function wordsOf(reply: JsonObject | null, { secrets }: TokenAsk): string {
  if (reply === null) return ''
  const code = textOf(reply['error']) ?? ''
  const number = listOf(reply['error_codes']).find((found) => typeof found === 'number')
  const [sentence = ''] = (textOf(reply['error_description']) ?? '').split(/[\r\n]/)
  // Entra's sentence begins with its number and ends with traces of the request.
  const said = number === undefined ? sentence : `AADSTS${String(number)}${sentence.replace(/^AADSTS\d+/, '').replace(/ Trace ID: .*$/, '')}`
  const clean = secrets.reduce((text, secret) => text.split(secret).join('[redacted]'), [code, said].filter((part) => part !== '').join(': '))
  return clean.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, sentenceMax)
}
