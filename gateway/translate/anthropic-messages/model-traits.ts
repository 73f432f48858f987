// What a Claude model accepts, by the generation in its name.
// Promises: a name that shows no generation gets the newest rules for thinking and keeps its sampling parameters.
// Leaves alone: limits and prices. Sources, as known 2026-11-21: https://platform.claude.com/docs/en/build-with-claude/effort (levels),
// https://openrouter.ai/docs/guides/evaluate-and-optimize/model-migrations/claude-4-7 (sampling, thinking).

export interface ModelTraits {
  /** adaptive: effort steers it · budget: a number of tokens does · none: the model cannot think aloud. */
  readonly thinking: 'adaptive' | 'budget' | 'none'
  /** Opus 4.7 and everything after it answer 400 to temperature, top_p and top_k. */
  readonly sampling: boolean
  /** From Opus 4.1 on, temperature and top_p may not both be set (reported in github.com/open-webui/functions/pull/9). */
  readonly oneSampler: boolean
  readonly efforts: readonly string[]
}

const newest: ModelTraits = { thinking: 'adaptive', sampling: true, oneSampler: true, efforts: ['low', 'medium', 'high', 'xhigh', 'max'] }

export function readTraits(model: string): ModelTraits {
  const generation = readGeneration(model)
  if (generation === null) return newest
  if (generation >= 4.7) return { ...newest, sampling: false }
  if (generation >= 4.6) return { ...newest, efforts: ['low', 'medium', 'high', 'max'] }
  return { thinking: generation >= 3.7 ? 'budget' : 'none', sampling: true, oneSampler: generation >= 4.1, efforts: [] }
}

/** `claude-opus-4-7`, `claude-sonnet-4-5-20250929`, `claude-3-7-sonnet-latest`, `anthropic.claude-opus-4.6`: family before or after the number. */
function readGeneration(model: string): number | null {
  const found = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model.toLowerCase())
  if (found === null) return null
  return Number(found[1]) + Number(found[2] ?? '0') / 10
}
