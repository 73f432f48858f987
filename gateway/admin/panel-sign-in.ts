// How a browser becomes a signed-in panel, and stops being one: a single-use code or the admin key against a session cookie.
// Promises: tries are limited per minute before anything is compared; only the hash of a session is kept; the cookie is out of scripts' reach.
// Leaves alone: making codes (start-up does), checking cookies and origins (the door does).

import { z } from 'zod'
import { refuse } from '../contract/errors.ts'
import type { PanelSession } from '../contract/panel.ts'
import type { JsonRoute, RouteAnswer, RouteCall } from '../contract/route.ts'
import { sessionCookieName } from '../contract/session-cookie.ts'
import { hashKey, toBase62 } from '../kit/virtual-key.ts'
import { defineRoute, json, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { sessionSchema } from './panel-schemas.ts'
import { createTries } from './tries.ts'

const tokenBytes = 32

const signInBody = z
  .strictObject({ code: z.string().min(1).max(200).exactOptional(), adminKey: z.string().min(1).max(400).exactOptional() })
  .refine((body) => (body.code === undefined) !== (body.adminKey === undefined), 'send either code or adminKey')
const signInReply = z.strictObject({ expiresAtMs: z.number() })

export function createSignInRoutes(deps: AdminDeps): readonly JsonRoute[] {
  const takeTry = createTries(deps, { perMinute: deps.limits.signInAttemptsPerMinute, what: 'sign-in attempts' })
  return [
    defineRoute(deps, {
      method: 'POST',
      path: '/panel/sign-in',
      auth: 'none',
      tag: 'panel',
      summary: 'Exchange a sign-in code or the admin key for a session cookie',
      body: signInBody,
      reply: signInReply,
      handle: (call) => signIn(deps, call, takeTry),
    }),
    defineRoute(deps, {
      method: 'POST',
      path: '/panel/sign-out',
      auth: 'session',
      tag: 'panel',
      summary: 'End this session',
      body: z.strictObject({}),
      reply: z.strictObject({}),
      handle: (call) => signOut(deps, call),
    }),
    defineRoute(deps, {
      method: 'GET',
      path: '/panel/session',
      auth: 'admin',
      tag: 'panel',
      summary: 'Who is signed in, and to what',
      reply: sessionSchema,
      handle: (call) => readSession(deps, call.sessionHash),
    }),
  ]
}

async function signIn(deps: AdminDeps, call: ParsedCall<undefined, z.infer<typeof signInBody>>, takeTry: () => void): Promise<RouteAnswer> {
  takeTry()
  const { code, adminKey } = call.body
  if (code !== undefined && !deps.signIn.consumeCode(code)) {
    throw refuse(
      'invalid_api_key',
      { reason: 'This sign-in link is not valid any more. Each works once, for ten minutes: start the gateway again for a new one, or use the admin key.' },
      { param: 'code' },
    )
  }
  if (adminKey !== undefined && !deps.signIn.isAdminKey(adminKey))
    throw refuse('invalid_api_key', { reason: 'This is not the admin key.' }, { param: 'adminKey' })
  const token = toBase62(deps.randomBytes(tokenBytes))
  const hash = hashKey(token)
  const nowMs = deps.clock.nowMs()
  const expiresAtMs = nowMs + deps.limits.sessionMs
  await deps.store.saveSession({ hash, createdAtMs: nowMs, expiresAtMs })
  deps.sessions.put(hash, expiresAtMs)
  deps.log('info', 'panel-sign-in', { by: code === undefined ? 'admin key' : 'code', requestId: call.requestId })
  return json({ expiresAtMs }, { 'set-cookie': cookieLine(token, { secure: call.secure, maxAgeS: Math.floor(deps.limits.sessionMs / 1000) }) })
}

/** The cookie is cleared also when the session is gone already. */
async function signOut(deps: AdminDeps, { sessionHash: hash, secure }: Pick<RouteCall, 'sessionHash' | 'secure'>): Promise<RouteAnswer> {
  if (hash !== null) {
    // Here first: even if the ledger fails now, the cookie is worth nothing from this moment on.
    deps.sessions.delete(hash)
    await deps.store.deleteSession(hash)
  }
  return json({}, { 'set-cookie': cookieLine('', { secure, maxAgeS: 0 }) })
}

async function readSession(deps: AdminDeps, hash: string | null): Promise<RouteAnswer> {
  const { version, zone, dataDir, durability, configFile } = deps.facts
  const { store, passphrase, title, sentence, canSave } = await deps.vault.status()
  // Whoever sends the admin key with every call has no session to run out; the figure then says how long one would last.
  const expiresAtMs = (hash === null ? null : deps.sessions.expiresAtMs(hash)) ?? deps.clock.nowMs() + deps.limits.sessionMs
  const session: PanelSession = {
    role: 'owner',
    version,
    baseUrl: deps.facts.baseUrl(),
    zone,
    dataDir,
    vault: { store, passphrase, title, sentence, canSave },
    durability,
    configFile,
    expiresAtMs,
    lan: deps.lan.state(),
  }
  return json(session)
}

/** `Secure` by TLS only: on loopback the gateway speaks plain HTTP, and browsers would drop such a cookie there. */
const cookieLine = (token: string, { secure, maxAgeS }: { readonly secure: boolean; readonly maxAgeS: number }): string =>
  `${sessionCookieName(secure)}=${token}; Path=/; Max-Age=${String(maxAgeS)}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
