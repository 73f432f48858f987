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
  return { family, caches: { messages: known, tools: family === 'claude' }, resultStatus: known }
}
