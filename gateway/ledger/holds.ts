// Taking money before it can be spent: the hold of a request, and one row before each dispatch.
// Promises: every scope or none; settled + held never passes a limit (but for the admin key's own calls); checks come before the first write.
// Leaves alone: committing (group-commit.ts), what it cost in the end (closing.ts).

import type { Database } from 'better-sqlite3'
import type { AttemptAnswer, AttemptOrder, HoldAnswer, HoldOrder } from '../contract/ledger.ts'
import type { ScopeStanding } from '../contract/scope.ts'
import { fitHold } from './affordable.ts'
import type { Interned } from './interned.ts'
import { Misuse } from './ops.ts'
import { toPeriodsText, type OpenRequest, type OpenRequests } from './open-requests.ts'
import type { PeriodRow } from './period-rows.ts'
import { leftIn, limitedRow, toStanding, type Periods, type ScopeState } from './periods.ts'
import { whole, type RequestRows } from './request-rows.ts'

export interface Holds {
  hold(order: HoldOrder): HoldAnswer
  openAttempt(order: AttemptOrder): AttemptAnswer
}
export interface HoldTools {
  readonly periods: Periods
  readonly interned: Interned
  readonly requests: OpenRequests
  readonly rows: RequestRows
}

export function createHolds(db: Database, tools: HoldTools): Holds {
  const { periods, interned, requests, rows } = tools
  const addAttempt = db.prepare(
    `INSERT INTO attempt (request_id, ordinal, state, deployment_id, provider_id, upstream_model_id, reason, price_id, started_us) VALUES (?, ?, 'open', ?, ?, ?, ?, ?, ?)`,
  )
  const raiseHold = db.prepare('UPDATE request SET hold_nusd = ? WHERE id = ?')

  return {
    hold(order) {
      const scopes = order.scopes.map((id) => periods.scopeNow(id))
      const fit = fitHold(order, scopes.map(order.unlimited === true ? nothingToAsk : leftOf))
      if (fit.kind === 'refused') return { kind: 'refused', standing: standingOf(scopes[fit.at]), neededNanoUsd: fit.neededNanoUsd }
      const held = scopes.flatMap((scope) => (scope.current === null ? [scope.lifetime] : [scope.lifetime, scope.current]))
      const periodSetId = interned.periodSetId(toPeriodsText(held))
      const row = rows.insertOpen(order, { periodSetId, holdNanoUsd: fit.holdNanoUsd })
      take({ periods: held, unlimited: order.unlimited === true }, fit.holdNanoUsd, periods)
      const { requestId, receivedAtMs, keyId, teamId } = order
      requests.put({
        row,
        requestId,
        receivedAtMs: Math.trunc(receivedAtMs),
        keyId,
        teamId,
        modelId: rows.modelId(order.model),
        hold: fit.holdNanoUsd,
        periods: held,
        attempts: [],
        unlimited: order.unlimited === true,
      })
      return { kind: 'held', heldNanoUsd: fit.holdNanoUsd, outputTokensMax: fit.outputTokensMax }
    },

    openAttempt(order) {
      const open = requests.get(order.requestId)
      if (open === undefined) return { kind: 'lost' }
      if (open.attempts.some((attempt) => attempt.ordinal === order.ordinal))
        throw new Misuse(`request ${order.requestId} already has an attempt ${order.ordinal}`)
      const refusing = order.topUpNanoUsd > 0n && !open.unlimited ? refusingScope(open, order.topUpNanoUsd, periods) : null
      if (refusing !== null) return { kind: 'refused', standing: toStanding(refusing.scope, refusing.row) }
      const deploymentId = interned.nameId('deployment', order.deploymentId, `${order.providerId}/${order.upstreamModel}`)
      const providerId = interned.nameId('provider', order.providerId)
      const upstreamModelId = interned.nameId('upstream', order.upstreamModel)
      const priceId = order.price === null ? null : interned.priceId(order.price)
      addAttempt.run(open.row, order.ordinal, deploymentId, providerId, upstreamModelId, order.reason.slice(0, 500), priceId, whole(order.startedUs))
      open.attempts.push({ ordinal: order.ordinal, deploymentId, providerId, upstreamModelId })
      if (order.topUpNanoUsd > 0n) {
        open.hold += order.topUpNanoUsd
        take(open, order.topUpNanoUsd, periods)
        raiseHold.run(open.hold, open.row)
      }
      return { kind: 'opened' }
    },
  }
}

const nothingToAsk = (): null => null

function leftOf(scope: ScopeState): bigint | null {
  const row = limitedRow(scope)
  return row === null || scope.budget.limitNanoUsd === null ? null : leftIn(scope.budget.limitNanoUsd, row)
}

function standingOf(scope: ScopeState | undefined): ScopeStanding {
  if (scope === undefined) throw new Misuse('a scope that was not asked refused')
  return toStanding(scope, limitedRow(scope) ?? scope.lifetime)
}

function take(by: Pick<OpenRequest, 'periods' | 'unlimited'>, amount: bigint, periods: Periods): void {
  for (const row of by.periods) {
    row.held += amount
    // An administrator's own call may pass a limit, and that is no breach of it.
    if (by.unlimited && row.ceiling !== null && row.settled + row.held > row.ceiling) row.ceiling = row.settled + row.held
    periods.touch(row)
  }
}

/** A request keeps the periods that admitted it, so more money is asked of those, also after midnight. */
function refusingScope(open: OpenRequest, amount: bigint, periods: Periods): { scope: ScopeState; row: PeriodRow } | null {
  for (const id of new Set(open.periods.map((row) => row.scopeId))) {
    const scope = periods.scopeNow(id)
    const { limitNanoUsd, duration } = scope.budget
    const own = open.periods.filter((row) => row.scopeId === id && row.duration === (duration ?? ''))
    const row = own.at(-1) ?? scope.lifetime
    if (limitNanoUsd !== null && leftIn(limitNanoUsd, row) < amount) return { scope, row }
  }
  return null
}
