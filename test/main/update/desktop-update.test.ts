// Updates as the shell offers them, from the facts that were packed.
// Promises: the ledger's command runs as a process of its own, as in the app. Leaves alone: each step (tampered, install, place).

import { fork } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pickEnvironment } from '../../../main/gateway/environment.ts'
import { createDesktopUpdate, type DesktopUpdate } from '../../../main/update/desktop-update.ts'
import { createLedgerCommand } from '../../../main/update/ledger-process.ts'
import { startGateway } from '../../kit/gateway-process.ts'
import { createGround, installed, type Ground } from './update-ground.ts'

let ground: Ground
let order: string[] = []
beforeEach(() => {
  ground = createGround()
  order = []
  ground.layOut('app', {
    tollgate: '#!/bin/sh\n',
    'resources/app/package.json': JSON.stringify(installed),
    'resources/app/resources/update-key.pem': ground.publicKey,
  })
})
afterEach(() => ground.clear())

const entry = resolve(import.meta.dirname, '../../../dist/gateway/ledger-command.mjs')
const ledger = (): ReturnType<typeof createLedgerCommand> =>
  createLedgerCommand({
    fork: (path, parameters, options) => fork(path, parameters, { ...options, stdio: [...options.stdio, 'ipc'] }),
    entry,
    dataDir: ground.at('data'),
    environment: pickEnvironment(process.env),
    timeoutMs: 60_000,
  })
const create = (appPath = ground.at('app/resources/app')): DesktopUpdate =>
  createDesktopUpdate({
    appPath,
    folder: ground.at('notes'),
    program: ground.at('app/tollgate'),
    appImage: null,
    platform: 'linux',
    arch: 'x64',
    supervisor: { start: () => void order.push('start'), stop: async () => void order.push('stop'), hold: () => () => undefined },
    ledger: ledger(),
    lock: { release: () => void order.push('release'), take: () => void order.push('take') },
  })

describe('the shell', () => {
  it('judges by the version, the schema and the key that were packed', async () => {
    const file = ground.bundle(ground.layOut('payload', { tollgate: '#!/bin/sh\n' }))
    expect(await create().judge(file)).toMatchObject({ kind: 'ready', version: '1.3.0' })
    const without = ground.layOut('without-key', { 'package.json': JSON.stringify(installed) })
    expect(await create(without).judge(file)).toEqual({ kind: 'refused', reason: expect.stringContaining('no key to check updates with') })
    expect(() => create(ground.layOut('empty', { 'package.json': '{}' }))).toThrow('no schema of the ledger')
  })

  it('gives its lock to the version that is tried, and takes it again when that one fails', async () => {
    await (await startGateway({ from: 'dist', dataDir: ground.at('data') })).stop()
    const file = ground.bundle(ground.layOut('payload', { tollgate: '#!/bin/sh\nexit 1\n' }))
    expect(await create().install(file, 1000)).toMatchObject({ kind: 'rolled-back' })
    expect(order).toEqual(['stop', 'release', 'start', 'take'])
    expect(existsSync(ground.at('app/resources/app/package.json'))).toBe(true)
  })

  it('does not begin when there is no ledger to back up, and says why', async () => {
    const file = ground.bundle(ground.layOut('payload', { tollgate: '#!/bin/sh\nexit 1\n' }))
    expect(await create().install(file, 1000)).toEqual({ kind: 'refused', reason: expect.stringContaining('There is no ledger in') })
    expect(order).toEqual(['stop', 'start', 'take'])
  })

  it('knows at its start how the last update went', async () => {
    expect(await create().reportStarted()).toEqual({ kind: 'none' })
    mkdirSync(ground.at('notes'))
    writeFileSync(ground.at('notes/pending.json'), JSON.stringify({ from: '1.1.0', to: installed.version, backup: '/b.db' }))
    expect(await create().reportStarted()).toMatchObject({ kind: 'updated', pending: { from: '1.1.0' } })
  })
})
