// What an upstream said it used, read from the raw text of its reply by code of the tests' own.
// Promises: shares nothing with the gateway's readers, so that agreeing with them means something.
// Leaves alone: prices (exact-bill.ts). Sources: OpenAI's CompletionUsage and ResponseUsage schemas (github.com/openai/openai-openapi),
// platform.claude.com/docs/en/build-with-claude/prompt-caching, docs.ollama.com/api/chat,
// ai.google.dev/api/generate-content, docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html, all as known 2026-11-21.

/** Disjoint counts: `input` is what was neither read from nor written to a cache, `output` what was not reasoning. */
export interface Tokens {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly cacheWrite1h: number
  readonly output: number
  readonly reasoning: number
}

type Fields = Record<string, unknown>

/** null: the reply says nothing about tokens. Works on one JSON object, server-sent events and lines of JSON alike. */
export function readTokens(replyText: string): Tokens | null {
  const objects = replyText.split('\n').flatMap((line) => parseLine(line.replace(/^data:\s*/, '')))
  const usages = objects
    .flatMap((object) => [fields(fields(object['message'])['usage']), fields(fields(object['response'])['usage']), fields(object['usage'])])
    .filter((usage) => Object.keys(usage).length > 0)
  if (usages.length > 0) {
    const usage: Fields = Object.assign({}, ...usages)
    if (usage['inputTokens'] !== undefined) return converse(usage)
    if (usage['input_tokens'] === undefined) return openai(usage)
    return usage['input_tokens_details'] === undefined ? anthropic(usage) : responses(usage)
  }
  const google = objects.findLast((object) => object['usageMetadata'] !== undefined)
  if (google !== undefined) return gemini(fields(google['usageMetadata']))
  const last = objects.findLast((object) => object['prompt_eval_count'] !== undefined)
  return last === undefined ? null : { ...none, input: count(last['prompt_eval_count']), output: count(last['eval_count']) }
}

export const promptOf = (tokens: Tokens): number => tokens.input + tokens.cacheRead + tokens.cacheWrite + tokens.cacheWrite1h
export const completionOf = (tokens: Tokens): number => tokens.output + tokens.reasoning

const none: Tokens = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, reasoning: 0 }

function openai(usage: Fields): Tokens {
  const cacheRead = count(fields(usage['prompt_tokens_details'])['cached_tokens'])
  const reasoning = count(fields(usage['completion_tokens_details'])['reasoning_tokens'])
  return { ...none, input: count(usage['prompt_tokens']) - cacheRead, cacheRead, output: count(usage['completion_tokens']) - reasoning, reasoning }
}

/** The same counting under other names. */
const responses = (usage: Fields): Tokens =>
  openai({
    prompt_tokens: usage['input_tokens'],
    completion_tokens: usage['output_tokens'],
    prompt_tokens_details: usage['input_tokens_details'],
    completion_tokens_details: usage['output_tokens_details'],
  })

function anthropic(usage: Fields): Tokens {
  const cacheWrite1h = count(fields(usage['cache_creation'])['ephemeral_1h_input_tokens'])
  const cacheWrite = count(usage['cache_creation_input_tokens']) - cacheWrite1h
  return {
    ...none,
    input: count(usage['input_tokens']),
    cacheRead: count(usage['cache_read_input_tokens']),
    cacheWrite,
    cacheWrite1h,
    output: count(usage['output_tokens']),
  }
}

/** The same counting under other names; what was written for an hour stands in a list by duration. */
function converse(usage: Fields): Tokens {
  const details = Array.isArray(usage['cacheDetails']) ? usage['cacheDetails'].map(fields) : []
  const ephemeral_1h_input_tokens = count(details.find((row) => row['ttl'] === '1h')?.['inputTokens'])
  return anthropic({
    input_tokens: usage['inputTokens'],
    output_tokens: usage['outputTokens'],
    cache_read_input_tokens: usage['cacheReadInputTokens'],
    cache_creation_input_tokens: usage['cacheWriteInputTokens'],
    cache_creation: { ephemeral_1h_input_tokens },
  })
}

/** Thoughts are counted beside the answer, cached tokens inside the prompt. */
function gemini(usage: Fields): Tokens {
  const cacheRead = count(usage['cachedContentTokenCount'])
  return {
    ...none,
    input: count(usage['promptTokenCount']) - cacheRead,
    cacheRead,
    output: count(usage['candidatesTokenCount']),
    reasoning: count(usage['thoughtsTokenCount']),
  }
}

const count = (value: unknown): number => (typeof value === 'number' ? value : 0)
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})

function parseLine(line: string): readonly Fields[] {
  if (!line.startsWith('{')) return []
  return [JSON.parse(line) as Fields]
}
