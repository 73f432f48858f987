// Where @copilotkit/aimock 1.43 strays from the formats it imitates, put right line by line on its way to the gateway.
// Promises: only what the vendor's documentation says and the mock leaves out or misspells; texts, calls and framing stay the mock's own.
// Leaves alone: everything the mock gets right; Amazon Bedrock (bedrock-corrections.ts).
// Sources: docs.ollama.com/api/chat and /api/embed, platform.claude.com/docs/en/build-with-claude/prompt-caching,
// platform.openai.com/docs/api-reference/embeddings and /responses, ai.google.dev/api/generate-content, all as known 2026-11-21.

import type { Correction, Page } from './upstream-book.ts'

export type Fields = Record<string, unknown>
export const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})

/** A number that differs from call to call, so that no row is right by accident. */
export const measure = (page: Page, factor: number): number => 11 + ((page.requestText.length * factor) % 977)

export function changeJson(line: string, change: (value: Fields) => Fields): string {
  const [, prefix = '', json = ''] = /^(data:\s*)?(\{.*\})$/.exec(line) ?? []
  return json === '' ? line : `${prefix}${JSON.stringify(change(JSON.parse(json) as Fields))}`
}

/**
 * Its Ollama counts are always 0 whatever a fixture says, reasoning is called `reasoning_content`, errors are objects, and `/api/embed` answers in
 * the shape of the older `/api/embeddings`: one vector without a count.
 */
export const likeOllama: Correction = (line, page) =>
  changeJson(line, (value) => {
    const error = fields(value['error'])['message']
    if (error !== undefined) return { error }
    if (page.path === '/api/embed') return embedded(value, page)
    const { reasoning_content: thinking, ...message } = fields(value['message'])
    const counts = value['done'] === true ? { prompt_eval_count: measure(page, 3), eval_count: measure(page, 7) } : {}
    return { ...value, message: { ...message, ...(thinking === undefined ? {} : { thinking }) }, ...counts }
  })

function embedded(value: Fields, page: Page): Fields {
  const inputs = Array.isArray(page.request['input']) ? page.request['input'] : [page.request['input']]
  return {
    model: value['model'],
    embeddings: inputs.map(() => value['embedding']),
    total_duration: 14143917,
    load_duration: 1019500,
    prompt_eval_count: measure(page, 5),
  }
}

/** It knows no cached tokens, and starts a stream with the final output count where the vendor has a placeholder. */
export const likeAnthropic: Correction = (line, page) =>
  changeJson(line, (value) => {
    const cached = {
      cache_read_input_tokens: measure(page, 5),
      cache_creation_input_tokens: measure(page, 7) + 30,
      cache_creation: { ephemeral_5m_input_tokens: measure(page, 7), ephemeral_1h_input_tokens: 30 },
    }
    if (value['type'] === 'message') return { ...value, usage: { ...fields(value['usage']), ...cached } }
    if (value['type'] !== 'message_start') return value
    const message = fields(value['message'])
    return { ...value, message: { ...message, usage: { ...fields(message['usage']), ...cached, output_tokens: 1 } } }
  })

/** It knows no cached tokens, thoughts or ids of responses, and calls the end after a call FUNCTION_CALL, which Google does not. */
export const likeGemini: Correction = (line, page) =>
  changeJson(line, (value) => {
    const candidates = Array.isArray(value['candidates']) ? value['candidates'].map(fields) : undefined
    if (candidates === undefined) return value
    const named = candidates.map((candidate) => (candidate['finishReason'] === 'FUNCTION_CALL' ? { ...candidate, finishReason: 'STOP' } : candidate))
    const whole = { ...value, candidates: named, modelVersion: 'gemini-2.5-flash', responseId: `mock-${measure(page, 3)}` }
    if (value['usageMetadata'] === undefined) return whole
    const { promptTokenCount, candidatesTokenCount } = fields(value['usageMetadata']) as { promptTokenCount: number; candidatesTokenCount: number }
    const thoughtsTokenCount = measure(page, 7)
    const usageMetadata = {
      promptTokenCount,
      candidatesTokenCount,
      totalTokenCount: promptTokenCount + candidatesTokenCount + thoughtsTokenCount,
      cachedContentTokenCount: measure(page, 5),
      thoughtsTokenCount,
    }
    return { ...whole, usageMetadata }
  })

/** In this form it knows neither cached nor reasoning tokens. */
export const likeResponses: Correction = (line, page) =>
  changeJson(line, (value) => {
    const response = value['object'] === 'response' ? value : fields(value['response'])
    const usage = fields(response['usage'])
    if (usage['input_tokens'] === undefined) return value
    const counted = {
      input_tokens: Number(usage['input_tokens']) + measure(page, 3),
      input_tokens_details: { cached_tokens: measure(page, 3) },
      output_tokens: Number(usage['output_tokens']) + measure(page, 5),
      output_tokens_details: { reasoning_tokens: measure(page, 5) },
      total_tokens: Number(usage['total_tokens']) + measure(page, 3) + measure(page, 5),
    }
    const changed = { ...response, usage: counted }
    return response === value ? changed : { ...value, response: changed }
  })

/** It streams reasoning before it names a role, which LangChain then drops; OpenAI and those who follow it name the role in the first delta. */
export const roleFirst: Correction = (line, page) =>
  page.replyText.includes('"choices"')
    ? line
    : changeJson(line, (value) => {
        const [choice] = Array.isArray(value['choices']) ? value['choices'].map(fields) : []
        if (choice?.['delta'] === undefined) return value
        return { ...value, choices: [{ ...choice, delta: { role: 'assistant', ...fields(choice['delta']) } }] }
      })

/** Its embeddings cost no tokens. */
export const withEmbeddingTokens: Correction = (line, page) =>
  changeJson(line, (value) => {
    if (page.path !== '/v1/embeddings' || value['data'] === undefined) return value
    const tokens = measure(page, 3)
    return { ...value, usage: { prompt_tokens: tokens, total_tokens: tokens } }
  })

/** Besides, they are always numbers; OpenAI packs them as little-endian 32-bit floats when asked for base64. */
export const likeOpenai: Correction = (line, page) =>
  changeJson(roleFirst(withEmbeddingTokens(line, page), page), (value) => {
    if (page.request['encoding_format'] !== 'base64' || !Array.isArray(value['data'])) return value
    return { ...value, data: value['data'].map((row) => ({ ...fields(row), embedding: pack(fields(row)['embedding'] as number[]) })) }
  })

const pack = (vector: readonly number[]): string => Buffer.from(Float32Array.from(vector).buffer).toString('base64')
