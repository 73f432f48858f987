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
  return { family, caches: { messages: known, tools: family === 'claude' }, resultStatus: known, forces: forcesOf(model) }
}

/**
 * As they answered others: Llama takes no `any` (github.com/run-llama/llama_index/issues/19886), Cohere no choice at all (github.com/BerriAI/litellm,
 * converse_transformation.py), DeepSeek takes `any` and ignores a named tool (github.com/langchain-ai/langchain-aws/pull/1261), gpt-oss takes all
 * (its issue 1278); as known 2026-11-22. Nothing is left out for families without such a word, nor for an ARN that hides its model.
 */
const forcing: readonly (readonly [RegExp, ConverseTraits['forces']])[] = [
  [/(?:^|\.)(?:meta\.llama|cohere\.command)/, 'none'],
  [/(?:^|\.)(?:mistral\.mistral-large|deepseek\.v3)/, 'any'],
]

function forcesOf(model: string): ConverseTraits['forces'] {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  return forcing.find(([pattern]) => pattern.test(name))?.[1] ?? 'tool'
}
