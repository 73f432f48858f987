// A process to be killed: runs requests through a real ledger and prints what was acknowledged, line by line.
// Promises: a line is written only after the ledger's answer. Leaves alone: ending (it never does).

import { writeSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { createLedger } from '../../../gateway/ledger/ledger.ts'
import { attemptOrder, attemptRecord, holdOrder, keyDraft, limit, limits, quiet, visit } from './fixture.ts'

const [dataDir = '', run = '0'] = process.argv.slice(2)
const ledger = await createLedger({ dataDir, durability: 'full', limits, zone: 'UTC', log: quiet })
const key = ledger.snapshot.keys.find(({ alias }) => alias === 'load') ?? (await ledger.store.createKey(keyDraft('load', { budget: limit(10n ** 15n, '1d') })))
const who = { keyId: key.id, scopes: [ledger.snapshot.globalScopeId, key.scopeId] }
const tell = (what: string, id: string): number => writeSync(1, `${what} ${id}\n`)

// One vendor that never answers, so that something is open whenever the process dies.
await ledger.port.hold(holdOrder(`req_${run}_0`, who))
await ledger.port.openAttempt(attemptOrder(`req_${run}_0`))

let made = 0
async function lane(): Promise<void> {
  for (;;) {
    const id = `req_${run}_${(made += 1)}`
    await ledger.port.hold(holdOrder(id, who, { receivedAtMs: Date.now() }))
    await ledger.port.openAttempt(attemptOrder(id))
    tell('opened', id)
    await setTimeout(made % 9)
    await ledger.port.record(visit(id, [attemptRecord(1, { input: 100, output: 10 })]))
    tell('recorded', id)
  }
}
await Promise.all(Array.from({ length: 32 }, lane))
