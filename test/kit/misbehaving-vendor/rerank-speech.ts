// The vendors that rank documents: Cohere, Jina and those who speak as it does, Voyage, and text-embeddings-inference.
// Promises: what a strict client of each accepts; nothing of it streams. Leaves alone: misbehaving.
// Source: https://docs.cohere.com/reference/rerank, https://jina.ai/reranker, https://docs.voyageai.com/reference/reranker-api,
// https://huggingface.github.io/text-embeddings-inference, as known 2026-11-21.

import type { Call } from './misbehaviour.ts'
import { openaiSpeech } from './openai-speech.ts'
import type { Report, Speech } from './saying.ts'

const ranked = (call: Call, score: string): readonly object[] => Array.from({ length: call.inputs }, (_, index) => ({ index, [score]: 1 / (index + 2) }))
const tokensOf = (report: Report | null): object => (report === null ? {} : { usage: { prompt_tokens: report.prompt, total_tokens: report.total } })

const ranks = (whole: Speech['whole']): Speech => ({ ...openaiSpeech, pieces: () => [], whole })

export const cohereRerankSpeech: Speech = {
  ...ranks((call, report) => ({
    id: 'rank-1',
    results: ranked(call, 'relevance_score'),
    meta: { api_version: { version: '2' }, ...(report === null ? {} : { billed_units: { search_units: report.prompt } }) },
  })),
  refusal: ({ message }) => ({ id: 'rank-1', message }),
}
export const jinaRerankSpeech = ranks((call, report) => ({ model: call.model, results: ranked(call, 'relevance_score'), ...tokensOf(report) }))
export const voyageRerankSpeech = ranks((call, report) => ({
  object: 'list',
  data: ranked(call, 'relevance_score'),
  model: call.model,
  ...tokensOf(report),
}))
/** A bare list; it tells no usage. */
export const teiRerankSpeech: Speech = {
  ...ranks((call) => ranked(call, 'score')),
  refusal: ({ type, message }) => ({ error: message, error_type: type }),
}
