// The AI SDK with two of its providers: `@ai-sdk/openai` in both its forms, and `@ai-sdk/openai-compatible`.
// Promises: SDK defaults; the tool loop is the SDK's own. Leaves alone: what the answers should be.

import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { embedMany, generateText, isStepCount, Output, streamText, type EmbeddingModel, type LanguageModel, type ToolSet } from 'ai'
import { z } from 'zod'
import { piecesBeforeLeaving, weather, type Embedded, type Reach, type RealClient, type Said } from './client.ts'

interface Models {
  readonly name: string
  readonly chat: LanguageModel
  readonly embedding: EmbeddingModel
  /** Does this provider read reasoning? */
  readonly readsReasoning: boolean
  readonly effort?: typeof responsesEffort
}

/** Its default form is the Responses API; `.chat()` is the one for servers like this. */
export function createAiOpenai(reach: Reach): RealClient {
  const provider = createOpenAI({ baseURL: reach.baseUrl, apiKey: reach.apiKey, fetch: reach.fetch })
  return createClient(
    { name: 'AI SDK 7, openai .chat()', chat: provider.chat(reach.model), embedding: provider.embedding(reach.model), readsReasoning: false },
    reach,
  )
}

/** What an application gets that does not choose: the Responses API. Its later steps refer to items of earlier ones by id. */
export function createAiResponses(reach: Reach): RealClient {
  const provider = createOpenAI({ baseURL: reach.baseUrl, apiKey: reach.apiKey, fetch: reach.fetch })
  return createClient(
    { name: 'AI SDK 7, openai', chat: provider(reach.model), embedding: provider.embedding(reach.model), readsReasoning: true, effort: responsesEffort },
    reach,
  )
}

/** Does not ask for usage in streams unless an application says `includeUsage`: the default of most. */
export function createAiCompatible(reach: Reach): RealClient {
  const provider = createOpenAICompatible({
    name: 'tollgate',
    baseURL: reach.baseUrl,
    apiKey: reach.apiKey,
    fetch: reach.fetch,
    supportsStructuredOutputs: true,
  })
  return createClient(
    { name: 'AI SDK 7, openai-compatible', chat: provider(reach.model), embedding: provider.embeddingModel(reach.model), readsReasoning: true },
    reach,
  )
}

const inputSchema = z.object({ city: z.string() })
// Written out: the SDK's `tool()` only helps the types, and those do not fit `exactOptionalPropertyTypes`.
const declared: ToolSet = { weather: { description: weather.description, inputSchema } }
const executed: ToolSet = {
  weather: { description: weather.description, inputSchema, execute: (input: unknown) => weather.run(inputSchema.parse(input).city) },
}
const effort = { providerOptions: { openai: { reasoningEffort: 'low' }, tollgate: { reasoningEffort: 'low' } }, maxOutputTokens: 3000 }
// Whether a model reasons this form tells by the vendor's names, and has to be told for others.
const responsesEffort = { providerOptions: { openai: { reasoningEffort: 'low', reasoningSummary: 'auto', forceReasoning: true } }, maxOutputTokens: 3000 }

type Options = Omit<Parameters<typeof generateText>[0], 'prompt' | 'messages' | 'model'>

function createClient(models: Models, reach: Reach): RealClient {
  const common = { model: models.chat, ...(reach.retries === undefined ? {} : { maxRetries: reach.retries }) }
  const thinking = models.effort ?? effort
  const ask = async (prompt: string, more: Options = {}): Promise<Said> =>
    toSaid((await generateText({ ...common, ...more, prompt })).finalStep, { models, pieces: 0 })
  const stream = async (prompt: string, more: Options = {}): Promise<Said> => await readStream(models, { ...common, ...more, prompt })
  return {
    name: models.name,
    ask: async (prompt) => await ask(prompt),
    stream: async (prompt) => await stream(prompt),
    async leave(prompt) {
      const controller = new AbortController()
      let pieces = 0
      // Leaving the loop is not enough here: the SDK reads on for its other promises.
      for await (const _piece of streamText({ ...common, prompt, abortSignal: controller.signal }).textStream)
        if (++pieces === piecesBeforeLeaving) controller.abort()
    },
    askTools: async (prompt) => await ask(prompt, { tools: declared }),
    streamTools: async (prompt) => await stream(prompt, { tools: declared }),
    converse: async (prompt, reasons) => await ask(prompt, { tools: executed, stopWhen: isStepCount(3), ...(reasons ? thinking : {}) }),
    async see(prompt, dataUrl) {
      const content = [
        { type: 'text' as const, text: prompt },
        { type: 'file' as const, mediaType: 'image/png', data: new URL(dataUrl) },
      ]
      return toSaid((await generateText({ ...common, messages: [{ role: 'user', content }] })).finalStep, { models, pieces: 0 })
    },
    async askData(prompt) {
      const reply = await generateText({
        ...common,
        prompt,
        output: Output.object({ name: 'weather_report', schema: z.object({ city: z.string(), degrees: z.number() }) }),
      })
      return { value: reply.output }
    },
    reason: async (prompt, streamed) => await (streamed ? stream : ask)(prompt, thinking),
    embed: (inputs, encoding) => (encoding === 'float' ? embed(models.embedding, inputs) : null),
  }
}

async function embed(model: EmbeddingModel, inputs: readonly string[]): Promise<Embedded> {
  const reply = await embedMany({ model, values: [...inputs] })
  return { vectors: reply.embeddings, tokens: reply.usage.tokens }
}

async function readStream(models: Models, options: Parameters<typeof streamText>[0]): Promise<Said> {
  // Errors of a stream arrive as parts; the default only prints them.
  const errors: unknown[] = []
  const running = streamText({ ...options, onError: ({ error }) => void errors.push(error) })
  let pieces = 0
  for await (const _piece of running.textStream) pieces += 1
  if (errors.length > 0) throw errors[0]
  return toSaid(await running.finalStep, { models, pieces })
}

/** The last step of a call: what the SDK made of one reply. */
interface Reply {
  readonly text: string
  readonly reasoningText: string | undefined
  readonly toolCalls: readonly { readonly toolName: string; readonly input: unknown }[]
  readonly usage: { readonly inputTokens: number | undefined; readonly outputTokens: number | undefined }
  readonly finishReason: string
}

function toSaid(reply: Reply, context: { models: Models; pieces: number }): Said {
  const { inputTokens, outputTokens } = reply.usage
  return {
    text: reply.text,
    reasoning: context.models.readsReasoning ? (reply.reasoningText ?? '') : null,
    calls: reply.toolCalls.map((call) => ({ name: call.toolName, input: call.input })),
    tokens: inputTokens === undefined && outputTokens === undefined ? null : { prompt: inputTokens, completion: outputTokens },
    finish: reply.finishReason,
    pieces: context.pieces,
  }
}
