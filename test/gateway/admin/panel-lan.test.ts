// What the panel is told of LAN mode: its state, its certificate to trust, and what needs attention.

import { expect, it } from 'vitest'
import type { LanPort } from '../../../gateway/contract/lan.ts'
import { refusal } from './refusal.ts'
import { createWorld, type World } from './world.ts'

const state = { url: 'https://192.168.1.5:4443', fingerprint: 'AA:BB', ownAuthority: true, panel: false }
async function worldWith(lan: LanPort): Promise<World> {
  const world = await createWorld()
  Object.assign(world.deps.lan, lan)
  return world
}

it('nothing while it is off', async () => {
  const world = await createWorld()
  expect((await world.get('/panel/session'))['lan']).toBeNull()
  expect(await refusal(world.ask('GET', '/panel/lan/authority.pem'))).toMatchObject({ status: 404 })
})

it('its address, its fingerprint, the certificate as a file, and its warnings', async () => {
  const world = await worldWith({ state: () => state, authority: () => 'a certificate', warnings: () => ['The LAN certificate expires in 3 days.'] })
  expect((await world.get('/panel/session'))['lan']).toEqual(state)
  const file = await world.ask('GET', '/panel/lan/authority.pem')
  if (file.kind !== 'stream') throw new Error(`answered ${file.kind}`)
  expect(file).toMatchObject({ contentType: 'application/x-pem-file', headers: { 'content-disposition': 'attachment; filename="tollgate-authority.pem"' } })
  let text = ''
  for await (const chunk of file.chunks) text += String(chunk)
  expect(text).toBe('a certificate')
  expect((await world.get('/panel/home?range=24h'))['attention']).toContainEqual({
    kind: 'config',
    level: 'warn',
    text: 'The LAN certificate expires in 3 days.',
    href: '/ui/',
  })
})
