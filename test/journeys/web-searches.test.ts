// What a vendor looks up on the web while it answers: sold by the search, on every way a reply can be read, and only as far as it can be true.
// Promises: a real gateway and its books, prices of the bundled list; a vendor that reports searches as its documents show them.
// Leaves alone: the tokens of what was found, which every vendor counts as input.
// Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool and https://platform.openai.com/docs/guides/tools-web-search, as known 2026-11-22.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'

const event = (type: string, fields: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
let searches = 0
let outputTokens = 100

function messages(stream: boolean): string {
  const usage = { input_tokens: 1000, output_tokens: outputTokens, server_tool_use: { web_search_requests: searches } }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5', stop_reason: 'end_turn', stop_sequence: null }
  if (!stream) return JSON.stringify({ ...message, content: [{ type: 'text', text: 'Found.' }], usage })
  return [
    event('message_start', { message: { ...message, content: [], stop_reason: null, usage: { input_tokens: 1000, output_tokens: 1 } } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Found.' } }),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }),
    event('message_stop', {}),
  ].join('')
}

function responses(stream: boolean): string {
  const calls = Array.from({ length: searches }, (_, index) => ({
    id: `ws_${index}`,
    type: 'web_search_call',
    status: 'completed',
    action: { type: 'search', query: 'q' },
  }))
  const opened = { id: 'ws_page', type: 'web_search_call', status: 'completed', action: { type: 'open_page', url: 'https://example.com' } }
  const said = { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: 'Found.', annotations: [] }] }
  const usage = { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 }
  const response = { id: 'resp_1', object: 'response', status: 'completed', model: 'gpt-5', output: [...calls, opened, said], usage }
  return stream ? event('response.completed', { response, sequence_number: 1 }) : JSON.stringify(response)
}

function gemini(stream: boolean): string {
  const candidate = { content: { role: 'model', parts: [{ text: 'Found.' }] }, finishReason: 'STOP', index: 0 }
  const grounding = searches === 0 ? {} : { groundingMetadata: { webSearchQueries: Array.from({ length: searches }, (_, index) => `query ${index}`) } }
  const usageMetadata = { promptTokenCount: 1000, candidatesTokenCount: 100, totalTokenCount: 1100 }
  const reply = JSON.stringify({ candidates: [{ ...candidate, ...grounding }], usageMetadata, modelVersion: 'gemini-3.5-flash', responseId: 'g1' })
  return stream ? `data: ${reply}\r\n\r\n` : reply
}

const vendor = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const [path = ''] = (request.url ?? '').split('?')
    const stream = Buffer.concat(pieces).includes('"stream":true') || path.endsWith(':streamGenerateContent')
    response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
    response.end(path.includes('gemini') ? gemini(stream) : path === '/v1/responses' ? responses(stream) : messages(stream))
  })
})

const geminiPrices = 'input_cost_per_token: 0.000001, output_cost_per_token: 0.00001, search_context_cost_per_query: { search_context_size_medium: 0.014 }'
let house: House
let key = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
  house = await startHouse({
    config: [
      'model_list:',
      `  - { model_name: sonnet, litellm_params: { model: anthropic/claude-sonnet-4-5, api_base: "${origin}", api_key: os.environ/VENDOR_KEY } }`,
      `  - { model_name: gpt, litellm_params: { model: openai/gpt-5, api_base: "${origin}/v1", api_key: os.environ/VENDOR_KEY }, model_info: { mode: responses } }`,
      // As LiteLLM's map has them; no reply tells what is free to an account, so the bundled list sells no search of Google's.
      `  - { model_name: gemini, litellm_params: { model: gemini/gemini-3.5-flash, api_base: "${origin}/v1beta", api_key: os.environ/VENDOR_KEY, ${geminiPrices} } }`,
      `  - { model_name: gemini-listed, litellm_params: { model: gemini/gemini-3.5-flash, api_base: "${origin}/v1beta", api_key: os.environ/VENDOR_KEY } }`,
    ].join('\n'),
    env: { VENDOR_KEY: 'sk-vendor' },
  })
  ;({ key } = await house.key({}))
})
afterAll(async () => {
  await house.stop()
  vendor.closeAllConnections()
  vendor.close()
})

/** @returns what the call cost by the ledger, in dollars */
async function costOf(path: string, body: object): Promise<string> {
  const response = await fetch(`${house.gateway.origin}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(body),
  })
  const said = await response.text()
  expect([response.status, said.includes('Found.')], said).toEqual([200, true])
  return (await house.lastRow()).costUsd
}
const asked = [{ role: 'user', content: 'what is new?' }]
const sonnet = { model: 'sonnet', max_tokens: 1000, messages: asked, tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 5 }] }
const gpt = { model: 'gpt', input: 'what is new?', tools: [{ type: 'web_search' }] }
// 1,000 and 100 tokens at $3 and $15, and at $1.25 and $10 a million; $10 a thousand searches at both.
const google = { contents: [{ role: 'user', parts: [{ text: 'what is new?' }] }], tools: [{ googleSearch: {} }] }
const geminiPath = (model: string, stream: boolean): string => `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`
const sonnetCost = (count: number): string => (0.0045 + count * 0.01).toFixed(9)
const gptCost = (count: number): string => (0.00225 + count * 0.01).toFixed(9)

describe.each([false, true])('a search on the web (streamed: %s)', (stream) => {
  it.each([0, 1, 3])('costs its price at Anthropic, %s times', async (count) => {
    searches = count
    expect(await costOf('/v1/messages', { ...sonnet, stream })).toBe(sonnetCost(count))
  })
  it.each([0, 1, 3])('costs its price at OpenAI, %s times, where opening a page costs nothing', async (count) => {
    searches = count
    expect(await costOf('/v1/responses', { ...gpt, stream })).toBe(gptCost(count))
  })
  it.each([0, 1, 3])('costs at Google what was set for a query, %s times, and nothing where nothing was set', async (count) => {
    searches = count
    expect(await costOf(geminiPath('gemini', stream), google)).toBe((0.002 + count * 0.014).toFixed(9))
    expect(await costOf(geminiPath('gemini', stream), { ...google, tools: undefined })).toBe((0.002).toFixed(9))
    const plain = await costOf(geminiPath('gemini-listed', stream), google)
    searches = 0
    expect(await costOf(geminiPath('gemini-listed', stream), google)).toBe(plain)
  })
  it('that nobody can have asked for costs nothing: without a tool, or more of them than words', async () => {
    searches = 5
    expect(await costOf('/v1/messages', { ...sonnet, tools: undefined, stream })).toBe(sonnetCost(0))
    searches = 101
    expect(await costOf('/v1/messages', { ...sonnet, stream })).toBe(sonnetCost(0))
  })
  it('does not become true by tokens that nobody can have written', async () => {
    searches = outputTokens = 900_000_000
    // What was said is counted: two tokens or so, which are fewer than the searches.
    expect(Number(await costOf('/v1/messages', { ...sonnet, stream }))).toBeLessThan(0.01)
    outputTokens = 100
  })
})
