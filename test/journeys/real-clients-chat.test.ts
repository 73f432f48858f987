// Real SDKs chat through the gateway with an upstream none of us wrote, in six dialects.
// Promises: each client understands each reply; each ledger row says what the upstream itself said, and costs that to the nano-dollar.
// Leaves alone: embeddings and failures (their own journeys).

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Said } from '../kit/clients/client.ts'
import { anthropicClients, clientIds, perform, startScene, type ClientId, type Leg, type Outcome, type Scene } from '../kit/client-scene.ts'
import { createMatrix } from '../kit/matrix.ts'
import type { Dialect, Upstream, UpstreamId } from '../kit/mock-upstreams.ts'
import { cities, prompts, said, signature } from '../kit/mock-words.ts'
import { lowEffort, messagesIn, pairsIn, pictureAs, pictureIn, schemaIn, thinkingIn, toolsIn, type Fields } from '../kit/upstream-request.ts'
import { completionOf, promptOf } from '../kit/upstream-usage.ts'

const chatUpstreams: readonly UpstreamId[] = ['openai', 'responses', 'openrouter', 'anthropic', 'ollama', 'gemini', 'vertex', 'converse', 'invoke']
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
  const [tool] = toolsIn(legs[0]?.page.request ?? {})
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
  const requests = legs.map((leg) => leg.page.request)
  expect(pairsIn(requests[1] ?? {}, stage.upstream.dialect)).toEqual(cities.map((city) => ({ city, result: `${city}: ${city.length * 3} °C` })))
  if (refers) return 'this client refers to reasoning that the vendor keeps; a hard budget refuses what it cannot see, so this key has none'
  const thought = thoughts[stage.upstream.dialect]
  return reasons && thought !== undefined ? expectThoughts(requests, { stage, thought }) : null
}

/** Reasoning as a Claude signs it, in the dialects it is spoken to in. */
const thoughts: Readonly<Partial<Record<Dialect, Fields>>> = {
  anthropic: { type: 'thinking', thinking: said.reasoning, signature },
  converse: { reasoningContent: { reasoningText: { text: said.reasoning, signature } } },
}

/** A Claude goes on thinking only when it gets back, signed, what it thought before the calls. Of these clients only the vendors' own SDKs return it. */
function expectThoughts(requests: readonly Fields[], { stage, thought }: { stage: Stage; thought: Fields }): string | null {
  const { client } = stage
  const [firstBlock] = messagesIn(requests[1] ?? {})[1]?.['content'] as readonly Fields[]
  const enabled = lowEffort[stage.upstream.dialect]
  const thinking = requests.map((request) => thinkingIn(request, stage.upstream.dialect))
  if (client === 'openai' || client === 'genai' || client.endsWith('responses') || anthropicClients.includes(client)) {
    expect(firstBlock).toEqual(thought)
    expect(thinking).toEqual([enabled, enabled])
    return null
  }
  expect(thinking).toEqual([enabled, {}])
  return 'this client does not return the reasoning, without which Anthropic refuses to go on thinking, so the second turn is asked for without'
}

/** Without a budget: how many tokens an image may cost is not known for a model nobody has heard of, and a hard budget refuses that. */
async function checkImage(stage: Stage): Promise<string | null> {
  const order = { ...stage, apiKey: stage.scene.openKey }
  const { result, legs } = await perform(stage.scene, order, async (client) => await client.see(prompts.picture, `data:image/png;base64,${pixel}`))
  expect(result.text).toBe(said.picture)
  const { dialect } = stage.upstream
  expect(pictureIn(legs[0]?.page.request ?? {}, dialect)).toEqual(pictureAs(dialect, pixel))
  return null
}

async function checkData(stage: Stage): Promise<string | null> {
  const { result, legs } = await perform(stage.scene, stage, async (client) => await client.askData(prompts.data))
  expect(result.value).toEqual(said.data)
  const schema = schemaIn(legs[0]?.page.request ?? {}, stage.upstream.dialect)
  expect(schema).toMatchObject({ type: 'object', properties: { city: { type: 'string' }, degrees: { type: 'number' } }, required: ['city', 'degrees'] })
  return null
}

async function checkReasoning(stage: Stage, streamed: boolean): Promise<string | null> {
  const outcome = await perform(stage.scene, stage, async (client) => await client.reason(prompts.reason, streamed))
  expect(outcome.result.text).toBe(said.reasoned)
  // The effort a client asks for reaches the upstream in its own words.
  const { dialect } = stage.upstream
  expect(thinkingIn(outcome.legs[0]?.page.request ?? {}, dialect)).toEqual(lowEffort[dialect])
  expect(outcome.legs[0]?.page.replyText.replaceAll('\\"', '"')).toContain(streamed ? 'Six' : said.reasoning)
  if (outcome.result.reasoning === null) return 'this client reads no reasoning from Chat Completions; its text and its row are right'
  expect(outcome.result.reasoning).toBe(said.reasoning)
  return null
}

/** What the application sees, in one number each: OpenAI's totals, whichever dialect the upstream spoke. */
function expectTokens({ result, legs }: Outcome<Said>, { client }: Stage): string | null {
  const [leg] = legs as readonly [Leg]
  if (result.tokens === null && client === 'ai-compatible') return 'this client does not ask for usage in streams and gets none; the ledger has it all the same'
  expect(result.tokens).toEqual({ prompt: promptOf(leg.tokens), completion: completionOf(leg.tokens) })
  return null
}
