// While an update is installed nothing serves: neither a pause that ends, nor a person who starts or restarts the gateway, until the trial is judged.
// Promises: with the app's own supervisor. Leaves alone: real processes (install.test.ts).

import { mkdirSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createPause } from '../../../main/os/pause.ts'
import { installUpdate, type UpdateTools } from '../../../main/update/install.ts'
import { createTurnedTimer, settle, type TurnedTimer } from '../../kit/shell-parts.ts'
import { createStage, type Stage } from '../../kit/supervisor-stage.ts'
import { createGround, installed, type Ground } from './update-ground.ts'

let ground: Ground
let stage: Stage
let timer: TurnedTimer
/** How many gateways there had been, and the state, when the new version was judged. */
let atTrial: readonly [number, string] | null = null
beforeEach(() => {
  ground = createGround()
  ground.layOut('app', { tollgate: '#!/bin/sh\n' })
  stage = createStage()
  timer = createTurnedTimer()
  atTrial = null
  stage.supervisor.start()
  stage.puppet.ready()
})
afterEach(() => ground.clear())

/** `disturb` is what happens during the trial. */
const tools = (serves: boolean, disturb: () => Promise<void>): UpdateTools => ({
  installed,
  installation: { kind: 'tree', place: ground.place },
  publicKey: ground.publicKey,
  folder: ground.at('notes'),
  supervisor: stage.supervisor,
  ledger: async () => ({ code: 0, printed: 'Made and read again: /data/backups/one.db (1.5 MB).\n' }),
  launch() {
    const judged = disturb().then(() => {
      atTrial = [stage.puppets.length, stage.supervisor.state.kind]
      if (serves) writeFileSync(ground.at('notes/started.json'), JSON.stringify({ version: '1.3.0' }))
    })
    const ended = serves ? new Promise<void>(() => undefined) : judged
    return { started: Promise.resolve(true), ended, kill: async () => undefined }
  },
  drainMs: 0,
  readyTimeoutMs: 30_000,
})
async function install(serves: boolean, disturb: () => Promise<void>): Promise<string> {
  mkdirSync(ground.at('notes'), { recursive: true })
  const done = installUpdate(ground.bundle(ground.layOut('payload', { tollgate: '#!/bin/sh\n' })), tools(serves, disturb))
  while (stage.supervisor.state.kind === 'serving') await settle()
  stage.puppet.end(0)
  return (await done).kind
}
const disturbances: readonly (readonly [string, () => Promise<void>])[] = [
  ['a pause that ends', async () => await timer.pass(15 * 60_000)],
  ['a person who starts it', async () => stage.supervisor.start()],
  ['a person who restarts it', async () => await stage.supervisor.restart(0)],
]

it.each(disturbances)('%s starts no gateway before the new version is judged', async (_what, disturb) => {
  const pause = createPause({ supervisor: stage.supervisor, timer })
  pause.begin(15)
  stage.puppet.end(0)
  await settle()
  expect(await install(false, disturb)).toBe('rolled-back')
  expect(atTrial).toEqual([1, 'stopped'])
  expect([stage.puppets.length, stage.supervisor.state.kind]).toEqual([2, 'starting'])
})

it.each(disturbances)('%s starts none either once the new version serves', async (_what, disturb) => {
  expect(await install(true, disturb)).toBe('installed')
  await timer.pass(60 * 60_000)
  expect([stage.puppets.length, stage.supervisor.state.kind]).toEqual([1, 'stopped'])
})

it('serves again when the backup fails', async () => {
  const update = ground.bundle(ground.layOut('payload', { tollgate: '#!/bin/sh\n' }))
  const done = installUpdate(update, { ...tools(true, async () => undefined), ledger: async () => ({ code: 1, printed: 'The disk is full.' }) })
  while (stage.supervisor.state.kind === 'serving') await settle()
  stage.puppet.end(0)
  expect((await done).kind).toBe('refused')
  expect([stage.puppets.length, stage.supervisor.state.kind]).toEqual([2, 'starting'])
})
