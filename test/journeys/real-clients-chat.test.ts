// Real SDKs chat through the gateway with an upstream none of us wrote, in four dialects.
// Promises: each client understands each reply; each ledger row says what the upstream itself said, and costs that to the nano-dollar.
// Leaves alone: embeddings and failures (their own journeys).

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Said } from '../kit/clients/client.ts'
import { anthropicClients, clientIds, perform, startScene, type ClientId, type Leg, type Outcome, type Scene } from '../kit/client-scene.ts'
import { createMatrix } from '../kit/matrix.ts'
import { cities, prompts, said, signature, type Upstream, type UpstreamId } from '../kit/mock-upstreams.ts'
import { completionOf, promptOf } from '../kit/upstream-usage.ts'

const chatUpstreams: readonly UpstreamId[] = ['openai', 'responses', 'openrouter', 'anthropic', 'ollama', 'gemini']
const cases = [
  'plain',
  'streamed',
  'guessed',
  'tools',
  'tools streamed',
  'tool results',
  'tool results, thinking',
  'image',
  'data',
  'reasoning',
  'reasoning streamed',
] as const
type Case = (typeof cases)[number]

// One red pixel.
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=='

const pairs = clientIds.flatMap((client) => chatUpstreams.map((upstream) => ({ client, upstream, name: `${client} × ${upstream}` })))
const matrix = createMatrix(
  pairs.map((pair) => pair.name),
  cases,
)

describe('a real client chats', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene()
  })
  afterAll(async () => {
    await scene.stop()
    console.log(matrix.print('real clients × upstreams × chat cases; tokens and cost equal the upstream’s in every cell'))
  })

  describe.each(pairs)('$name', ({ client, upstream, name }) => {
    it.each(cases)('%s', async (which) => {
      await matrix.try(name, which, async () => {
        const note = await check(which, { scene, client, upstream: scene.upstreams.all[upstream] })
        if (note !== null) matrix.explain(name, which, note)
      })
    })
  })

  it('leaves no cell of the matrix untried', () => {
    expect(matrix.missing()).toEqual([])
  })
})

interface Stage {
  readonly scene: Scene
  readonly client: ClientId
  readonly upstream: Upstream
}

/** Runs one cell; words what a reader of the matrix must know, or null. */
async function check(which: Case, stage: Stage): Promise<string | null> {
  switch (which) {
    case 'plain':
      return await checkText(stage, { prompt: prompts.plain, streamed: false })
    case 'streamed':
      return await checkText(stage, { prompt: prompts.plain, streamed: true })
    case 'guessed':
      if (stage.upstream.dialect !== 'openai') return 'this mock only guesses token counts in its Chat Completions form'
      await checkText(stage, { prompt: prompts.guessed, streamed: false })
      return await checkText(stage, { prompt: prompts.guessed, streamed: true })
    case 'tools':
      return await checkTools(stage, false)
    case 'tools streamed':
      return await checkTools(stage, true)
    case 'tool results':
      return await checkResults(stage, false)
    case 'tool results, thinking':
      return await checkResults(stage, true)
    case 'image':
      return await checkImage(stage)
    case 'data':
      return await checkData(stage)
    case 'reasoning':
      return await checkReasoning(stage, false)
    case 'reasoning streamed':
      return await checkReasoning(stage, true)
  }
}

async function checkText(stage: Stage, { prompt, streamed }: { prompt: string; streamed: boolean }): Promise<string | null> {
  const outcome = await perform(stage.scene, stage, async (client) => await (streamed ? client.stream(prompt) : client.ask(prompt)))
  expect(outcome.result).toMatchObject({ text: said.plain, finish: 'stop' })
  if (streamed) expect(outcome.result.pieces).toBeGreaterThan(3)
  expect(outcome.legs).toHaveLength(1)
  return expectTokens(outcome, stage)
}

async function checkTools(stage: Stage, streamed: boolean): Promise<string | null> {
  const { result, legs } = await perform(
    stage.scene,
    stage,
    async (client) => await (streamed ? client.streamTools(prompts.tools) : client.askTools(prompts.tools)),
  )
  expect(result.calls).toEqual(cities.map((city) => ({ name: 'weather', input: { city } })))
  // Ollama has no reason of its own for calls.
  expect(result.finish?.replace('-', '_')).toBe(stage.client === 'ollama-js' ? 'stop' : 'tool_calls')
  const [tool] = legs[0]?.page.request['tools'] as readonly Record<string, unknown>[]
  expect(JSON.stringify(tool)).toContain('"city"')
  return null
}

/** Both results reach the model, each under the call it answers. */
async function checkResults(stage: Stage, reasons: boolean): Promise<string | null> {
  const refers = reasons && stage.client === 'ai-responses' && stage.upstream.dialect === 'responses'
  const order = refers ? { ...stage, apiKey: stage.scene.openKey } : stage
  const { result, legs } = await perform(stage.scene, order, async (client) => await client.converse(reasons ? prompts.ponder : prompts.tools, reasons))
  expect(result.text).toBe(said.after)
  expect(legs).toHaveLength(2)
  const messages = messagesIn(legs[1])
  expect(pairsIn(messages, stage.upstream)).toEqual(cities.map((city) => ({ city, result: `${city}: ${city.length * 3} °C` })))
  if (refers) return 'this client refers to reasoning that the vendor keeps; a hard budget refuses what it cannot see, so this key has none'
  return reasons && stage.upstream.dialect === 'anthropic' ? expectThoughts(messages, { stage, requests: legs.map((leg) => leg.page.request) }) : null
}

/** Anthropic goes on thinking only when it gets back, signed, what it thought before the calls. Of these clients only the vendors' own SDKs return it. */
function expectThoughts(
  messages: readonly Record<string, unknown>[],
  context: { stage: Stage; requests: readonly Readonly<Record<string, unknown>>[] },
): string | null {
  const { client } = context.stage
  const [firstBlock] = messages[1]?.['content'] as readonly Record<string, unknown>[]
  const enabled = { type: 'enabled', budget_tokens: 1024 }
  const thinking = context.requests.map((request) => request['thinking'])
  if (client === 'openai' || client === 'genai' || client.endsWith('responses') || anthropicClients.includes(client)) {
    expect(firstBlock).toEqual({ type: 'thinking', thinking: said.reasoning, signature })
    expect(thinking).toEqual([enabled, enabled])
    return null
  }
  expect(thinking).toEqual([enabled, undefined])
  return 'this client does not return the reasoning, without which Anthropic refuses to go on thinking, so the second turn is asked for without'
}

const messagesIn = (leg: Leg | undefined): readonly Record<string, unknown>[] =>
  (leg?.page.request['messages'] ?? leg?.page.request['input'] ?? leg?.page.request['contents']) as readonly Record<string, unknown>[]

/** What each call asked and what it was answered with, as the upstream reads its own dialect. */
function pairsIn(messages: readonly Record<string, unknown>[], upstream: Upstream): readonly { city: string; result: string }[] {
  if (upstream.dialect === 'anthropic') {
    const blocks = messages.flatMap((message) => message['content'] as readonly Record<string, unknown>[])
    const results = blocks.filter((block) => block['type'] === 'tool_result')
    return blocks
      .filter((block) => block['type'] === 'tool_use')
      .map((call) => ({
        city: (call['input'] as { city: string }).city,
        result: textOf(results.find((block) => block['tool_use_id'] === call['id'])?.['content']),
      }))
  }
  if (upstream.dialect === 'gemini') return pairsInContents(messages)
  if (upstream.dialect === 'responses') {
    const outputs = messages.filter((item) => item['type'] === 'function_call_output')
    return messages
      .filter((item) => item['type'] === 'function_call')
      .map((call) => ({
        city: (JSON.parse(String(call['arguments'])) as { city: string }).city,
        result: textOf(outputs.find((item) => item['call_id'] === call['call_id'])?.['output']),
      }))
  }
  const calls = messages.flatMap((message) => (message['tool_calls'] ?? []) as readonly { id?: string; function: { arguments: unknown } }[])
  const results = messages.filter((message) => message['role'] === 'tool')
  return calls.map((call, index) => {
    const input = call.function.arguments
    const { city } = (typeof input === 'string' ? JSON.parse(input) : input) as { city: string }
    // Where the vendor's own dialect has no ids, results come in the order of their calls.
    const result = call.id === undefined ? results[index] : results.find((message) => message['tool_call_id'] === call.id)
    return { city, result: textOf(result?.['content']) }
  })
}

function pairsInContents(contents: readonly Record<string, unknown>[]): readonly { city: string; result: string }[] {
  const parts = contents.flatMap((content) => content['parts'] as readonly Record<string, unknown>[])
  const results = parts.flatMap((part) => (part['functionResponse'] ?? []) as { id: string; response: { output: string } }[])
  const calls = parts.flatMap((part) => (part['functionCall'] ?? []) as { id: string; args: { city: string } }[])
  return calls.map((call) => ({ city: call.args.city, result: results.find((result) => result.id === call.id)?.response.output ?? '' }))
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : (content as readonly { text: string }[]).map((part) => part.text).join('')
}

/** Without a budget: how many tokens an image may cost is not known for a model nobody has heard of, and a hard budget refuses that. */
async function checkImage(stage: Stage): Promise<string | null> {
  const order = { ...stage, apiKey: stage.scene.openKey }
  const { result, legs } = await perform(stage.scene, order, async (client) => await client.see(prompts.picture, `data:image/png;base64,${pixel}`))
  expect(result.text).toBe(said.picture)
  const [message] = messagesIn(legs[0])
  const parts = (message?.['content'] ?? message?.['parts']) as readonly Record<string, unknown>[]
  const sent = {
    openai: () => (parts[1]?.['image_url'] as { url: string }).url,
    responses: () => parts[1]?.['image_url'],
    anthropic: () => parts[1]?.['source'],
    ollama: () => message?.['images'],
    gemini: () => parts[1]?.['inlineData'],
  }[stage.upstream.dialect]()
  const dataUrl = `data:image/png;base64,${pixel}`
  const wanted = {
    openai: dataUrl,
    responses: dataUrl,
    anthropic: { type: 'base64', media_type: 'image/png', data: pixel },
    ollama: [pixel],
    gemini: { mimeType: 'image/png', data: pixel },
  }[stage.upstream.dialect]
  expect(sent).toEqual(wanted)
  return null
}

async function checkData(stage: Stage): Promise<string | null> {
  const { result, legs } = await perform(stage.scene, stage, async (client) => await client.askData(prompts.data))
  expect(result.value).toEqual(said.data)
  const request = legs[0]?.page.request ?? {}
  const schema = {
    openai: () => (request['response_format'] as { json_schema: { schema: unknown } }).json_schema.schema,
    responses: () => (request['text'] as { format: { schema: unknown } }).format.schema,
    anthropic: () => (request['output_config'] as { format: { schema: unknown } }).format.schema,
    ollama: () => request['format'],
    gemini: () => (request['generationConfig'] as { responseJsonSchema: unknown }).responseJsonSchema,
  }[stage.upstream.dialect]()
  expect(schema).toMatchObject({ type: 'object', properties: { city: { type: 'string' }, degrees: { type: 'number' } }, required: ['city', 'degrees'] })
  return null
}

async function checkReasoning(stage: Stage, streamed: boolean): Promise<string | null> {
  const outcome = await perform(stage.scene, stage, async (client) => await client.reason(prompts.reason, streamed))
  expect(outcome.result.text).toBe(said.reasoned)
  expectEffort(outcome.legs[0]?.page.request ?? {}, stage)
  expect(outcome.legs[0]?.page.replyText.replaceAll('\\"', '"')).toContain(streamed ? 'Six' : said.reasoning)
  if (outcome.result.reasoning === null) return 'this client reads no reasoning from Chat Completions; its text and its row are right'
  expect(outcome.result.reasoning).toBe(said.reasoning)
  return null
}

/** The effort a client asks for reaches the upstream in its own words. */
function expectEffort(request: Readonly<Record<string, unknown>>, { upstream }: Stage): void {
  if (upstream.dialect === 'responses') return expect(request['reasoning']).toMatchObject({ effort: 'low' })
  const { reasoning_effort, thinking, think, generationConfig } = request
  const { thinkingConfig } = (generationConfig ?? {}) as { thinkingConfig?: unknown }
  const wanted = {
    openai: { reasoning_effort: 'low' },
    anthropic: { thinking: { type: 'enabled', budget_tokens: 1024 } },
    ollama: { think: 'low' },
    gemini: { thinkingConfig: { thinkingBudget: 1024, includeThoughts: true } },
  }[upstream.dialect]
  expect(JSON.parse(JSON.stringify({ reasoning_effort, thinking, think, thinkingConfig }))).toEqual(wanted)
}

/** What the application sees, in one number each: OpenAI's totals, whichever dialect the upstream spoke. */
function expectTokens({ result, legs }: Outcome<Said>, { client }: Stage): string | null {
  const [leg] = legs as readonly [Leg]
  if (result.tokens === null && client === 'ai-compatible') return 'this client does not ask for usage in streams and gets none; the ledger has it all the same'
  expect(result.tokens).toEqual({ prompt: promptOf(leg.tokens), completion: completionOf(leg.tokens) })
  return null
}
