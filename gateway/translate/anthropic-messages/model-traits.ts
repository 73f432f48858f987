// What a Claude model accepts, by the family and the generation in its name.
// Promises: a name that shows no generation gets the newest rules for thinking and keeps its sampling parameters.
// Leaves alone: limits and prices. Sources: https://platform.claude.com/docs/en/build-with-claude/effort (levels),
// https://openrouter.ai/docs/guides/evaluate-and-optimize/model-migrations/claude-4-7 (sampling, thinking), as known 2026-11-21;
// https://platform.claude.com/docs/en/models/… opus-5/whats-new-opus-5 and the same page of opus-5-5, sonnet-5-5, haiku-5-5, fable-5-1, as known 2026-11-22.

export interface ModelTraits {
  /** adaptive: effort steers it · budget: a number of tokens does · none: the model cannot think aloud. */
  readonly thinking: 'adaptive' | 'budget' | 'none'
  /** It thinks where a request does not say whether. So may one of which nothing is known. */
  readonly thinksUnasked: boolean
  /** The type of `thinking` that keeps it from thinking; null: it takes none, because it always thinks or because it only does when asked. */
  readonly quiet: 'disabled' | 'between_tools' | null
  /** It leaves the text of its thoughts out unless `display` asks for it; so do all from Opus 4.7 on (whats-new-claude-4-7, "Thinking content omitted by default"). */
  readonly hidesThoughts: boolean
  /** `tool_choice` may be `any` or `tool`. */
  readonly forcesTools: boolean
  /** Opus 4.7 and everything after it answer 400 to temperature, top_p and top_k. */
  readonly sampling: boolean
  /** From Opus 4.1 on, temperature and top_p may not both be set (reported in github.com/open-webui/functions/pull/9). */
  readonly oneSampler: boolean
  readonly efforts: readonly string[]
}

const newest: ModelTraits = {
  thinking: 'adaptive',
  thinksUnasked: true,
  quiet: 'disabled',
  hidesThoughts: false,
  forcesTools: true,
  sampling: true,
  oneSampler: true,
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
}

export function readTraits(model: string): ModelTraits {
  const { family, generation } = readName(model)
  if (generation === null) return alwaysThinking.has(family) ? { ...newest, quiet: null, hidesThoughts: true } : newest
  const newer = { ...newest, hidesThoughts: true, sampling: false }
  if (generation >= 5) return { ...newer, quiet: quietOf(family, generation), forcesTools: forcesTools(family, generation) }
  // On Bedrock these answer 400 to `disabled` (https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html, as known 2026-11-22).
  if (generation >= 4.7) return { ...newer, thinksUnasked: false, quiet: null }
  const older = { ...newest, thinksUnasked: false }
  if (generation >= 4.6) return { ...older, efforts: ['low', 'medium', 'high', 'max'] }
  return { ...older, thinking: generation >= 3.7 ? 'budget' : 'none', oneSampler: generation >= 4.1, efforts: [] }
}

const alwaysThinking = new Set(['fable', 'mythos'])

function quietOf(family: string, generation: number): ModelTraits['quiet'] {
  if (alwaysThinking.has(family)) return null
  if (generation < 5.5 || family === 'haiku') return 'disabled'
  return family === 'sonnet' ? 'between_tools' : null
}

/** Thinking is always on in these, and a forced call would skip it (fable-5-1/whats-new-fable-5-1, "Forced tool use is not supported"). */
function forcesTools(family: string, generation: number): boolean {
  return family === 'haiku' || generation < (alwaysThinking.has(family) ? 5.1 : 5.5)
}

interface Name {
  readonly family: string
  readonly generation: number | null
}

/** `claude-opus-4-7`, `claude-sonnet-4-5-20250929`, `claude-3-7-sonnet-latest`, `anthropic.claude-opus-4.6`: family before or after the number. */
function readName(model: string): Name {
  const name = model.toLowerCase()
  const family = /claude-(?:[\d.-]*-)?([a-z]+)/.exec(name)?.[1] ?? ''
  const found = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(name)
  return { family, generation: found === null ? null : Number(found[1]) + Number(found[2] ?? '0') / 10 }
}
