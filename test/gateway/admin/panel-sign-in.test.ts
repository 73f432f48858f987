// Into the panel and out again: single-use codes, the admin key, limited tries, sessions known by their hash.

import { beforeEach, describe, expect, test } from 'vitest'
import { objectOf } from '../../../gateway/contract/json.ts'
import { hashKey } from '../../../gateway/kit/virtual-key.ts'
import { refusal } from './refusal.ts'
import { adminKeyText, createWorld, startMs, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})
const dayMs = 86_400_000

describe('signing in', () => {
  const cookieOf = (answer: unknown): string => String(objectOf(objectOf(answer)?.['headers'])?.['set-cookie'])

  test('a code becomes a session once; only its hash is kept', async () => {
    const code = world.access.issueCode()
    const cookie = cookieOf(await world.ask('POST', '/panel/sign-in', { body: { code } }))
    expect(cookie).toMatch(/^tollgate_session=[0-9A-Za-z]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/)
    const token = /=([^;]+)/.exec(cookie)?.[1] ?? ''
    expect([...world.ledger.sessions.values()]).toEqual([{ hash: hashKey(token), createdAtMs: startMs, expiresAtMs: startMs + dayMs / 2 }])
    expect(world.access.isSession(hashKey(token))).toBe(true)
    expect(JSON.stringify([...world.ledger.sessions, world.logged])).not.toContain(token)
    expect(await refusal(world.ask('POST', '/panel/sign-in', { body: { code } }))).toMatchObject({ status: 401 })
  })

  test('by TLS the cookie is kept to TLS and to this host, also when it is taken back', async () => {
    const signedIn = cookieOf(await world.ask('POST', '/panel/sign-in', { body: { adminKey: adminKeyText }, secure: true }))
    expect(signedIn).toMatch(/^__Host-tollgate_session=[0-9A-Za-z]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/)
    const out = cookieOf(await world.ask('POST', '/panel/sign-out', { body: {}, secure: true }))
    expect(out).toBe('__Host-tollgate_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure')
  })

  test('the admin key is accepted, any other is not', async () => {
    await world.ask('POST', '/panel/sign-in', { body: { adminKey: adminKeyText } })
    expect(await refusal(world.ask('POST', '/panel/sign-in', { body: { adminKey: `${adminKeyText}x` } }))).toMatchObject({
      status: 401,
      code: 'invalid_api_key',
    })
  })

  test.each([{}, { code: 'a', adminKey: 'b' }, { password: 'x' }])('refuses the body %j', async (body) => {
    expect(await refusal(world.ask('POST', '/panel/sign-in', { body }))).toMatchObject({ status: 400 })
  })

  test('tries are limited to the number of any 60 seconds, right ones included', async () => {
    for (let tried = 0; tried < 10; tried += 1)
      expect(await refusal(world.ask('POST', '/panel/sign-in', { body: { code: 'wrong' } }))).toMatchObject({ status: 401 })
    world.time.nowMs += 20_000
    expect(await refusal(world.ask('POST', '/panel/sign-in', { body: { adminKey: adminKeyText } }))).toMatchObject({
      code: 'rate_limit_exceeded',
      hints: { retryAfterS: 40 },
    })
    world.time.nowMs += 40_000
    await world.ask('POST', '/panel/sign-in', { body: { adminKey: adminKeyText } })
  })

  test('signing out ends the session and clears the cookie', async () => {
    await world.ask('POST', '/panel/sign-in', { body: { adminKey: adminKeyText } })
    const [hash = ''] = world.ledger.sessions.keys()
    expect(await world.get('/panel/session', { sessionHash: hash })).toMatchObject({
      role: 'owner',
      expiresAtMs: startMs + dayMs / 2,
      vault: { canSave: true },
      baseUrl: 'http://127.0.0.1:4000/v1',
    })
    expect(cookieOf(await world.ask('POST', '/panel/sign-out', { body: {}, sessionHash: hash }))).toContain('Max-Age=0')
    expect([world.access.isSession(hash), world.ledger.sessions.size]).toEqual([false, 0])
  })
})
