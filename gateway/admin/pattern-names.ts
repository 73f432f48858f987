// The names behind patterns, for lists of models: what their providers say they serve, where the configuration asks for that
// (`check_provider_endpoint`, as in LiteLLM).
// Promises: a provider is asked at most once in a while, however many callers list, and none of them ends it for the others by leaving; one that
// does not answer adds nothing and breaks nothing.
// Leaves alone: what a pattern serves (every name it stands for, listed or not). Source: https://docs.litellm.ai/docs/proxy/model_discovery, as known 2026-11-21.

import { GatewayError } from '../contract/errors.ts'
import type { Deployment } from '../contract/provider.ts'
import { fillWildcard, isWildcard, matchWildcard } from '../contract/wildcard.ts'
import type { AdminDeps } from './deps.ts'

/** Names the patterns stand for, sorted, each once. */
export type PatternNames = () => Promise<readonly string[]>

/** A list that is asked for by every client at its start need not be newer. */
const listKeptMs = 5 * 60_000
/** Nor does a provider that fails keep every list waiting. */
const failureKeptMs = 30_000
const namesPerPatternMax = 1000

interface Listed {
  readonly sinceMs: number
  keptMs: number
  readonly names: Promise<readonly string[]>
}

export function createPatternNames(deps: Pick<AdminDeps, 'catalog' | 'clock' | 'listModels'>): PatternNames {
  const kept = new Map<string, Listed>()
  const namesOf = (deployment: Deployment): Promise<readonly string[]> => {
    const slot = `${deployment.id} ${deployment.baseUrl}`
    const nowMs = deps.clock.nowMs()
    const known = kept.get(slot)
    if (known !== undefined && nowMs - known.sinceMs < known.keptMs && nowMs >= known.sinceMs) return known.names
    const listed: Listed = { sinceMs: nowMs, keptMs: listKeptMs, names: ask(deps, deployment, () => (listed.keptMs = failureKeptMs)) }
    kept.set(slot, listed)
    return listed.names
  }
  return async () => {
    const asked = deps
      .catalog()
      .deployments()
      .filter(({ modelName, upstreamModel, provider }) => isWildcard(modelName) && isWildcard(upstreamModel) && provider.modelList !== null)
    const slots = new Set(asked.map(({ id, baseUrl }) => `${id} ${baseUrl}`))
    for (const slot of kept.keys()) if (!slots.has(slot)) kept.delete(slot)
    const names = await Promise.all(asked.map(namesOf))
    return [...new Set(names.flat())].sort()
  }
}

async function ask({ listModels }: Pick<AdminDeps, 'listModels'>, deployment: Deployment, onFailure: () => void): Promise<readonly string[]> {
  const { provider, baseUrl, credential, upstreamModel, modelName } = deployment
  try {
    const models = await listModels({ provider, baseUrl, credential, secret: null, gone: new AbortController().signal })
    return models.slice(0, namesPerPatternMax).flatMap((model) => {
      const captures = matchWildcard(upstreamModel, model)
      return captures === null ? [] : (fillWildcard(modelName, captures) ?? [])
    })
  } catch (error) {
    onFailure()
    // A list without these names is still a list; anything but a refusal is a bug of ours.
    if (!(error instanceof GatewayError)) throw error
    return []
  }
}
