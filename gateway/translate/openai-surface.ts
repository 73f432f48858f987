// What every OpenAI-compatible server has in common beside its body formats: paths, the key's header, the list of models.
// Promises: paths are below a base URL that ends in `/v1` or its like. Leaves alone: which vendor differs how (providers/).
// Source: https://platform.openai.com/docs/api-reference, as known 2026-11-21.

import { listOf, objectOf, textOf } from '../contract/json.ts'

export const openaiPaths = {
  'openai-chat': '/chat/completions',
  'openai-completions': '/completions',
  'openai-embeddings': '/embeddings',
} as const

/** Pictures, sound and moderation: only where a vendor documents them. */
export const mediaPaths = {
  'openai-images': '/images/generations',
  'openai-image-edits': '/images/edits',
  'openai-speech': '/audio/speech',
  'openai-transcriptions': '/audio/transcriptions',
  'openai-translations': '/audio/translations',
} as const
export const moderationsPath = { 'openai-moderations': '/moderations' } as const

/** Not every server has it: those of others are only asked where a deployment says `mode: responses`, LiteLLM's word for it. */
export const responsesPath = { 'openai-responses': '/responses' } as const

/**
 * Where OpenAI wants a model's conversations, by its name. `alone`: nowhere but at Responses (https://platform.openai.com/docs/models, "Responses API only").
 * `first`: Chat Completions refuses tools beside reasoning, and these reason unasked ("Function tools with reasoning_effort are not supported for gpt-5.6 in
 * /v1/chat/completions", https://github.com/openai/openai-openapi/issues/541 and https://github.com/BerriAI/litellm/pull/34569). All as known 2026-11-22.
 */
export function placeOfResponses(model: string): 'alone' | 'first' | 'last' {
  const name = model.replace(/^ft:/, '')
  if (/^(?:codex-|computer-use-|o\d-pro|o\d(?:-mini)?-deep-research|gpt-\d[\d.]*-(?:codex|pro)(?:-|$))/.test(name)) return 'alone'
  return /^gpt-(?:5\.(?:[4-9]|\d\d)|[6-9]|\d\d)/.test(name) ? 'first' : 'last'
}

/** Ranking documents: OpenAI has no address for it; these are what its compatible servers made of Cohere's and Jina's. */
export const rerankPaths = { 'cohere-rerank': '/rerank', 'jina-rerank': '/rerank', 'voyage-rerank': '/rerank' } as const

/** Dialects so near to OpenAI's that they share its addresses. */
export const relatedPaths = { 'mistral-chat': '/chat/completions' } as const

/** `{data:[{id}]}`; some servers leave the envelope away. */
export const openaiModelList = {
  path: '/models',
  read(body: unknown): readonly string[] {
    const rows = Array.isArray(body) ? listOf(body) : listOf(objectOf(body)?.['data'])
    return rows.flatMap((row) => textOf(objectOf(row)?.['id']) ?? [])
  },
} as const

export function bearer(secret: string | null): Readonly<Record<string, string>> {
  return secret === null ? {} : { authorization: `Bearer ${secret}` }
}
