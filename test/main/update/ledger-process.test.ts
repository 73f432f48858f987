// The ledger's command as a process of its own, under the stand-in for Electron's utility process.
// Promises: it ends, whatever it does, and gets no secret. Leaves alone: what the command does (test/gateway/ledger).

import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pickEnvironment } from '../../../main/gateway/environment.ts'
import type { LedgerCommand } from '../../../main/update/ledger-care.ts'
import { createLedgerCommand } from '../../../main/update/ledger-process.ts'
import { forkUtility } from '../../kit/electron/utility-process.ts'
import { startGateway } from '../../kit/gateway-process.ts'
import { createGround, type Ground } from './update-ground.ts'

let ground: Ground
let gone = false
beforeEach(() => {
  gone = false
  ground = createGround()
})
afterEach(() => {
  vi.unstubAllEnvs()
  ground.clear()
})

/** A command of these lines. */
function commandOf(lines: readonly string[], timeoutMs = 30_000): LedgerCommand {
  const entry = ground.at('command.mjs')
  writeFileSync(entry, lines.join('\n'))
  return create(entry, timeoutMs)
}
const create = (entry: string, timeoutMs: number): LedgerCommand =>
  createLedgerCommand({ fork: forkNoted, entry, dataDir: ground.at('data'), environment: pickEnvironment(process.env), timeoutMs })
const forkNoted: Parameters<typeof createLedgerCommand>[0]['fork'] = (...given) => {
  const child = forkUtility(...given)
  child.once('exit', () => (gone = true))
  return child
}
const say = (message: unknown): string => `process.parentPort.postMessage(${JSON.stringify(message)})`

it('backs a ledger up, and says why it cannot', async () => {
  const command = create(resolve(import.meta.dirname, '../../../dist/gateway/ledger-command.mjs'), 30_000)
  expect(await command('backup')).toEqual({ code: 1, printed: `There is no ledger in ${ground.at('data')}.\n` })
  await (await startGateway({ from: 'dist', dataDir: ground.at('data') })).stop()
  expect(await command('backup')).toEqual({ code: 0, printed: expect.stringMatching(/^Made and read again: .+ MB\)\.\n$/) })
  expect(await command('verify')).toEqual({ code: 0, printed: expect.stringContaining('the books balance') })
})

it('gets the variables it needs, and no key', async () => {
  vi.stubEnv('X_API_KEY', 'sk-planted')
  const { printed } = await commandOf(["process.stdout.write(Object.keys(process.env).join(' '))", 'process.exit(1)'])('backup')
  expect(printed.split(' ')).toContain('PATH')
  expect(printed).not.toContain('X_API_KEY')
})

describe('a command that', () => {
  it.each([
    ['ends without an answer has failed', ["process.stderr.write('Out of memory')", 'setTimeout(() => process.exit(0), 200)'], 'Out of memory'],
    ['is no program has failed', ['{'], 'SyntaxError'],
    [
      'gives an answer of another shape has failed',
      [say({ kind: 'ended', code: '0', printed: '' }), 'setTimeout(() => process.exit(0), 50)'],
      'cannot be read',
    ],
    ['gives none that anybody knows has failed', [say('Made and read again: /a.db (1.0 MB).'), 'setTimeout(() => process.exit(0), 50)'], 'cannot be read'],
  ])('%s', async (_what, lines, words) => {
    expect(await commandOf(lines)('backup')).toEqual({ code: expect.any(Number), printed: expect.stringContaining(words) })
    expect((await commandOf(lines)('backup')).code).not.toBe(0)
  })

  it('never answers is ended after its time, and what it had printed is told', async () => {
    const { code, printed } = await commandOf(["process.on('SIGTERM', () => undefined)", "process.stdout.write('Copying. ')"], 2000)('backup')
    expect([code, printed, gone]).toEqual([1, "Copying. The ledger's command did not end in the time it has, and was ended.", true])
  })

  it('has answered and stays is ended, and its answer counts', async () => {
    expect(await commandOf([say({ kind: 'ended', code: 0, printed: 'Restored.\n' })])('restore')).toEqual({ code: 0, printed: 'Restored.\n' })
    expect(gone).toBe(true)
  })
})
