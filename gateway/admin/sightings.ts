// What recent traffic showed of deployments, call by call: the requests that were retried are read attempt by attempt.
// Promises: newest first; a caller who left and a refusal say nothing about a provider. At most `detailsMax` requests are read in full.
// Leaves alone: what it means (health.ts, outages.ts).

import type { RequestDetail, RequestFilter, RequestRow } from '../contract/reports.ts'
import type { AdminDeps } from './deps.ts'

const recentRows = 200
const detailsMax = 25

export interface Sighting {
  readonly deploymentId: string
  readonly providerId: string
  readonly ok: boolean
  /** The provider's own, where it answered at all; of a request that was not retried, what its caller was told. */
  readonly status: number | null
  readonly atMs: number
  readonly error: string | null
  /** How the whole request ended. */
  readonly answered: boolean
}

/** Of the newest requests that match. */
export async function readSightings({ reports }: Pick<AdminDeps, 'reports'>, filter: RequestFilter = {}): Promise<readonly Sighting[]> {
  const { rows } = await reports.listRequests(filter, { limit: recentRows })
  const retried = rows.filter((row) => row.attempts > 1).slice(0, detailsMax)
  const details = new Map(await Promise.all(retried.map(async (row) => [row.requestId, await reports.readRequest(row.requestId)] as const)))
  return rows.flatMap((row) => {
    const attempts = ofAttempts(row, details.get(row.requestId) ?? null)
    return [...attempts, ...ofRequest(row).filter(({ deploymentId }) => attempts.every((attempt) => attempt.deploymentId !== deploymentId))]
  })
}

function ofAttempts(row: RequestRow, detail: RequestDetail | null): readonly Sighting[] {
  const ended = (detail?.attemptRows ?? []).filter(({ end }) => end === 'answered' || end === 'failed')
  return ended.toReversed().map((attempt) => ({
    deploymentId: attempt.deploymentId,
    providerId: attempt.providerId,
    ok: attempt.end === 'answered',
    status: attempt.upstreamStatus,
    atMs: row.receivedAtMs,
    error: attempt.failure,
    answered: row.end === 'answered',
  }))
}

function ofRequest(row: RequestRow): readonly Sighting[] {
  const { deploymentId, providerId, end, status, errorCode, receivedAtMs } = row
  if (deploymentId === null || providerId === null || (end !== 'answered' && end !== 'failed')) return []
  const ok = end === 'answered'
  return [{ deploymentId, providerId, ok, status, atMs: receivedAtMs, error: ok ? null : errorCode, answered: ok }]
}
