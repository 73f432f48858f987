// The official `ollama` package, pointed at the gateway instead of an engine.
// Promises: SDK defaults; messages go back as they came, with the tool's name beside each result. Leaves alone: what the answers should be.

import { Ollama, type ChatRequest, type ChatResponse, type EmbedResponse, type Message } from 'ollama'
import { piecesBeforeLeaving, weather, type Embedded, type Reach, type RealClient, type Said } from './client.ts'

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools = [{ type: 'function', function: { name: weather.name, description: weather.description, parameters } }]
const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'number' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
}
const effort = { think: 'low' as const, options: { num_predict: 3000 } }

type More = Partial<Omit<ChatRequest, 'model' | 'stream'>>

export function createOllamaJs(reach: Reach): RealClient {
  const { model } = reach
  const client = new Ollama({ host: new URL(reach.baseUrl).origin, fetch: reach.fetch, headers: { authorization: `Bearer ${reach.apiKey}` } })
  const asked = (content: string): Message[] => [{ role: 'user', content }]
  const create = async (prompt: string, more: More = {}): Promise<Said> =>
    toSaid(await client.chat({ messages: asked(prompt), ...more, model, stream: false }), 0)
  const stream = async (prompt: string, more: More = {}): Promise<Said> => {
    const chunks = await client.chat({ messages: asked(prompt), ...more, model, stream: true })
    const whole: Message = { role: 'assistant', content: '', thinking: '', tool_calls: [] }
    let pieces = 0
    let last: ChatResponse | null = null
    for await (const chunk of chunks) {
      if (chunk.message.content !== '') pieces += 1
      whole.content += chunk.message.content
      whole.thinking = `${whole.thinking ?? ''}${chunk.message.thinking ?? ''}`
      whole.tool_calls?.push(...(chunk.message.tool_calls ?? []))
      last = chunk
    }
    if (last === null) throw new Error('the stream was empty')
    return toSaid({ ...last, message: whole }, pieces)
  }
  return {
    name: 'ollama-js',
    ask: async (prompt) => await create(prompt),
    stream: async (prompt) => await stream(prompt),
    async leave(prompt) {
      const chunks = await client.chat({ model, messages: asked(prompt), stream: true })
      let pieces = 0
      for await (const chunk of chunks) {
        if (chunk.message.content === '' || ++pieces < piecesBeforeLeaving) continue
        chunks.abort()
        break
      }
    },
    askTools: async (prompt) => await create(prompt, { tools }),
    streamTools: async (prompt) => await stream(prompt, { tools }),
    async converse(prompt, reasons) {
      const more = { tools, ...(reasons ? effort : {}) }
      const first = await client.chat({ ...more, model, messages: asked(prompt), stream: false })
      const results = (first.message.tool_calls ?? []).map((call) => ({
        role: 'tool',
        content: weather.run((call.function.arguments as { city: string }).city),
        tool_name: call.function.name,
        // Newer engines give calls ids; the package hands them over without a word in its types.
        ...('id' in call ? { tool_call_id: call.id } : {}),
      }))
      return await create(prompt, { ...more, messages: [...asked(prompt), first.message, ...results] })
    },
    see: async (prompt, dataUrl) => await create(prompt, { messages: [{ role: 'user', content: prompt, images: [dataUrl.replace(/^data:[^,]*,/, '')] }] }),
    askData: async (prompt) => ({ value: JSON.parse((await create(prompt, { format: schema })).text) as unknown }),
    reason: async (prompt, streamed) => await (streamed ? stream : create)(prompt, effort),
    embed: (inputs, encoding) => (encoding === 'default' ? embed(client, model, inputs) : null),
  }
}

async function embed(client: Ollama, model: string, inputs: readonly string[]): Promise<Embedded> {
  const reply = (await client.embed({ model, input: [...inputs] })) as EmbedResponse & { readonly prompt_eval_count?: number }
  return { vectors: reply.embeddings, tokens: reply.prompt_eval_count ?? null }
}

function toSaid(reply: ChatResponse, pieces: number): Said {
  const { message } = reply
  return {
    text: message.content,
    reasoning: message.thinking ?? '',
    calls: (message.tool_calls ?? []).map((call) => ({ name: call.function.name, input: call.function.arguments })),
    tokens: { prompt: reply.prompt_eval_count, completion: reply.eval_count },
    finish: reply.done_reason,
    pieces,
  }
}
