// One @copilotkit/aimock server behind recording proxies: the upstreams that real clients are tried against.
// Promises: every reply reports other token counts than the one before; what each upstream is asked for and answers is in its book.
// Leaves alone: the gateway's own behaviour (the journeys), the mock's faults (mock-corrections.ts,
// bedrock-corrections.ts); signatures, where a key in a header does as well (bedrock-door.ts).

import { LLMock, type ChatCompletionRequest, type FixtureResponse, type TextResponse, type ToolCallResponse } from '@copilotkit/aimock'
import { likeConverse, likeConverseStream, likeInvoke, likeInvokeStream } from './bedrock-corrections.ts'
import type { PriceFields } from './exact-bill.ts'
import { likeAnthropic, likeGemini, likeOllama, likeOpenai, likeResponses, roleFirst, withEmbeddingTokens } from './mock-corrections.ts'
import { cities, prompts, said, signature } from './mock-words.ts'
import { startUpstreamBook, type Corrections, type UpstreamBook } from './upstream-book.ts'

export const upstreamIds = ['openai', 'responses', 'openrouter', 'anthropic', 'ollama', 'floats-only', 'gemini', 'vertex', 'converse', 'invoke'] as const
export type UpstreamId = (typeof upstreamIds)[number]
/** The wire a gateway speaks with it. */
export type Dialect = 'openai' | 'responses' | 'anthropic' | 'ollama' | 'gemini' | 'converse'

export interface Upstream {
  readonly id: UpstreamId
  readonly dialect: Dialect
  /** The public name in the gateway. */
  readonly model: string
  readonly prices: PriceFields
  /** A call that is broken off is billed to its end. */
  readonly billsWhole: boolean
  readonly book: UpstreamBook
}
export interface Upstreams {
  readonly all: Readonly<Record<UpstreamId, Upstream>>
  /** A LiteLLM configuration with one deployment for each. */
  readonly config: string
  close(): Promise<void>
}

interface Plan extends Corrections {
  readonly dialect: Dialect
  /** LiteLLM's model text. */
  readonly target: string
  readonly basePath: string
  /** Further fields of the deployment, as YAML. */
  readonly more?: string
  /** LiteLLM's `model_info.mode`. */
  readonly mode?: string
  readonly prices: PriceFields
  readonly billsWhole?: true
}

// Prices with and without fractions of a nano-dollar per token.
const plans: Readonly<Record<UpstreamId, Plan>> = {
  openai: {
    dialect: 'openai',
    target: 'openai/gpt-mock',
    basePath: '/v1',
    correct: likeOpenai,
    prices: { input_cost_per_token: '0.0000025', output_cost_per_token: '0.00001' },
  },
  // A model that speaks nothing else.
  responses: {
    dialect: 'responses',
    target: 'openai/o4-responses',
    basePath: '/v1',
    mode: 'responses',
    correct: likeResponses,
    prices: { input_cost_per_token: '0.0000011', cache_read_input_token_cost: '0.000000275', output_cost_per_token: '0.0000044' },
  },
  // The mock reports cached and reasoning tokens on this base only, and starts streams with comments there.
  openrouter: {
    dialect: 'openai',
    target: 'openai/vendor/o4-mock',
    basePath: '/api/v1',
    correct: roleFirst,
    prices: {
      input_cost_per_token: '0.0000004321',
      cache_read_input_token_cost: '0.00000010805',
      output_cost_per_token: '0.0000017654',
      output_cost_per_reasoning_token: '0.0000019999',
    },
  },
  anthropic: {
    dialect: 'anthropic',
    target: 'anthropic/claude-sonnet-4-5',
    basePath: '',
    correct: likeAnthropic,
    // In its strict mode the mock refuses, as the vendor does, to go on after a tool call whose reasoning does not come back.
    more: ', extra_headers: { X-AIMock-Strict: "true" }',
    prices: {
      input_cost_per_token: '0.000003',
      cache_read_input_token_cost: '0.0000003',
      cache_creation_input_token_cost: '0.00000375',
      cache_creation_input_token_cost_above_1hr: '0.000006',
      output_cost_per_token: '0.000015',
    },
  },
  ollama: {
    dialect: 'ollama',
    target: 'ollama_chat/qwen3-mock',
    basePath: '',
    correct: likeOllama,
    prices: { input_cost_per_token: '0.0000000123', output_cost_per_token: '0.0000000457' },
  },
  'floats-only': {
    dialect: 'openai',
    target: 'openai/embed-mock',
    basePath: '/v1',
    correct: withEmbeddingTokens,
    prices: { input_cost_per_token: '0.0000000211', output_cost_per_token: '0' },
  },
  gemini: {
    dialect: 'gemini',
    target: 'gemini/gemini-2.5-flash',
    basePath: '/v1beta',
    correct: likeGemini,
    prices: {
      input_cost_per_token: '0.0000003017',
      cache_read_input_token_cost: '0.0000000301',
      output_cost_per_token: '0.0000025003',
      output_cost_per_reasoning_token: '0.0000027001',
    },
    billsWhole: true,
  },
  // The same dialect at a project's own address.
  vertex: {
    dialect: 'gemini',
    target: 'vertex_ai/gemini-2.5-flash',
    basePath: '/v1/projects/mock-project/locations/europe-west4',
    correct: likeGemini,
    prices: { input_cost_per_token: '0.0000003319', cache_read_input_token_cost: '0.0000000332', output_cost_per_token: '0.0000027507' },
    billsWhole: true,
  },
  // Amazon Bedrock, whose streams are binary: Converse for everybody, and a Claude by InvokeModel, which is Anthropic's dialect in AWS's envelope.
  converse: {
    dialect: 'converse',
    target: 'bedrock/converse/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    basePath: '',
    correct: likeConverse,
    correctEvents: likeConverseStream,
    more: ', aws_region_name: us-east-1',
    prices: {
      input_cost_per_token: '0.0000033',
      cache_read_input_token_cost: '0.00000033',
      cache_creation_input_token_cost: '0.000004125',
      cache_creation_input_token_cost_above_1hr: '0.0000066',
      output_cost_per_token: '0.0000165',
    },
    billsWhole: true,
  },
  invoke: {
    dialect: 'anthropic',
    target: 'bedrock/invoke/eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
    basePath: '',
    correct: likeInvoke,
    correctEvents: likeInvokeStream,
    more: ', aws_region_name: eu-central-1',
    prices: {
      input_cost_per_token: '0.0000034567',
      cache_read_input_token_cost: '0.00000034567',
      cache_creation_input_token_cost: '0.0000043209',
      cache_creation_input_token_cost_above_1hr: '0.0000069134',
      output_cost_per_token: '0.0000172835',
    },
    billsWhole: true,
  },
}

export async function startUpstreams(): Promise<Upstreams> {
  // Small pieces, so that streams really are streams.
  const mock = new LLMock({ port: 0, chunkSize: 6, logLevel: 'silent' })
  addFixtures(mock)
  await mock.start()
  const all = Object.fromEntries(await Promise.all(upstreamIds.map(async (id) => [id, await startUpstream(id, mock.url)] as const))) as Record<
    UpstreamId,
    Upstream
  >
  return {
    all,
    config: `model_list:${upstreamIds.map((id) => toEntry(all[id])).join('')}\nrouter_settings: { num_retries: 0 }\n`,
    async close() {
      await Promise.all(upstreamIds.map(async (id) => await all[id].book.close()))
      await mock.stop()
    },
  }
}

async function startUpstream(id: UpstreamId, mockUrl: string): Promise<Upstream> {
  const { dialect, prices, billsWhole = false } = plans[id]
  return { id, dialect, model: `via-${id}`, prices, billsWhole, book: await startUpstreamBook(mockUrl, plans[id]) }
}

function toEntry({ id, model, prices, book }: Upstream): string {
  const { target, basePath, more = '', mode } = plans[id]
  const costs = Object.entries(prices).map(([name, price]) => `, ${name}: ${price}`)
  return `
  - model_name: ${model}
    litellm_params: { model: ${target}, api_base: "${book.origin}${basePath}", api_key: os.environ/MOCK_KEY${costs.join('')}${more} }${mode === undefined ? '' : `\n    model_info: { mode: ${mode} }`}`
}

function addFixtures(mock: LLMock): void {
  const usage = createUsages()
  const toolCalls = cities.map((city, index) => ({ id: `call_mock_${index}`, name: 'weather', arguments: JSON.stringify({ city }) }))
  const answer = (reply: TextResponse | ToolCallResponse) => (): FixtureResponse => ({ ...reply, usage: usage() })
  mock
    .on({ userMessage: prompts.ponder, hasToolResult: true }, answer({ content: said.after, reasoning: said.reasoning }))
    .on({ userMessage: prompts.ponder }, answer({ toolCalls, reasoning: said.reasoning, reasoningSignature: signature }))
    .on({ userMessage: prompts.tools, hasToolResult: true }, answer({ content: said.after }))
    .on({ userMessage: prompts.tools }, answer({ toolCalls }))
    .on({ userMessage: prompts.plain }, answer({ content: said.plain }), { openRouterProcessing: true })
    // Without a usage of its own the mock counts a quarter of the text's length.
    .on({ userMessage: prompts.guessed }, { content: said.plain })
    .on({ userMessage: prompts.picture }, answer({ content: said.picture }))
    .on({ userMessage: prompts.slow }, answer({ content: 'slowly '.repeat(400) }), { latency: 10 })
    .on({ userMessage: prompts.data }, answer({ content: JSON.stringify(said.data) }))
    .on({ userMessage: prompts.reason }, answer({ content: said.reasoned, reasoning: said.reasoning }))
    .on({ predicate: (request: ChatCompletionRequest) => failureIn(request) !== null }, (request) => failureIn(request) ?? { content: '' })
}

/** `fail with 429` in the last message makes the mock fail so. */
function failureIn(request: ChatCompletionRequest): FixtureResponse | null {
  const status = Number(/fail with (\d{3})/.exec(JSON.stringify(request.messages.at(-1)))?.[1] ?? 0)
  if (status === 0) return null
  return {
    status,
    retryAfter: 1,
    error: { message: `the mock fails with ${status}`, type: status < 500 ? 'invalid_request_error' : 'server_error', code: `mock_${status}` },
  }
}

function createUsages(): () => NonNullable<TextResponse['usage']> {
  let calls = 0
  return () => {
    calls += 1
    return {
      prompt_tokens: 1000 + 13 * calls,
      completion_tokens: 100 + 7 * calls,
      prompt_tokens_details: { cached_tokens: 400 + calls },
      completion_tokens_details: { reasoning_tokens: 20 + calls },
    }
  }
}
