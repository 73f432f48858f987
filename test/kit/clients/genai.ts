// Google's official `@google/genai` SDK, with a Gemini API key.
// Promises: SDK defaults everywhere; the model's content goes back as it came, as its documentation shows. Leaves alone: what the answers should be.

import { GoogleGenAI, type Content, type GenerateContentConfig, type GenerateContentResponse } from '@google/genai'
import { piecesBeforeLeaving, weather, type Embedded, type Reach, type RealClient, type Said } from './client.ts'

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools = [{ functionDeclarations: [{ name: weather.name, description: weather.description, parametersJsonSchema: schema }] }]
const effort = { thinkingConfig: { thinkingBudget: 1024, includeThoughts: true }, maxOutputTokens: 3000 }
const report = { type: 'object', properties: { city: { type: 'string' }, degrees: { type: 'number' } }, required: ['city', 'degrees'] }

export function createGenai({ baseUrl, apiKey, model, fetch }: Reach): RealClient {
  // Its own paths begin with the version.
  const { models } = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: new URL(baseUrl).origin, fetch } })
  const say = (text: string): Content => ({ role: 'user', parts: [{ text }] })
  const create = async (contents: Content[], config: GenerateContentConfig = {}): Promise<GenerateContentResponse> =>
    await models.generateContent({ model, contents, config })
  const ask = async (prompt: string, config: GenerateContentConfig = {}): Promise<Said> => toSaid([await create([say(prompt)], config)], 0)
  const stream = async (prompt: string, config: GenerateContentConfig = {}): Promise<Said> => {
    const chunks: GenerateContentResponse[] = []
    for await (const chunk of await models.generateContentStream({ model, contents: prompt, config })) chunks.push(chunk)
    return toSaid(chunks, chunks.filter(hasText).length)
  }
  return {
    name: '@google/genai 3',
    ask: async (prompt) => await ask(prompt),
    stream: async (prompt) => await stream(prompt),
    async leave(prompt) {
      const controller = new AbortController()
      let pieces = 0
      // Leaving the loop does not close the connection here.
      for await (const chunk of await models.generateContentStream({ model, contents: prompt, config: { abortSignal: controller.signal } })) {
        if (!hasText(chunk) || ++pieces < piecesBeforeLeaving) continue
        controller.abort()
        break
      }
    },
    askTools: async (prompt) => await ask(prompt, { tools }),
    streamTools: async (prompt) => await stream(prompt, { tools }),
    async converse(prompt, reasons) {
      const config = { tools, ...(reasons ? effort : {}) }
      const first = await create([say(prompt)], config)
      const results = (first.functionCalls ?? []).map(({ id = '', name = '', args }) => ({
        functionResponse: { id, name, response: { output: weather.run(String(args?.['city'])) } },
      }))
      const said = first.candidates?.[0]?.content
      if (said === undefined) throw new Error('the reply has no content')
      // Not in the order of the calls: a result belongs to its call by id.
      return toSaid([await create([say(prompt), said, { role: 'user', parts: results.reverse() }], config)], 0)
    },
    async see(text, dataUrl) {
      const [head = '', data = ''] = dataUrl.split(',')
      const mimeType = /^data:([^;]+)/.exec(head)?.[1] ?? ''
      return toSaid([await create([{ role: 'user', parts: [{ text }, { inlineData: { mimeType, data } }] }])], 0)
    },
    async askData(prompt) {
      const reply = await create([say(prompt)], { responseMimeType: 'application/json', responseJsonSchema: report })
      return { value: JSON.parse(reply.text ?? '') as unknown }
    },
    reason: async (prompt, streamed) => await (streamed ? stream : ask)(prompt, effort),
    embed: (inputs, encoding) => (encoding === 'float' ? embed(models, model, inputs) : null),
  }
}

async function embed(models: GoogleGenAI['models'], model: string, inputs: readonly string[]): Promise<Embedded> {
  const reply = await models.embedContent({ model, contents: [...inputs] })
  return { vectors: (reply.embeddings ?? []).map(({ values }) => values ?? []), tokens: null }
}

/** The SDK's own `text` warns of calls beside it. */
const hasText = (chunk: GenerateContentResponse): boolean =>
  (chunk.candidates?.[0]?.content?.parts ?? []).some((part) => part.thought !== true && (part.text ?? '') !== '')

/** Each piece of a stream is a response of its own. */
function toSaid(chunks: readonly GenerateContentResponse[], pieces: number): Said {
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
  const calls = chunks.flatMap((chunk) => chunk.functionCalls ?? []).map((call) => ({ name: call.name ?? '', input: call.args }))
  const usage = chunks.findLast((chunk) => chunk.usageMetadata !== undefined)?.usageMetadata
  const finish = chunks.findLast((chunk) => chunk.candidates?.[0]?.finishReason !== undefined)?.candidates?.[0]?.finishReason
  const join = (thought: boolean): string => parts.flatMap((part) => ((part.thought ?? false) === thought ? [part.text ?? ''] : [])).join('')
  return {
    text: join(false),
    reasoning: join(true),
    calls,
    tokens: usage === undefined ? null : { prompt: usage.promptTokenCount, completion: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0) },
    // A reply with calls ends with STOP here.
    finish: finish === undefined ? null : calls.length > 0 ? 'tool_calls' : finish.toLowerCase(),
    pieces,
  }
}
