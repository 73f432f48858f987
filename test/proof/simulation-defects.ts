// Proof that the simulation can fail: faults of ours, one at a time, put into the ledger's own source, each found within a number of seeds.
// Promises: a defect whose place in the source is gone is an error, not a pass. Leaves alone: the source on disk, which is never changed.

import type { ProofLine } from './line.ts'
import { liveOnThreads, type Defect } from './simulation-threads.ts'

export interface DefectOptions {
  readonly log: (line: string) => void
  readonly short?: boolean
  readonly seed?: number | null
}

const seedsMax = 1000

export const defects: readonly Defect[] = [
  {
    name: 'a hold forgets the widest scope',
    file: 'holds.ts',
    find: 'const held = scopes.flatMap((scope) => scope.rows)',
    put: 'const held = scopes.slice(1).flatMap((scope) => scope.rows)',
  },
  {
    name: 'a limit does not see what is held',
    file: 'periods.ts',
    find: 'bigint => limit - row.settled - row.held',
    put: 'bigint => limit - row.settled',
  },
  {
    name: 'a cap affords one token too many',
    file: 'affordable.ts',
    find: 'return Number(((amount - exposure.inputNanoUsd) * picoPerNano) / exposure.outputPico)',
    put: 'return 1 + Number(((amount - exposure.inputNanoUsd) * picoPerNano) / exposure.outputPico)',
  },
  {
    name: 'a top-up is not asked of the limits',
    file: 'holds.ts',
    find: '(unlimited ? null : findRefusing(open, topUpNanoUsd, periods)) ??',
    put: 'null ??',
  },
  {
    name: 'an extension is not held at the deployment',
    file: 'holds.ts',
    find: 'if (running !== undefined && share > 0n) {',
    put: 'if (running !== undefined && share < 0n) {',
  },
  {
    name: 'a cost is settled in the period of the reply',
    file: 'orphans.ts',
    find: 'row.settled += cost',
    put: ';(periods.scopeNow(row.scopeId).rows.find((now) => now.duration === row.duration) ?? row).settled += cost',
  },
  {
    name: 'a cost is settled twice',
    file: 'orphans.ts',
    find: '  book(open, by.cost, by.periods)',
    put: '  book(open, by.cost, by.periods)\n  for (const row of open.periods) row.settled += by.cost',
  },
  {
    name: 'a crash forgives what was dispatched',
    file: 'orphans.ts',
    find: 'const cost = last === undefined ? 0n : open.hold',
    put: 'const cost = 0n',
  },
  {
    name: 'time goes back with the clock',
    file: 'periods.ts',
    find: 'if (nowMs > lastSeenMs) lastSeenMs = nowMs',
    put: 'lastSeenMs = nowMs',
  },
  {
    name: 'an increase never ends',
    file: 'periods.ts',
    find: 'increase !== null && lastSeenMs < increase.untilMs',
    put: 'increase !== null',
  },
  {
    name: 'a new period does not know what is running',
    file: 'budgets.ts',
    find: '      requests.join(row)\n',
    put: '',
  },
  {
    name: 'a correction is missing from the roll-ups',
    file: 'adjustments.ts',
    find: 'cost: amountNanoUsd }\n        tally(',
    put: 'cost: amountNanoUsd }\n        void (',
  },
  {
    name: 'a rollback keeps the amounts in memory',
    file: 'core.ts',
    find: 'of [interned, periods, rollups, rows, refusals]) part.forget()',
    put: 'of [interned, rollups, rows, refusals]) part.forget()',
  },
  {
    name: 'a rollback keeps the roll-ups in memory',
    file: 'core.ts',
    find: 'of [interned, periods, rollups, rows, refusals]) part.forget()',
    put: 'of [interned, periods, rows, refusals]) part.forget()',
  },
  {
    name: 'an attempt is acknowledged before its commit',
    file: 'group-commit.ts',
    find: "if (isProvisional(queued.op) || 'failure' in answer) ready.push(answer)",
    put: 'if (answer.id > 0) ready.push(answer)',
  },
  {
    name: 'an op that broke off stays half done',
    file: 'group-commit.ts',
    find: '        giveUp(error, [...ready, ...durable, queued])\n',
    put: '        send(toUnavailable([...ready, ...durable, queued], stopped), null)\n',
  },
  {
    name: 'a rollback that failed is taken for done',
    file: 'group-commit.ts',
    find: "      stop(toFault(error) ?? faultOf('disk-error'))\n",
    put: '',
  },
  {
    name: 'a connection whose disk failed is used again',
    file: 'group-commit.ts',
    find: 'else stop(fault)',
    put: 'else rollBack()',
  },
  {
    name: 'a commit that failed is told as done',
    file: 'group-commit.ts',
    find: '      giveUp(error, durable)',
    put: '      send(durable, null)',
  },
  {
    name: 'an uncertain call forgets the attempts nobody heard of',
    file: 'care/reconcile.ts',
    find: 'attempts: [...visit.attempts, ...unsent]',
    put: 'attempts: visit.attempts',
  },
]

export async function proveDefectsAreFound({ log, short = false, seed = null }: DefectOptions): Promise<ProofLine> {
  const first = seed ?? Date.now() % 2 ** 31
  const chosen = short ? defects.filter((_, index) => index % 6 === 0) : defects
  const detail: string[] = []
  const after: number[] = []
  for (const defect of chosen) {
    const { broken, tally } = await liveOnThreads({ first, count: seedsMax, brokenMax: 1, defect })
    const [found] = broken
    if (found !== undefined) after.push(Math.max(1, tally.seeds))
    detail.push(`${defect.name}: ${found === undefined ? `not found in ${tally.seeds} seeds` : `seed ${found.seed}: ${found.wrong.slice(0, 160)}`}`)
    log(`defects: ${defect.name}: ${found === undefined ? 'NOT FOUND' : `found after ${tally.seeds} seeds`}`)
  }
  return {
    name: 'Planted defects',
    figure: `${after.length} of ${chosen.length} defects in the ledger's source found by the simulation, the last after ${Math.max(0, ...after)} seeds`,
    target: `every defect within ${seedsMax.toLocaleString('en')} seeds`,
    ok: after.length === chosen.length,
    seed: String(first),
    detail,
  }
}
