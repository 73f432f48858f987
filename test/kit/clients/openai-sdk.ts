// The official `openai` SDK, used through its own conveniences: `.stream()`, `.parse()`, `.runTools()`.
// Promises: SDK defaults everywhere, retries included unless told otherwise. Leaves alone: what the answers should be.

import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import type { ChatCompletion, ChatCompletionCreateParamsNonStreaming, ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import { z } from 'zod'
import { piecesBeforeLeaving, weather, type Embedded, type Encoding, type Reach, type RealClient, type Said } from './client.ts'

const tools = [
  {
    type: 'function' as const,
    function: {
      name: weather.name,
      description: weather.description,
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
]

const effort = { reasoning_effort: 'low' as const, max_completion_tokens: 3000 }

export function createOpenaiSdk(reach: Reach): RealClient {
  const { model } = reach
  const client = new OpenAI({
    baseURL: reach.baseUrl,
    apiKey: reach.apiKey,
    fetch: reach.fetch,
    ...(reach.retries === undefined ? {} : { maxRetries: reach.retries }),
  })
  const create = async (content: ChatCompletionMessageParam['content'], more: Partial<ChatCompletionCreateParamsNonStreaming> = {}): Promise<Said> =>
    toSaid(await client.chat.completions.create({ ...more, model, messages: [{ role: 'user', content: content as string }] }), 0)
  const stream = async (content: string, more: Partial<ChatCompletionCreateParamsNonStreaming> = {}): Promise<Said> => {
    const running = client.chat.completions.stream({
      ...more,
      model,
      messages: [{ role: 'user', content }],
      stream: true,
      stream_options: { include_usage: true },
    })
    let pieces = 0
    let reasoning = ''
    for await (const chunk of running) {
      const delta = (chunk.choices[0]?.delta ?? {}) as { content?: string | null; reasoning_content?: string }
      if ((delta.content ?? '') !== '') pieces += 1
      reasoning += delta.reasoning_content ?? ''
    }
    return { ...toSaid(await running.finalChatCompletion(), pieces), reasoning }
  }
  return {
    name: 'openai 7',
    ask: async (prompt) => await create(prompt),
    stream: async (prompt) => await stream(prompt),
    leave: async (prompt) => await leave(client, model, prompt),
    askTools: async (prompt) => await create(prompt, { tools, tool_choice: 'auto', parallel_tool_calls: true }),
    streamTools: async (prompt) => await stream(prompt, { tools }),
    converse: async (prompt, reasons) => await (reasons ? converseByHand : converse)(client, { model, messages: [{ role: 'user', content: prompt }] }),
    see: async (prompt, url) =>
      await create([
        { type: 'text', text: prompt },
        { type: 'image_url', image_url: { url, detail: 'low' } },
      ]),
    async askData(prompt) {
      const format = zodResponseFormat(z.object({ city: z.string(), degrees: z.number() }), 'weather_report')
      const reply = await client.chat.completions.parse({ model, messages: [{ role: 'user', content: prompt }], response_format: format })
      return { value: reply.choices[0]?.message.parsed }
    },
    reason: async (prompt, streamed) => await (streamed ? stream : create)(prompt, effort),
    embed: (inputs, encoding) => embed(client, { model, inputs, encoding }),
  }
}

async function converse(client: OpenAI, body: ChatCompletionCreateParamsNonStreaming): Promise<Said> {
  const runner = client.chat.completions.runTools({
    ...body,
    tools: [
      {
        type: 'function',
        function: {
          name: weather.name,
          description: weather.description,
          parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
          parse: (text: string) => JSON.parse(text) as { city: string },
          function: ({ city }: { city: string }) => weather.run(city),
        },
      },
    ],
  })
  return toSaid(await runner.finalChatCompletion(), 0)
}

/** The loop most applications write: the message goes back as it came, with members the SDK knows nothing of. `runTools` leaves those out. */
async function converseByHand(client: OpenAI, body: ChatCompletionCreateParamsNonStreaming): Promise<Said> {
  const first = await client.chat.completions.create({ ...body, ...effort, tools })
  const message = first.choices[0]?.message
  if (message === undefined) throw new Error('the reply has no message')
  const results = (message.tool_calls ?? []).flatMap((call) =>
    call.type === 'function'
      ? [{ role: 'tool' as const, tool_call_id: call.id, content: weather.run((JSON.parse(call.function.arguments) as { city: string }).city) }]
      : [],
  )
  // Not in the order of the calls: a result belongs to its call by id.
  return toSaid(await client.chat.completions.create({ ...body, ...effort, tools, messages: [...body.messages, message, ...results.reverse()] }), 0)
}

async function leave(client: OpenAI, model: string, prompt: string): Promise<void> {
  const chunks = await client.chat.completions.create({ model, messages: [{ role: 'user', content: prompt }], stream: true })
  let pieces = 0
  // Leaving the loop aborts the request.
  for await (const chunk of chunks) if ((chunk.choices[0]?.delta.content ?? '') !== '' && ++pieces === piecesBeforeLeaving) break
}

async function embed(client: OpenAI, order: { model: string; inputs: readonly string[]; encoding: Encoding }): Promise<Embedded> {
  const { model, inputs, encoding } = order
  const reply = await client.embeddings.create({ model, input: [...inputs], ...(encoding === 'default' ? {} : { encoding_format: encoding }) })
  return { vectors: reply.data.map((row) => toVector(row.embedding)), tokens: reply.usage.prompt_tokens }
}

/** Asked for base64 by name, the SDK hands the text over as it came. */
function toVector(value: unknown): readonly number[] {
  if (typeof value !== 'string') return Array.from(value as ArrayLike<number>)
  const bytes = Buffer.from(value, 'base64')
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
}

function toSaid(reply: ChatCompletion, pieces: number): Said {
  const [choice] = reply.choices
  const message = choice?.message
  return {
    text: message?.content ?? '',
    reasoning: (message as { reasoning_content?: string } | undefined)?.reasoning_content ?? '',
    calls: (message?.tool_calls ?? []).flatMap((call) =>
      call.type === 'function' ? [{ name: call.function.name, input: JSON.parse(call.function.arguments) }] : [],
    ),
    tokens: reply.usage === undefined ? null : { prompt: reply.usage.prompt_tokens, completion: reply.usage.completion_tokens },
    finish: choice?.finish_reason ?? null,
    pieces,
  }
}
