// Which providers are failing now, by what was seen of them in the last minutes.
// Promises: failing takes several failures and half of all calls; a call that was wrong in itself speaks against nobody.
// Leaves alone: reading what was seen (sightings.ts), cooling deployments down (routing).

import type { PanelAlerts } from '../contract/alerts.ts'
import type { Sighting } from './sightings.ts'

export const outageWindowMs = 120_000
const failuresMin = 5
const failingShare = 0.5
/** Statuses below 500 that another call would have met as well: our credential, time-outs, the provider's own limits. */
const theirs = new Set([401, 403, 408, 409, 425, 429])

type Outage = Omit<PanelAlerts['providers'][number], 'title'>

/** One per provider seen, in the order of their ids. `sightings` are newest first. */
export function listOutages(sightings: readonly Sighting[]): readonly Outage[] {
  const telling = sightings.filter((seen) => seen.ok || isTheirs(seen.status))
  const byProvider = [...Map.groupBy(telling, ({ providerId }) => providerId)]
  return byProvider.map(([id, seen]) => toOutage(id, seen)).toSorted((left, right) => (left.id < right.id ? -1 : 1))
}

const isTheirs = (status: number | null): boolean => status === null || status < 400 || status >= 500 || theirs.has(status)

function toOutage(id: string, seen: readonly Sighting[]): Outage {
  const failures = seen.filter(({ ok }) => !ok)
  const failing = failures.length >= failuresMin && failures.length >= seen.length * failingShare
  return {
    id,
    state: failing ? 'failing' : seen[0]?.ok === true ? 'ok' : 'unclear',
    calls: seen.length,
    failures: failures.length,
    rescued: failures.filter(({ answered }) => answered).length,
    sinceMs: failures.at(-1)?.atMs ?? null,
  }
}
