// The stage for journeys with real clients: upstreams with their books, one gateway, a client for each pairing, and the comparison of both books.
// Promises: a call is compared with the upstream's own words, tokens one by one and money to the nano-dollar.
// Leaves alone: which calls are made (the journeys).

import { expect } from 'vitest'
import type { PanelRequestDetail } from '../../gateway/contract/panel.ts'
import { createAnthropicSdk, createAnthropicSdk0137 } from './clients/anthropic-sdk.ts'
import { createAiCompatible, createAiOpenai, createAiResponses } from './clients/ai-sdk.ts'
import type { Reach, RealClient } from './clients/client.ts'
import { createGenai } from './clients/genai.ts'
import { createLangchain } from './clients/langchain.ts'
import { createOllamaJs } from './clients/ollama-js.ts'
import { createOpenaiResponses } from './clients/openai-responses.ts'
import { createOpenaiSdk } from './clients/openai-sdk.ts'
import { createWatchedFetch, type Seen } from './clients/watched-fetch.ts'
import { exactBill } from './exact-bill.ts'
import { startHouse, type House } from './house.ts'
import { startUpstreams, type Dialect, type Upstream, type Upstreams } from './mock-upstreams.ts'
import type { Page } from './upstream-book.ts'
import { completionOf, promptOf, type Tokens } from './upstream-usage.ts'

export const clientMakers = {
  openai: createOpenaiSdk,
  'openai-responses': createOpenaiResponses,
  langchain: createLangchain,
  'ai-openai': createAiOpenai,
  'ai-responses': createAiResponses,
  'ai-compatible': createAiCompatible,
  anthropic: createAnthropicSdk,
  'anthropic-0137': createAnthropicSdk0137,
  'ollama-js': createOllamaJs,
  genai: createGenai,
} as const
export type ClientId = keyof typeof clientMakers
/** By the dialect they speak with the gateway. */
export const openaiClients = ['openai', 'langchain', 'ai-openai', 'ai-compatible'] as const satisfies readonly ClientId[]
/** Those whose dialect has embeddings. */
export const embeddingClients = [...openaiClients, 'openai-responses', 'ai-responses', 'ollama-js', 'genai'] as const
export const anthropicClients: readonly ClientId[] = ['anthropic', 'anthropic-0137']
export const responsesClients: readonly ClientId[] = ['openai-responses', 'ai-responses']
export const clientIds: readonly ClientId[] = [...openaiClients, ...responsesClients, ...anthropicClients, 'ollama-js', 'genai']
export function dialectOf(client: ClientId): Dialect {
  if (client === 'ollama-js') return 'ollama'
  if (client === 'genai') return 'gemini'
  if (responsesClients.includes(client)) return 'responses'
  return anthropicClients.includes(client) ? 'anthropic' : 'openai'
}

export interface Scene {
  readonly house: House
  readonly upstreams: Upstreams
  /** A virtual key with a hard budget that no journey reaches. */
  readonly budgetedKey: string
  /** One without: for what a hard budget refuses because nothing bounds it. */
  readonly openKey: string
  stop(): Promise<void>
}

export async function startScene(): Promise<Scene> {
  const upstreams = await startUpstreams()
  const house = await startHouse({ config: upstreams.config, env: { MOCK_KEY: 'sk-mock' } })
  const [budgeted, open] = [await house.key({ max_budget: 1000 }), await house.key({})]
  return {
    house,
    upstreams,
    budgetedKey: budgeted.key,
    openKey: open.key,
    async stop() {
      await house.stop()
      await upstreams.close()
    },
  }
}

/** One request of a client, from both sides. */
export interface Leg {
  readonly seen: Seen
  readonly row: PanelRequestDetail
  readonly page: Page
  readonly tokens: Tokens
}
export interface Outcome<T> {
  readonly result: T
  readonly legs: readonly Leg[]
}
export interface Order {
  readonly upstream: Upstream
  readonly client: ClientId
  readonly apiKey?: string
}

/** Makes a client's call and checks every request it caused against the upstream's book. */
export async function perform<T>(scene: Scene, order: Order, act: (client: RealClient) => Promise<T>): Promise<Outcome<T>> {
  const watched = createWatchedFetch()
  const from = order.upstream.book.pages.length
  const result = await act(createClient(scene, { ...order, fetch: watched.fetch, retries: 0 }))
  const seen = watched.take()
  const pages = order.upstream.book.pages.slice(from)
  expect(pages, 'one dispatch for each request').toHaveLength(seen.length)
  const legs = await Promise.all(seen.map(async (one, index) => await audit(scene, { order, seen: one, page: pages[index] })))
  return { result, legs }
}

/** `retries`: how often the SDK tries again by itself; undefined = its own default. */
export function createClient(scene: Scene, order: Order & { readonly fetch: Reach['fetch']; readonly retries?: number }): RealClient {
  const { upstream, fetch, retries } = order
  const reach = { baseUrl: scene.house.baseUrl, apiKey: order.apiKey ?? scene.budgetedKey, model: upstream.model, fetch }
  return clientMakers[order.client](retries === undefined ? reach : { ...reach, retries })
}

async function audit(scene: Scene, { order, seen, page }: { order: Order; seen: Seen; page: Page | undefined }): Promise<Leg> {
  if (page === undefined) throw new Error('the upstream was not asked')
  const { upstream } = order
  const tokens = upstream.book.tokensOf(page)
  if (tokens === null) throw new Error(`the upstream reported no tokens: ${page.replyText.slice(0, 300)}`)
  const row = await scene.house.closedRow(seen.requestId)
  expect(page).toMatchObject({ status: 200, complete: true })
  expect(row).toMatchObject({
    end: 'answered',
    status: 200,
    attempts: 1,
    model: upstream.model,
    provenance: 'reported',
    unpriced: false,
    promptTokens: promptOf(tokens),
    completionTokens: completionOf(tokens),
    cachedTokens: tokens.cacheRead,
    reasoningTokens: tokens.reasoning,
    costUsd: exactBill(tokens, upstream.prices),
  })
  return { seen, row, page, tokens }
}
