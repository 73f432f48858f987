// Anthropic's own SDK, the current version and the last that sends its key as `x-api-key` and asks for the older version of the API.
// Promises: SDK defaults everywhere, retries included unless told otherwise. Leaves alone: what the answers should be.

import AnthropicNow from '@anthropic-ai/sdk'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import type { ContentBlockParam, Message, MessageCreateParamsNonStreaming, MessageParam, Tool } from '@anthropic-ai/sdk/resources/messages'
import AnthropicBefore from 'anthropic-sdk-0137'
import { z } from 'zod'
import { piecesBeforeLeaving, weather, type Reach, type RealClient, type Said } from './client.ts'

const tools: Tool[] = [
  {
    name: weather.name,
    description: weather.description,
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
]
const thinking = { thinking: { type: 'enabled' as const, budget_tokens: 1024 }, max_tokens: 3000 }
type More = Partial<MessageCreateParamsNonStreaming>

export function createAnthropicSdk(reach: Reach): RealClient {
  return createClient('Anthropic SDK 1.12', new AnthropicNow(optionsOf(reach)), reach.model)
}

export function createAnthropicSdk0137(reach: Reach): RealClient {
  // What is used of it here is the same; only the types of the two are strangers to each other.
  return createClient('Anthropic SDK 0.137', new AnthropicBefore(optionsOf(reach)) as unknown as AnthropicNow, reach.model)
}

/** It appends `/v1/messages` itself. */
function optionsOf(reach: Reach): { baseURL: string; apiKey: string; fetch: Reach['fetch']; maxRetries?: number } {
  const options = { baseURL: new URL(reach.baseUrl).origin, apiKey: reach.apiKey, fetch: reach.fetch }
  return reach.retries === undefined ? options : { ...options, maxRetries: reach.retries }
}

function createClient(name: string, client: AnthropicNow, model: string): RealClient {
  const body = (content: MessageParam['content'], more: More): MessageCreateParamsNonStreaming => ({
    max_tokens: 2000,
    ...more,
    model,
    messages: [{ role: 'user', content }],
  })
  const create = async (content: MessageParam['content'], more: More = {}): Promise<Said> => toSaid(await client.messages.create(body(content, more)), 0)
  const stream = async (content: string, more: More = {}): Promise<Said> => {
    const running = client.messages.stream(body(content, more))
    let pieces = 0
    running.on('text', () => void (pieces += 1))
    return toSaid(await running.finalMessage(), pieces)
  }
  return {
    name,
    ask: async (prompt) => await create(prompt),
    stream: async (prompt) => await stream(prompt),
    async leave(prompt) {
      const events = await client.messages.create({ ...body(prompt, {}), stream: true })
      let pieces = 0
      // Leaving the loop aborts the request.
      for await (const event of events) if (event.type === 'content_block_delta' && ++pieces === piecesBeforeLeaving) break
    },
    askTools: async (prompt) => await create(prompt, { tools, tool_choice: { type: 'auto' } }),
    streamTools: async (prompt) => await stream(prompt, { tools }),
    converse: async (prompt, reasons) => await converse(client, { ...body(prompt, { tools, ...(reasons ? thinking : {}) }) }),
    see: async (prompt, url) => await create([{ type: 'text', text: prompt }, toImage(url)]),
    async askData(prompt) {
      const format = zodOutputFormat(z.object({ city: z.string(), degrees: z.number() }))
      const reply = await client.messages.parse({ ...body(prompt, {}), output_config: { format } })
      return { value: reply.parsed_output }
    },
    reason: async (prompt, streamed) => await (streamed ? stream : create)(prompt, thinking),
    embed: () => null,
  }
}

/** The loop that the documentation shows: the reply goes back as it came, thinking included. */
async function converse(client: AnthropicNow, body: MessageCreateParamsNonStreaming): Promise<Said> {
  const first = await client.messages.create(body)
  const results = first.content.flatMap((block): ContentBlockParam[] =>
    block.type === 'tool_use' ? [{ type: 'tool_result', tool_use_id: block.id, content: weather.run((block.input as { city: string }).city) }] : [],
  )
  // Not in the order of the calls: a result belongs to its call by id.
  const messages: MessageParam[] = [...body.messages, { role: 'assistant', content: first.content }, { role: 'user', content: results.reverse() }]
  return toSaid(await client.messages.create({ ...body, messages }), 0)
}

function toImage(dataUrl: string): ContentBlockParam {
  const [, , data = ''] = /^data:(image\/png);base64,(.*)$/.exec(dataUrl) ?? []
  return { type: 'image', source: { type: 'base64', media_type: 'image/png', data } }
}

/** As the other clients would say it, so that all can be compared. */
const finishes: Readonly<Record<string, string>> = { end_turn: 'stop', tool_use: 'tool_calls', max_tokens: 'length' }

function toSaid({ content, usage, stop_reason: stop }: Message, pieces: number): Said {
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: content.flatMap((block) => (block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [])),
    tokens: {
      prompt: usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0),
      completion: usage.output_tokens,
    },
    finish: stop === null ? null : (finishes[stop] ?? stop),
    pieces,
  }
}
