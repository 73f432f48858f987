// npm run sign-update: makes keys, and updates that the app accepts.
// Promises: run as people run it. Leaves alone: what is refused (test/main/update/tampered.test.ts).

import { readFileSync, statSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { judgeUpdate } from '../../main/update/judge.ts'
import { createGround, installed, type Ground } from '../main/update/update-ground.ts'
import { runScript } from '../pack/unpacked-gateway.ts'

let ground: Ground
beforeEach(() => {
  ground = createGround()
})
afterEach(() => ground.clear())

it('makes a pair of keys and an update that copies with the public one accept', async () => {
  const made = await runScript('sign-update', ['--new-key', ground.at('key')])
  expect(made).toMatchObject({ code: 0 })
  expect(statSync(ground.at('key')).mode & 0o777).toBe(0o600)
  const payload = ground.layOut('payload', { tollgate: '#!/bin/sh\n' })
  const parameters = ['--key', ground.at('key'), '--payload', payload, '--platform', 'linux', '--arch', 'x64', '--out', ground.at('made.update')]
  expect(await runScript('sign-update', parameters)).toMatchObject({ code: 0, printed: expect.stringContaining('1 files') })
  const judged = await judgeUpdate(ground.at('made.update'), { ...installed, version: '0.0.1' }, readFileSync(ground.at('key.pub'), 'utf8'))
  expect(judged).toEqual({ kind: 'ready', version: manifest.version, notes: '', ledgerChanges: false })
})

it('never overwrites a key, and makes nothing without one', async () => {
  await runScript('sign-update', ['--new-key', ground.at('key')])
  const key = readFileSync(ground.at('key'), 'utf8')
  expect(await runScript('sign-update', ['--new-key', ground.at('key')])).toMatchObject({ code: 1 })
  expect(readFileSync(ground.at('key'), 'utf8')).toBe(key)
  expect(await runScript('sign-update', ['--payload', ground.folder])).toMatchObject({ code: 1, printed: expect.stringContaining('Usage:') })
})
