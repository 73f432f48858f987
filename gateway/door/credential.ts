// Finds the one credential of a request, in whichever header its client puts it.
// Promises: the same secret in several places counts once; different ones are refused, except that x-litellm-api-key wins.
// Leaves alone: whether it is any good (identify), session cookies (session.ts).
// Source: the headers that LiteLLM's proxy and the OpenAI, Azure, Anthropic and Google SDKs use, as known 2026-11-21.

import type { IncomingMessage } from 'node:http'
import { refuse } from '../contract/errors.ts'
import { secret, type Secret } from '../contract/sealed.ts'

const winner = 'x-litellm-api-key'
const plainHeaders = ['x-api-key', 'api-key', 'x-goog-api-key', 'ocp-apim-subscription-key']

/** @throws GatewayError credentials_conflict */
export function findCredential(request: IncomingMessage, queryKey: string | null): Secret | null {
  const chosen = stripBearer(single(request, winner))
  if (chosen !== null) return secret(chosen)
  const found = new Set<string>()
  const bearer = stripBearer(single(request, 'authorization'))
  if (bearer !== null) found.add(bearer)
  for (const name of plainHeaders) {
    const value = single(request, name)
    if (value !== null) found.add(value)
  }
  if (queryKey !== null && queryKey !== '') found.add(queryKey)
  if (found.size > 1) throw refuse('credentials_conflict')
  const [only] = found
  return only === undefined ? null : secret(only)
}

/** A header sent twice with two values is two credentials; Node would silently keep the first. */
function single(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name]
  if (value === undefined) return null
  let seen: string | null = null
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() !== name) continue
    const text = (request.rawHeaders[index + 1] ?? '').trim()
    if (seen !== null && seen !== text) throw refuse('credentials_conflict')
    seen = text
  }
  return seen === '' ? null : seen
}

function stripBearer(value: string | null): string | null {
  if (value === null) return null
  const bare = value.replace(/^bearer(?:\s+|$)/i, '').trim()
  return bare === '' ? null : bare
}
