// The vault through the API: what is in use, unlocking it, its passphrase, and secrets that move to the store in use.
// Promises: tries of a passphrase are limited per minute before one is looked at; no answer and no log line holds one.
// Leaves alone: how secrets are kept (vault/), saving single ones (credentials.ts, models.ts).

import { z } from 'zod'
import { secret } from '../contract/sealed.ts'
import { vaultStores } from '../contract/vault.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import { defineRoute, json, logChange, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { moveSecrets } from './move-secrets.ts'
import { createTries } from './tries.ts'
import type { Turns } from './turns.ts'

const passphrase = z.string().min(1).max(1024)
const unlockBody = z.strictObject({ passphrase })
const changeBody = z.strictObject({ current: passphrase.nullish(), passphrase })
const statusReply = z.strictObject({
  store: z.enum(vaultStores),
  passphrase: z.enum(['absent', 'locked', 'open']),
  title: z.string(),
  sentence: z.string(),
  can_save: z.boolean(),
})
const moveReply = z.strictObject({ moved: z.int(), left: z.array(z.string()).meta({ description: 'What could not be moved, and why.' }) })

export function createVaultRoutes(deps: AdminDeps, inTurn: Turns): readonly JsonRoute[] {
  const own = { auth: 'admin', tag: 'vault' } as const
  const takeTry = createTries(deps, { perMinute: deps.limits.passphraseAttemptsPerMinute, what: 'tries of a passphrase' })
  return [
    defineRoute(deps, {
      ...own,
      method: 'GET',
      path: '/vault',
      summary: 'Where secrets are kept, and whether they can be read',
      reply: statusReply,
      handle: () => status(deps),
    }),
    defineRoute(deps, {
      ...own,
      method: 'POST',
      path: '/vault/unlock',
      summary: 'Unlock the passphrase vault until the gateway stops',
      body: unlockBody,
      reply: statusReply,
      handle: (call) => unlock(deps, call, takeTry),
    }),
    defineRoute(deps, {
      ...own,
      method: 'POST',
      path: '/vault/passphrase',
      summary: 'Set the passphrase, or change it: everything is sealed anew',
      body: changeBody,
      reply: statusReply,
      handle: (call) => change(deps, call, takeTry),
    }),
    defineRoute(deps, {
      ...own,
      method: 'POST',
      path: '/vault/move',
      summary: 'Move every saved secret into the store in use',
      body: z.strictObject({}),
      reply: moveReply,
      handle: (call) => inTurn(() => move(deps, call)),
    }),
  ]
}

async function status(deps: AdminDeps): Promise<RouteAnswer> {
  const { store, passphrase: state, title, sentence, canSave } = await deps.vault.status()
  return json({ store, passphrase: state, title, sentence, can_save: canSave })
}

async function unlock(deps: AdminDeps, call: ParsedCall<undefined, z.infer<typeof unlockBody>>, takeTry: () => void): Promise<RouteAnswer> {
  takeTry()
  await deps.passphrase.unlock(secret(call.body.passphrase))
  logChange(deps, call, { action: 'vault-unlock', subject: 'passphrase vault' })
  return await status(deps)
}

async function change(deps: AdminDeps, call: ParsedCall<undefined, z.infer<typeof changeBody>>, takeTry: () => void): Promise<RouteAnswer> {
  takeTry()
  const { current = null, passphrase: next } = call.body
  await deps.passphrase.change(current === null ? null : secret(current), secret(next))
  logChange(deps, call, { action: 'vault-passphrase', subject: 'passphrase vault' })
  return await status(deps)
}

async function move(deps: AdminDeps, call: ParsedCall<undefined, Record<string, never>>): Promise<RouteAnswer> {
  const { moved, left } = await moveSecrets(deps)
  logChange(deps, call, { action: 'vault-move', subject: `${moved} secrets` })
  return json({ moved, left })
}
