// Updates installed from a file, with real processes and a real ledger: a good one takes the place, and one that fails leaves everything as it was.
// Promises: what was in the ledger before is in it afterwards, and its books balance. Leaves alone: tampered updates (tampered.test.ts).

import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installUpdate, type UpdateTools } from '../../../main/update/install.ts'
import { launch, type Launched } from '../../../main/update/launch.ts'
import type { LedgerCommand } from '../../../main/update/ledger-care.ts'
import { startGateway, type GatewayProcess } from '../../kit/gateway-process.ts'
import { visit } from '../../kit/house.ts'
import { startVendor, type Vendor } from '../../kit/vendor.ts'
import type { AppSetting } from './app-process.ts'
import { createGround, installed, snapshot, type Facts, type Ground } from './update-ground.ts'

const repository = resolve(import.meta.dirname, '../../..')
const calls = 3
let ground: Ground
let vendor: Vendor
let gateway: Promise<GatewayProcess>
let app: Launched | null = null
let before: Readonly<Record<string, string>> = {}
let rows: unknown = null

const start = (): Promise<GatewayProcess> => startGateway({ from: 'dist', dataDir: ground.at('data') })
const program = `#!${process.execPath}\nimport(${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'app-process.ts')).href)}).then((app) => app.runApp(__dirname))\n`
const setting = (behaviour: AppSetting['behaviour']): string =>
  JSON.stringify({ version: '1.3.0', dataDir: ground.at('data'), notes: ground.at('notes'), behaviour } satisfies AppSetting)
const update = (behaviour: AppSetting['behaviour'], facts: Partial<Facts> = {}): string =>
  ground.bundle(ground.layOut('payload', { tollgate: program, 'setting.json': setting(behaviour) }), facts)

const ledger: LedgerCommand = async (...parameters) =>
  await new Promise((done) => {
    const command = [resolve(repository, 'dist/gateway/ledger-command.mjs'), ...parameters, '--data-dir', ground.at('data')]
    execFile(process.execPath, command, (error, stdout, stderr) => done({ code: error === null ? 0 : 1, printed: stdout + stderr }))
  })
const tools = (): UpdateTools => ({
  installed,
  installation: { kind: 'tree', place: ground.place },
  publicKey: ground.publicKey,
  folder: ground.at('notes'),
  supervisor: { start: () => void (gateway = start()), stop: async () => void (await (await gateway).stop()), hold: () => () => undefined },
  ledger,
  launch: (path) => (app = launch(path)),
  drainMs: 5000,
  readyTimeoutMs: 30_000,
})
async function readRows(): Promise<unknown> {
  return (await visit(await gateway).rows()).map(({ requestId, costUsd }) => [requestId, costUsd])
}

beforeEach(async () => {
  ground = createGround()
  vendor = await startVendor()
  ground.layOut('app', { tollgate: '#!/bin/sh\nexit 1\n', 'data.txt': 'of the version before' })
  before = snapshot(ground.place)
  const config = `model_list:\n  - model_name: m\n    litellm_params: { model: openai/gpt-4o-mini, api_base: ${vendor.origin}/v1, api_key: sk-vendor }\n`
  const file = join(ground.layOut('config', { 'config.yaml': config }), 'config.yaml')
  gateway = startGateway({ from: 'dist', dataDir: ground.at('data'), args: ['--config', file] })
  const house = visit(await gateway)
  const { key } = await house.key()
  for (let call = 0; call < calls; call += 1) expect((await house.chat(key, { model: 'm', max_tokens: 5 })).status).toBe(200)
  rows = await readRows()
  expect(rows).toEqual(Array.from({ length: calls }, () => [expect.stringMatching(/^req_/), expect.stringMatching(/[1-9]/)]))
})
afterEach(async () => {
  await app?.kill()
  app = null
  await (await gateway).stop()
  await vendor.close()
  ground.clear()
})

async function expectAllAsBefore(): Promise<void> {
  expect(snapshot(ground.place)).toEqual(before)
  for (const rest of ['next', 'previous', 'failed']) expect([rest, existsSync(`${ground.place}.${rest}`)]).toEqual([rest, false])
  expect(existsSync(ground.at('notes/pending.json'))).toBe(false)
  expect(await readRows()).toEqual(rows)
  expect(await ledger('verify')).toMatchObject({ code: 0, printed: expect.stringContaining('the books balance') })
}
const setAside = (): readonly string[] => readdirSync(ground.at('data')).filter((name) => name.includes('before-restore'))

describe('an update from a file', () => {
  it('takes the place, serves the same ledger, and keeps the version before', async () => {
    expect(await installUpdate(update('serves'), tools())).toEqual({ kind: 'installed', version: '1.3.0' })
    expect(snapshot(ground.place)).toMatchObject({ 'setting.json': setting('serves') })
    expect(snapshot(`${ground.place}.previous`)).toEqual(before)
    const origin = readFileSync(ground.at('notes/origin'), 'utf8')
    const old = await gateway
    expect((await visit({ ...old, origin }).rows()).map(({ requestId, costUsd }) => [requestId, costUsd])).toEqual(rows)
    expect(await ledger('verify')).toMatchObject({ code: 0, printed: expect.stringContaining('the books balance') })
    expect(readdirSync(ground.at('data/backups')).filter((name) => name.endsWith('.db'))).toHaveLength(1)
  })

  it('is taken back when its program ends at once', async () => {
    const result = await installUpdate(update('dies'), tools())
    expect(result).toEqual({ kind: 'rolled-back', reason: 'Version 1.3.0 did not start, so version 1.2.0 is back.' })
    await expectAllAsBefore()
    expect(setAside()).toEqual([])
  })

  it('is taken back when it hangs and does not go when asked', async () => {
    const result = await installUpdate(update('hangs'), { ...tools(), readyTimeoutMs: 1500 })
    expect(result).toMatchObject({ kind: 'rolled-back' })
    await expectAllAsBefore()
  })

  it('is taken back with the ledger of before when it had changed the ledger', async () => {
    const result = await installUpdate(update('migrates', { ledgerSchema: 9999 }), tools())
    expect(result).toEqual({ kind: 'rolled-back', reason: 'Version 1.3.0 did not start, so version 1.2.0 is back.' })
    await expectAllAsBefore()
    expect(setAside().filter((name) => name.endsWith('.db'))).toHaveLength(1)
  })

  it('is taken back when there is no program in it', async () => {
    const file = ground.bundle(ground.layOut('empty', { 'notes.txt': 'no program' }))
    expect(await installUpdate(file, tools())).toMatchObject({ kind: 'rolled-back' })
    await expectAllAsBefore()
  })

  it('is not begun when the ledger cannot be backed up', async () => {
    const broken: LedgerCommand = async () => ({ code: 1, printed: 'The disk is full.\n' })
    const result = await installUpdate(update('serves'), { ...tools(), ledger: broken })
    expect(result).toEqual({ kind: 'refused', reason: 'The ledger could not be backed up, so nothing was changed. The disk is full.' })
    await expectAllAsBefore()
  })

  it('is not begun when the disk does not take it', async () => {
    ground.layOut('', { 'app.next.incoming': 'a file where its folder would be' })
    const inFile = { kind: 'tree' as const, place: ground.at('app.next.incoming/app') }
    const result = await installUpdate(update('serves'), { ...tools(), installation: inFile })
    expect(result).toEqual({ kind: 'refused', reason: 'The update was not installed, and nothing was changed. The disk says ENOTDIR.' })
    await expectAllAsBefore()
  })

  it('waits for running requests before it backs the ledger up', async () => {
    const order: string[] = []
    const { supervisor } = tools()
    const watched: UpdateTools = {
      ...tools(),
      supervisor: {
        ...supervisor,
        async stop(drainMs) {
          order.push(`stop ${drainMs}`)
          await supervisor.stop(drainMs)
        },
      },
      async ledger(...parameters) {
        order.push(parameters.join(' '))
        return await ledger(...parameters)
      },
    }
    await installUpdate(update('dies'), watched)
    expect(order).toEqual(['stop 5000', 'backup'])
    await expectAllAsBefore()
  })
})
