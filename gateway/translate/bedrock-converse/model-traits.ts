// What a model on Bedrock takes beside the words that all of them share, by the family in its name.
// Promises: a name that shows no family (an ARN of one's own) gets what every model takes, and nothing that some refuse.
// Leaves alone: limits and prices; Claude's generations (anthropic-messages/model-traits.ts).
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html and
// …/prompt-caching.html, …/inference-parameters.html, as known 2026-11-21.

export type Family = 'claude' | 'nova' | 'gpt-oss' | 'mistral' | 'cohere' | 'other'

export interface ConverseTraits {
  readonly family: Family
  /** Where marks for the prompt cache may stand. */
  readonly caches: { readonly messages: boolean; readonly tools: boolean }
  /** A tool's result may say that it is an error. */
  readonly resultStatus: boolean
  /** Which tool must be called may be said, or only that one must, or neither: then `toolChoice` may not stand at all with some. */
  readonly forces: 'tool' | 'any' | 'none'
}

const families: readonly (readonly [RegExp, Family])[] = [
  [/anthropic\.|claude/, 'claude'],
  [/amazon\.nova/, 'nova'],
  [/openai\.gpt-oss/, 'gpt-oss'],
  [/mistral\./, 'mistral'],
  [/cohere\./, 'cohere'],
]

export function readConverseTraits(model: string): ConverseTraits {
  const family = families.find(([pattern]) => pattern.test(model.toLowerCase()))?.[1] ?? 'other'
  const known = family === 'claude' || family === 'nova'
  return { family, caches: { messages: known, tools: family === 'claude' }, resultStatus: known, forces: known ? 'tool' : forcesOf(model) }
}

/**
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html; "This model doesn't support the toolConfig.toolChoice.any field" of
 * Llama (github.com/run-llama/llama_index/issues/19886), as known 2026-11-22. An ARN that hides its model is no reason to leave a demand out.
 */
function forcesOf(model: string): ConverseTraits['forces'] {
  const name = model.slice(model.lastIndexOf('/') + 1)
  if (!name.includes('.')) return 'tool'
  return /mistral\.mistral-large/i.test(name) ? 'any' : 'none'
}
