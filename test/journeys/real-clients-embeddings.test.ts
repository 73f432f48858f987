// Real SDKs embed texts through the gateway, in the encoding each asks for, also where the upstream has only one.
// Promises: vectors arrive as the upstream made them (to the precision of 32 bits); rows say what the upstream said, to the nano-dollar.
// Leaves alone: chat and failures (their own journeys).

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Encoding } from '../kit/clients/client.ts'
import { clientMakers, embeddingClients, perform, startScene, type Leg, type Scene } from '../kit/client-scene.ts'
import { createMatrix } from '../kit/matrix.ts'
import type { UpstreamId } from '../kit/mock-upstreams.ts'

// openai answers in the encoding asked for, floats-only always with numbers, ollama has an endpoint of its own without encodings.
const embedders: readonly UpstreamId[] = ['openai', 'floats-only', 'ollama']
const encodings: readonly Encoding[] = ['default', 'float', 'base64']
const inputs = ['the first text', 'ein zweiter, längerer Text', 'third']

/** What goes over the wire to an upstream that has encodings: the openai SDK, and LangChain on top of it, ask for base64 by themselves; the AI SDK always asks for float, and Ollama's dialect and Google's have nothing else. */
const wireEncodings: Readonly<Record<(typeof embeddingClients)[number], Readonly<Record<Encoding, 'base64' | 'float' | null>>>> = {
  openai: { default: 'base64', float: 'float', base64: 'base64' },
  'openai-responses': { default: null, float: null, base64: null },
  langchain: { default: 'base64', float: 'float', base64: null },
  'ai-openai': { default: null, float: 'float', base64: null },
  'ai-responses': { default: null, float: 'float', base64: null },
  'ai-compatible': { default: null, float: 'float', base64: null },
  'ollama-js': { default: 'float', float: null, base64: null },
  genai: { default: null, float: 'float', base64: null },
}

const pairs = embeddingClients.flatMap((client) => embedders.map((upstream) => ({ client, upstream, name: `${client} × ${upstream}` })))
const matrix = createMatrix(
  pairs.map((pair) => pair.name),
  encodings,
)

describe('a real client embeds', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene()
  })
  afterAll(async () => {
    await scene.stop()
    console.log(matrix.print('real clients × upstreams × embedding encodings; tokens and cost equal the upstream’s in every cell'))
  })

  describe.each(pairs)('$name', ({ client, upstream, name }) => {
    it.each(encodings)('%s', async (encoding) => {
      await matrix.try(name, encoding, async () => {
        const wire = wireEncodings[client][encoding]
        if (wire === null) {
          const idle = clientMakers[client]({ baseUrl: scene.house.baseUrl, apiKey: scene.budgetedKey, model: `via-${upstream}`, fetch: globalThis.fetch })
          expect(idle.embed(inputs, encoding)).toBeNull()
          return matrix.explain(
            name,
            encoding,
            client === 'openai-responses' ? 'the same SDK as openai' : 'this client has no such option: it decides on the encoding itself',
          )
        }
        const { result, legs } = await perform(
          scene,
          { client, upstream: scene.upstreams.all[upstream] },
          async (real) => (await real.embed(inputs, encoding)) ?? { vectors: [], tokens: null },
        )
        const [leg] = legs as readonly [Leg]
        if (upstream !== 'ollama') expect(leg.page.request['encoding_format']).toBe(wire)
        expect(leg.page.request['input']).toEqual(inputs)
        expect(leg.row).toMatchObject({ operation: 'embedding', completionTokens: 0 })
        expectVectors(result.vectors, vectorsIn(leg.page.replyText))
        if (result.tokens !== null) expect(result.tokens).toBe(leg.tokens.input)
      })
    })
  })

  it('leaves no cell of the matrix untried', () => {
    expect(matrix.missing()).toEqual([])
  })
  it('gives raw callers exactly the encoding they name', async () => {
    for (const upstream of embedders) {
      const base64 = await embedRaw(scene, { model: `via-${upstream}`, encoding_format: 'base64' })
      const numbers = await embedRaw(scene, { model: `via-${upstream}` })
      expect(
        base64.every((vector) => typeof vector === 'string'),
        upstream,
      ).toBe(true)
      expect(
        numbers.every((vector) => Array.isArray(vector)),
        upstream,
      ).toBe(true)
      expect(unpack(String(base64[0]))).toEqual(numbers[0] === undefined ? [] : Array.from(Float32Array.from(numbers[0] as number[])))
    }
  })
})

async function embedRaw(scene: Scene, body: Record<string, unknown>): Promise<readonly unknown[]> {
  const response = await fetch(`${scene.house.baseUrl}/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${scene.budgetedKey}` },
    body: JSON.stringify({ ...body, input: inputs }),
  })
  const reply = (await response.json()) as { data: readonly { embedding: unknown }[] }
  expect(reply.data).toHaveLength(inputs.length)
  return reply.data.map((row) => row.embedding)
}

/** The upstream's own vectors, from whichever shape its reply has. */
function vectorsIn(replyText: string): readonly (readonly number[])[] {
  const reply = JSON.parse(replyText) as { data?: readonly { embedding: string | number[] }[]; embeddings?: readonly number[][] }
  return reply.embeddings ?? (reply.data ?? []).map(({ embedding }) => (typeof embedding === 'string' ? unpack(embedding) : embedding))
}

function unpack(text: string): readonly number[] {
  const bytes = Buffer.from(text, 'base64')
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
}

function expectVectors(got: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): void {
  const narrow = (vectors: readonly (readonly number[])[]): readonly (readonly number[])[] => vectors.map((vector) => Array.from(Float32Array.from(vector)))
  expect(wanted).toHaveLength(inputs.length)
  expect(wanted[0]?.length).toBeGreaterThan(100)
  expect(narrow(got)).toEqual(narrow(wanted))
}
