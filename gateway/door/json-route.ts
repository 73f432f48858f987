// Runs a JSON route: authenticate by its class, parse by its schemas, answer.
// Promises: a handler only sees what its own declaration allows. Sessions come from cookies, keys from headers, never both by accident.
// Leaves alone: use-cases (admin/).

import type { z } from 'zod'
import { isTurnedAway, type Caller } from '../contract/caller.ts'
import { refuse } from '../contract/errors.ts'
import type { JsonRoute } from '../contract/route.ts'
import { sessionCookieName } from '../contract/session-cookie.ts'
import { sendAnswer } from './answer.ts'
import { decodeText, parseObject } from './body.ts'
import { findCredential } from './credential.ts'
import { countStrangers, type Guest, type Reception } from './reception.ts'
import type { Match } from './router.ts'

export async function handleJson(reception: Reception, guest: Guest, match: Match<JsonRoute>): Promise<void> {
  const { route, params } = match
  const identity = authenticate(reception, guest, route)
  const query = route.query === undefined ? {} : parse(route.query, Object.fromEntries(guest.target.query), 'query')
  const body = await readBody(reception, guest, route)
  try {
    const answer = await route.handle({
      params,
      query,
      body: body.value,
      caller: identity.caller,
      sessionHash: identity.sessionHash,
      changedBy: textHeader(guest, 'litellm-changed-by'),
      requestId: guest.requestId,
      secure: guest.entrance.secure,
      gone: AbortSignal.any([guest.reply.gone, reception.stopping]),
    })
    await sendAnswer(answer, guest.reply)
  } finally {
    body.release()
  }
}

interface Identity {
  readonly caller: Caller | null
  readonly sessionHash: string | null
}

function authenticate(reception: Reception, guest: Guest, route: JsonRoute): Identity {
  const { tools } = reception
  if (route.auth === 'none') return { caller: null, sessionHash: null }
  // `?key=` names a key on management routes; as a credential it belongs to the dialects, in which Google's clients send it.
  const credential = countStrangers(tools, () => findCredential(guest.message, route.surface === 'admin' ? null : guest.target.query.get('key')))
  const sessionHash = credential === null ? validSession(reception, guest) : null
  if (sessionHash !== null) return { caller: tools.adminCaller(), sessionHash }
  if (credential !== null && route.surface === 'admin' && tools.isBootToken(credential.open())) return { caller: tools.adminCaller(), sessionHash: null }
  const caller = countStrangers(tools, () => tools.identify(credential))
  if (isTurnedAway(caller)) throw caller.refusal
  if (route.auth !== 'key' && caller.kind !== 'admin') throw refuse('admin_only')
  return { caller, sessionHash: null }
}

function validSession(reception: Reception, guest: Guest): string | null {
  if (!guest.entrance.panel) return null
  const cookieName = sessionCookieName(guest.entrance.secure)
  const pairs = (guest.message.headers.cookie ?? '').split(';').map((pair) => pair.trim())
  const pair = pairs.find((candidate) => candidate.startsWith(`${cookieName}=`))
  if (pair === undefined) return null
  const hash = reception.tools.hashToken(pair.slice(cookieName.length + 1))
  return reception.tools.isSession(hash) ? hash : null
}

async function readBody(reception: Reception, guest: Guest, route: JsonRoute): Promise<{ value: unknown; release(): void }> {
  if (route.body === undefined || route.body === 'wire') return { value: null, release: () => undefined }
  const body = await reception.bodies.read(guest.message, route.limits.bodyBytesMax)
  try {
    if (route.body === 'text') return { value: decodeText(body.bytes), release: body.release }
    return { value: parse(route.body, parseObject(body.bytes, reception.tools.limits), 'body'), release: body.release }
  } catch (error) {
    body.release()
    throw error
  }
}

function parse(schema: z.ZodType, value: unknown, where: string): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const path = [...(issue?.path ?? []), ...unknown].join('.')
  throw refuse('invalid_request', { reason: `${path === '' ? `The ${where}` : path}: ${issue?.message ?? 'not valid'}.` }, path === '' ? {} : { param: path })
}

function textHeader(guest: Guest, name: string): string | null {
  const value = guest.message.headers[name]
  return typeof value === 'string' ? value.slice(0, 200) : null
}
