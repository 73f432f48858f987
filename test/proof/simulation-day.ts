// One simulated day from its plan: steps are taken one after another, and each promise is checked where it could break.
// Promises: ends at the first broken promise, with a sentence; otherwise the books balance at the end, in full, also after a last crash.
// Leaves alone: drawing plans; what to do about a broken promise.

import { verifyLedger } from '../../gateway/ledger/reports/verify.ts'
import type { Core } from '../../gateway/ledger/core.ts'
import type { Failure } from '../../gateway/ledger/ops.ts'
import type { Fault } from './simulation-disk.ts'
import type { Ground } from './simulation-ground.ts'
import { createRowJudge, shown } from './simulation-judge.ts'
import type { Plan, Step } from './simulation-plan.ts'
import { toOps } from './simulation-orders.ts'
import { recover, rollback } from './simulation-model.ts'
import { complain, createWorld, enqueue, isExpected, startCore, watch, type Fate, type World } from './simulation-world.ts'

export interface Day {
  /** null: every promise was kept. */
  readonly wrong: string | null
  readonly stepsTaken: number
  readonly counts: World['counts']
}

export function liveDay(plan: Plan, ground: Ground): Day {
  const world = createWorld(plan, ground)
  let stepsTaken = 0
  for (const step of plan.steps) {
    stepsTaken += 1
    takeStep(world, step)
    if (world.wrong.length > 0) break
  }
  return { wrong: world.wrong[0] ?? null, stepsTaken, counts: world.counts }
}

function takeStep(world: World, step: Step): void {
  switch (step.do) {
    case 'clock':
      return moveClock(world, step.byMs)
    case 'send':
      return send(world, step.fault)
    case 'flush':
      send(world, null)
      withFault(world, step.fault, () => world.groups.flush())
      return world.disk.arm(null)
    case 'crash':
      return crash(world, step.fault)
    case 'disk-full':
      world.disk.leave(step.pages)
      world.full = step.pages !== null
      return
    case 'verify':
      return verify(world)
    default:
      for (const sent of toOps(world.crowd, step)) enqueue(world, sent)
  }
}

function moveClock(world: World, byMs: number): void {
  // Whether an op looked at the clock before it failed is nobody's promise; so time goes back only from where somebody was served.
  if (byMs < 0 && world.servedMs < world.sentMs) return
  world.clock.nowMs += byMs
  world.model.nowMs = world.clock.nowMs
}

function withFault(world: World, fault: Fault | null, work: () => void): boolean {
  world.disk.arm(fault)
  work()
  return world.disk.fired
}

function send(world: World, fault: Fault | null): void {
  const { queue, fates } = world
  world.queue = []
  if (queue.length === 0) return
  world.sentMs = Math.max(world.sentMs, world.clock.nowMs)
  const wasDown = world.down
  const failed = withFault(world, fault, () => world.groups.run(queue)) || wasDown || world.full
  // Whoever asks while the ledger is away knows what was written; nobody was told of the rest.
  if (world.down) rollback(world.model)
  for (const { op } of queue) {
    const fate = fates.get(op)
    if (fate !== undefined) judgeAnswers(world, fate, failed)
  }
  const ambiguous = world.disk.committed
  world.disk.arm(null)
  if (!ambiguous && !world.down) for (const fate of fates.values()) judgeTold(world, fate)
  for (const [op, { state }] of fates) if (state !== 'applied') fates.delete(op)
  // Who came while the ledger was away was told so; the next ones find it mended.
  if (wasDown) mend(world)
}

const isUnavailable = (failure: Failure): boolean => failure.kind === 'refused' && failure.code === 'ledger_unavailable'

function judgeAnswers(world: World, { id, sent, answers, outcome }: Fate, failed: boolean): void {
  const [answer] = answers
  if (answer === undefined || answers.length > 1) return complain(world, `op ${id} ${sent.op.kind} was answered ${answers.length} times`)
  if (!('failure' in answer)) return
  const own = outcome !== null && 'failure' in outcome && shown(outcome.failure) === shown(answer.failure)
  if (!own && !(failed && isUnavailable(answer.failure)))
    complain(world, `op ${id} ${sent.op.kind} was told ${shown(answer.failure)} and came to ${shown(outcome)}`)
}

/** Who was told that it did not happen must be right. */
function judgeTold(world: World, { id, sent, answers, outcome, state }: Fate): void {
  const [answer] = answers
  if (answer === undefined || !('failure' in answer) || outcome === null || 'failure' in outcome) return
  if (state === 'applied' || state === 'durable') complain(world, `op ${id} ${sent.op.kind} was told ${shown(answer.failure)}, and it happened`)
}

function crash(world: World, fault: Fault | null): void {
  world.queue = []
  world.fates.clear()
  world.counts.crashes += 1
  // With the process go all who waited for it.
  for (const client of world.crowd.clients) {
    client.order = null
    if (client.opened.length > 0) client.stage = 'over'
  }
  const latestMs = reopen(world, { fault, before: null })
  if (latestMs === null) return
  const charged = recover(world.model, latestMs)
  if (world.core.recoveredRequests !== charged) complain(world, `${world.core.recoveredRequests} requests were recovered instead of ${charged}`)
  const difference = world.rows.periods(world.model)
  if (difference !== null) complain(world, `after a start: ${difference}`)
}

/** The file is opened anew, and the run goes on. */
function mend(world: World): void {
  for (const fate of world.fates.values()) if (fate.state === 'applied') fate.state = 'gone'
  const latestMs = reopen(world, { fault: null, before: world.core })
  if (latestMs === null) return
  world.model.seenMs = latestMs
  const difference = world.rows.periods(world.model)
  if (difference !== null) complain(world, `after the file was opened again: ${difference}`)
}

/** @returns the start of the latest period in the file; null: something is wrong */
function reopen(world: World, by: { readonly fault: Fault | null; readonly before: Core | null }): number | null {
  const { ground, plan, model, clock } = world
  const disk = ground.crash()
  if (disk !== world.disk) {
    world.disk = disk
    world.rows = disk.apart(() => createRowJudge(disk.db))
  }
  rollback(model)
  world.down = true
  // A start that fails is tried again, as whoever starts the gateway does.
  for (const fault of [by.fault, null]) {
    disk.arm(fault)
    try {
      world.core = startCore(disk, plan, { clock, before: by.before })
      world.down = false
      break
    } catch (error) {
      if (!isExpected(world, error)) complain(world, `the start broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      world.counts.faults += 1
      if (disk.db.inTransaction) disk.db.exec('ROLLBACK')
      disk.leave(null)
      world.full = false
    }
  }
  disk.arm(null)
  if (world.down) complain(world, 'the ledger does not start on a disk that works')
  world.groups = watch(world.core, { plan, disk }, () => world)
  world.broken = world.lost = false
  world.sentMs = world.servedMs = 0
  const latestMs = world.rows.latestStart()
  if (latestMs > model.seenMs) complain(world, `a period begins at ${latestMs}, later than anything that was seen (${model.seenMs})`)
  return world.wrong.length > 0 ? null : latestMs
}

function verify(world: World): void {
  world.disk.leave(null)
  world.full = false
  send(world, null)
  if (world.down) mend(world)
  world.groups.flush()
  if (world.wrong.length > 0) return
  const { disk, model, core } = world
  if (disk.db.inTransaction || core.uncommitted > 0) return complain(world, 'a transaction is left open on a disk that works')
  const difference = world.rows.requests(model)
  if (difference !== null) return complain(world, difference)
  const [violation] = disk.apart(() => verifyLedger({ db: disk.db, zone: core.zone }))
  if (violation !== undefined) complain(world, `the books do not balance: ${shown(violation)}`)
}
