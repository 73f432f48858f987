// The official `openai` SDK on the Responses API: `.create()`, `.stream()`, `.parse()`, and the loop its documentation shows for tools.
// Promises: SDK defaults everywhere, retries included unless told otherwise. Leaves alone: what the answers should be; embeddings.

import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import type { Response, ResponseCreateParamsNonStreaming, ResponseInput } from 'openai/resources/responses/responses'
import { z } from 'zod'
import { piecesBeforeLeaving, weather, type Reach, type RealClient, type Said } from './client.ts'

type More = Omit<ResponseCreateParamsNonStreaming, 'model' | 'input'>

const tools = [
  {
    type: 'function' as const,
    name: weather.name,
    description: weather.description,
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
    strict: true,
  },
]
const effort: More = { reasoning: { effort: 'low', summary: 'auto' }, max_output_tokens: 3000 }

export function createOpenaiResponses(reach: Reach): RealClient {
  const { model } = reach
  const client = new OpenAI({
    baseURL: reach.baseUrl,
    apiKey: reach.apiKey,
    fetch: reach.fetch,
    ...(reach.retries === undefined ? {} : { maxRetries: reach.retries }),
  })
  const create = async (input: string | ResponseInput, more: More = {}): Promise<Said> =>
    toSaid(await client.responses.create({ ...more, model, input, stream: false }), 0)
  const stream = async (input: string, more: More = {}): Promise<Said> => {
    const running = client.responses.stream({ ...more, model, input, stream: true })
    let pieces = 0
    for await (const event of running) if (event.type === 'response.output_text.delta') pieces += 1
    return toSaid(await running.finalResponse(), pieces)
  }
  return {
    name: 'openai 7, responses',
    ask: async (prompt) => await create(prompt),
    stream: async (prompt) => await stream(prompt),
    leave: async (prompt) => await leave(client, model, prompt),
    askTools: async (prompt) => await create(prompt, { tools, tool_choice: 'auto', parallel_tool_calls: true }),
    streamTools: async (prompt) => await stream(prompt, { tools }),
    converse: async (prompt, reasons) => await converse(client, { ...(reasons ? effort : {}), model, tools, input: prompt }),
    see: async (text, url) =>
      await create([
        {
          role: 'user',
          content: [
            { type: 'input_text', text },
            { type: 'input_image', image_url: url, detail: 'low' },
          ],
        },
      ]),
    async askData(prompt) {
      const format = zodTextFormat(z.object({ city: z.string(), degrees: z.number() }), 'weather_report')
      return { value: (await client.responses.parse({ model, input: prompt, text: { format } })).output_parsed }
    },
    reason: async (prompt, streamed) => await (streamed ? stream : create)(prompt, effort),
    embed: () => null,
  }
}

/** Everything that came goes back, and the results behind it, here not in the order of the calls. */
async function converse(client: OpenAI, body: ResponseCreateParamsNonStreaming & { readonly input: string }): Promise<Said> {
  const first = await client.responses.create(body)
  const results = first.output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: weather.run((JSON.parse(item.arguments) as { city: string }).city) }]
      : [],
  )
  const input = [{ role: 'user', content: body.input }, ...first.output, ...results.reverse()] as ResponseInput
  return toSaid(await client.responses.create({ ...body, input }), 0)
}

async function leave(client: OpenAI, model: string, input: string): Promise<void> {
  let pieces = 0
  // Leaving the loop aborts the request.
  for await (const event of await client.responses.create({ model, input, stream: true }))
    if (event.type === 'response.output_text.delta' && ++pieces === piecesBeforeLeaving) break
}

/** This API says whether a reply is complete, and leaves it to the application to see calls in it. */
function toSaid(reply: Response, pieces: number): Said {
  const calls = reply.output.flatMap((item) => (item.type === 'function_call' ? [{ name: item.name, input: JSON.parse(item.arguments) as unknown }] : []))
  const summaries = reply.output.flatMap((item) => (item.type === 'reasoning' ? item.summary.map((part) => part.text) : []))
  return {
    text: reply.output_text,
    reasoning: summaries.join(''),
    calls,
    tokens: reply.usage === undefined ? null : { prompt: reply.usage.input_tokens, completion: reply.usage.output_tokens },
    finish: reply.status === 'completed' ? (calls.length > 0 ? 'tool_calls' : 'stop') : (reply.status ?? null),
    pieces,
  }
}
