// Where the request may go: a weighted shuffle over the group's deployments, then its fallbacks.
// Promises: never empty; a retry goes elsewhere first; every attempt says why. Source of the strategy's meaning: LiteLLM's `simple-shuffle`.
// Leaves alone: health and cool-down (later strategies), dialling.

import type { Random } from '../contract/clock.ts'
import type { Hold } from '../contract/hold.ts'
import { isNonEmpty } from '../contract/ids.ts'
import type { Itinerary, PlannedAttempt } from '../contract/itinerary.ts'
import type { Deployment, ModelGroup } from '../contract/provider.ts'
import type { GuardedRequest } from '../contract/request.ts'

export interface RouteTools {
  readonly random: Random
  /** Retries after the first attempt within one group. */
  readonly retries: () => number
  readonly attemptsMax: number
}
export type Route = (request: GuardedRequest, hold: Hold) => Itinerary

export function createRoute(tools: RouteTools): Route {
  return (_request, hold) => {
    const [asked, ...fallbacks] = hold.groups
    const planned: PlannedAttempt[] = []
    for (const [index, group] of hold.groups.entries()) {
      const attempts = index === 0 ? planGroup(group, tools) : planFallback(group, asked.name, tools)
      // However many retries are set, each fallback that is still to come keeps at least one attempt.
      const stillToCome = fallbacks.length - index
      planned.push(...attempts.slice(0, Math.max(1, tools.attemptsMax - planned.length - stillToCome)))
    }
    const attempts = planned.slice(0, tools.attemptsMax)
    return { attempts: isNonEmpty(attempts) ? attempts : [{ deployment: asked.deployments[0], reason: 'only deployment' }] }
  }
}

function planGroup(group: ModelGroup, tools: RouteTools): PlannedAttempt[] {
  const order = shuffle(group.deployments, tools.random)
  const total = order.length
  const planned: PlannedAttempt[] = []
  for (let turn = 0; turn <= tools.retries(); turn += 1) {
    const deployment = order[turn % total]
    if (deployment === undefined) break
    planned.push({ deployment, reason: reasonOf(turn, total) })
  }
  return planned
}

function planFallback(group: ModelGroup, askedName: string, tools: RouteTools): PlannedAttempt[] {
  return shuffle(group.deployments, tools.random)
    .slice(0, tools.retries() + 1)
    .map((deployment) => ({ deployment, reason: `fallback from ${askedName}` }))
}

function reasonOf(turn: number, total: number): string {
  if (turn === 0) return total === 1 ? 'only deployment' : `drawn by weight from ${total}`
  return turn < total ? 'retry elsewhere' : 'retry'
}

/** Draws without replacement, each time with chances in proportion to the weights left. */
function shuffle(deployments: readonly Deployment[], random: Random): Deployment[] {
  const left = [...deployments]
  const drawn: Deployment[] = []
  while (left.length > 1) {
    const total = left.reduce((sum, deployment) => sum + deployment.weight, 0)
    let mark = random() * total
    let index = left.findIndex((deployment) => (mark -= deployment.weight) < 0)
    if (index < 0) index = left.length - 1
    drawn.push(...left.splice(index, 1))
  }
  return drawn.concat(left)
}
