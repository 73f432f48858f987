// What a streamed call holds in blocks, and what it cannot: reasoning that is billed and that nobody sees.
// Promises: the real providers, models and wires. Leaves alone: how blocks are used up (journeys).

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deploymentId, requestId } from '../../../gateway/contract/ids.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { WireId } from '../../../gateway/contract/request.ts'
import { content } from '../../../gateway/contract/sealed.ts'
import { toDeployment } from '../../../gateway/intake/to-deployment.ts'
import { createBlockOf } from '../../../gateway/prices/block.ts'
import { createPriceBook } from '../../../gateway/prices/price-book.ts'
import { createProviders } from '../../../gateway/providers/index.ts'
import { plainBound } from '../../kit/plain-bound.ts'

const models: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/models.json'), 'utf8'))
const prices = createPriceBook({ models, clock: { nowMs: () => Date.parse('2026-11-22') } })
await prices.load(['openai', 'anthropic', 'aws', 'google'])
const blockOf = createBlockOf({ calibration: { tokensFor: (_id, bytes) => bytes }, outputBlockTokens: 1000 })
const place = { vertex_project: 'p1', vertex_location: 'global', aws_region_name: 'us-east-1' }
const price = { input_cost_per_token: 0.000005, output_cost_per_token: 0.000025 }

interface Sent {
  readonly body?: JsonObject
  readonly params?: JsonObject
  readonly wire?: WireId
}

/** Output tokens of the block; null: the whole call is held. */
function blockFor(model: string, { body = {}, params = {}, wire = 'openai-chat' }: Sent = {}): number | null {
  const deployment = toDeployment(
    { id: deploymentId('d'), modelName: 'm', params: { model, ...place, ...price, ...params }, modelInfo: {}, credential: null },
    {
      findProvider: createProviders([]).find,
      prices,
      credentials: new Map(),
      origin: 'file',
      readVariable: () => undefined,
      defaults: { timeoutMs: null, streamTimeoutMs: null, dropParams: true },
    },
  )
  const json = { model: 'm', stream: true, max_tokens: 128_000, messages: [{ role: 'user', content: 'hi' }], ...body }
  const bytes = Buffer.from(JSON.stringify(json))
  const block = blockOf(
    [deployment],
    { ...plainBound, outputTokensMax: 128_000 },
    {
      id: requestId('req_1'),
      surface: 'openai',
      operation: 'chat',
      wire,
      model: 'm',
      stream: true,
      body: content(bytes),
      json: content(json),
      bodyBytes: bytes.length,
      receivedAtMs: 0,
      trace: { traceId: null, sessionId: null, endUser: null, userAgent: null, clientIp: null, tags: [] },
    },
  )
  return block?.outputTokens ?? null
}

describe('a call to a model that thinks unasked is held whole', () => {
  it.each([
    'openai/gpt-5',
    'anthropic/claude-opus-5',
    'anthropic/claude-opus-5-5',
    'anthropic/claude-sonnet-5-5',
    'anthropic/claude-haiku-5-5',
    'anthropic/claude-fable-5',
    'anthropic/claude-mythos-preview',
    'anthropic/a-name-of-ones-own',
    'vertex_ai/claude-opus-5',
    'vertex_ai/claude-sonnet-5-5@20260928',
    'bedrock/us.anthropic.claude-opus-5-5',
    'bedrock/converse/us.anthropic.claude-sonnet-5-5',
    'bedrock/invoke/anthropic.claude-fable-5',
  ])('%s', (model) => {
    expect(blockFor(model)).toBeNull()
    expect(blockFor(model, { wire: 'anthropic-messages' })).toBeNull()
  })
})

const older = [
  'anthropic/claude-sonnet-4-5',
  'anthropic/claude-opus-4-7',
  'anthropic/claude-3-haiku-20240307',
  'vertex_ai/claude-sonnet-4-5@20250929',
  'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'bedrock/converse/us.anthropic.claude-opus-4-6-v1',
]
describe('a call to a model that thinks when it is asked', () => {
  it.each(older)('is held in blocks where nobody asks: %s', (model) => {
    expect(blockFor(model)).toBe(1000)
  })

  it.each<[string, JsonObject]>([
    ['Chat', { reasoning_effort: 'low' }],
    ['Responses', { reasoning: { effort: 'low' } }],
    ['Messages', { thinking: { type: 'adaptive' } }],
    ['Messages, by an effort that a translation makes thinking of', { output_config: { effort: 'high' } }],
    ['Ollama', { think: true }],
    ['Google', { generationConfig: { thinkingConfig: { thinkingLevel: 'high' } } }],
    ['Converse', { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } } }],
  ])('is held whole where it is asked in the words of %s', (_dialect, body) => {
    for (const model of older) expect(blockFor(model, { body })).toBeNull()
  })

  it('is held whole where its deployment asks', () => {
    expect(blockFor('anthropic/claude-sonnet-4-5', { params: { thinking: { type: 'enabled', budget_tokens: 2000 } } })).toBeNull()
  })

  it('is held in blocks where it is told not to', () => {
    expect(blockFor('anthropic/claude-sonnet-4-5', { body: { reasoning_effort: 'none', think: false } })).toBe(1000)
  })
})
