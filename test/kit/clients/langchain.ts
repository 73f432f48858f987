// LangChain's ChatOpenAI and OpenAIEmbeddings.
// Promises: library defaults; tools are bound, results go back as tool messages, as its documentation shows.
// Leaves alone: what the answers should be.

import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { z } from 'zod'
import { piecesBeforeLeaving, weather, type Embedded, type Encoding, type Reach, type RealClient, type Said } from './client.ts'

type Message = Awaited<ReturnType<ChatOpenAI['invoke']>>

const inputSchema = z.object({ city: z.string() })
const tools = [{ name: weather.name, description: weather.description, schema: inputSchema }]

export function createLangchain(reach: Reach): RealClient {
  const options = {
    model: reach.model,
    apiKey: reach.apiKey,
    configuration: { baseURL: reach.baseUrl, fetch: reach.fetch },
    ...(reach.retries === undefined ? {} : { maxRetries: reach.retries }),
  }
  const chat = new ChatOpenAI(options)
  const thinking = new ChatOpenAI({ ...options, modelKwargs: { reasoning_effort: 'low' }, maxTokens: 3000 })
  const withTools = chat.bindTools(tools)
  return {
    name: 'LangChain 1.6',
    ask: async (prompt) => toSaid(await chat.invoke(prompt), 0),
    stream: async (prompt) => await readStream(await chat.stream(prompt)),
    async leave(prompt) {
      let pieces = 0
      // Leaving the loop aborts the request.
      for await (const chunk of await chat.stream(prompt)) if (chunk.text !== '' && ++pieces === piecesBeforeLeaving) break
    },
    askTools: async (prompt) => toSaid(await withTools.invoke(prompt), 0),
    streamTools: async (prompt) => await readStream(await withTools.stream(prompt)),
    async converse(prompt, reasons) {
      const model = reasons ? thinking.bindTools(tools) : withTools
      const question = { role: 'user', content: prompt }
      const first = await model.invoke([question])
      const results = (first.tool_calls ?? []).map((call) => ({
        role: 'tool',
        content: weather.run(inputSchema.parse(call.args).city),
        tool_call_id: call.id ?? '',
      }))
      return toSaid(await model.invoke([question, first, ...results]), 0)
    },
    async see(text, url) {
      const content = [
        { type: 'text', text },
        { type: 'image_url', image_url: { url } },
      ]
      return toSaid(await chat.invoke([{ role: 'user', content }]), 0)
    },
    async askData(prompt) {
      const structured = chat.withStructuredOutput(z.object({ city: z.string(), degrees: z.number() }), { name: 'weather_report', method: 'jsonSchema' })
      return { value: await structured.invoke(prompt) }
    },
    reason: async (prompt, streamed) => (streamed ? await readStream(await thinking.stream(prompt)) : toSaid(await thinking.invoke(prompt), 0)),
    embed: (inputs, encoding) => (encoding === 'base64' ? null : embed(options, inputs, encoding)),
  }
}

async function embed(
  options: Pick<Reach, 'model' | 'apiKey'> & { configuration: { baseURL: string; fetch: Reach['fetch'] } },
  inputs: readonly string[],
  encoding: Encoding,
): Promise<Embedded> {
  const embeddings = new OpenAIEmbeddings({ ...options, ...(encoding === 'float' ? { encodingFormat: 'float' } : {}) })
  const vectors = await embeddings.embedDocuments([...inputs])
  return { vectors: vectors.map((vector) => Array.from(vector)), tokens: null }
}

async function readStream(chunks: AsyncIterable<Message>): Promise<Said> {
  let whole: Message | null = null
  let pieces = 0
  for await (const chunk of chunks) {
    if (chunk.text !== '') pieces += 1
    whole = whole === null ? chunk : whole.concat(chunk)
  }
  if (whole === null) throw new Error('the stream is empty')
  return toSaid(whole, pieces)
}

function toSaid(message: Message, pieces: number): Said {
  const usage = message.usage_metadata as { readonly input_tokens: number; readonly output_tokens: number } | undefined
  return {
    text: message.text,
    reasoning: (message.additional_kwargs['reasoning_content'] as string | undefined) ?? '',
    calls: (message.tool_calls ?? []).map((call) => ({ name: call.name, input: call.args })),
    tokens: usage === undefined ? null : { prompt: usage.input_tokens, completion: usage.output_tokens },
    finish: (message.response_metadata['finish_reason'] as string | undefined) ?? null,
    pieces,
  }
}
