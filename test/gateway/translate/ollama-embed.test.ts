// Embeddings to Ollama's native API and back.
// Promises: one vector per input, in order, with the engine's settings.

import { describe, expect, it } from 'vitest'
import { ollamaEmbed } from '../../../gateway/translate/ollama-embed.ts'
import { openaiEmbeddings } from '../../../gateway/translate/openai-embeddings.ts'

describe('embeddings', () => {
  const target = { model: 'all-minilm', stream: false, outputTokensMax: 0, settings: { keep_alive: '1m', num_ctx: 512 }, quirks: {} }

  it('go as a list with the engine’s settings', () => {
    const pivot = openaiEmbeddings.inbound?.read({ input: ['a', 'b'], dimensions: 64, user: 'u', truncate: false, encoding_format: 'base64' })
    if (pivot === undefined) throw new Error('embeddings have an inbound side')
    expect(JSON.parse(JSON.stringify(ollamaEmbed.outbound.write?.(pivot, target)))).toEqual({
      body: { model: 'all-minilm', input: ['a', 'b'], dimensions: 64, truncate: false, keep_alive: '1m', options: { num_ctx: 512 } },
      dropped: [],
    })
  })

  it('come back in order, with their count', () => {
    expect(
      ollamaEmbed.outbound.readWhole({
        model: 'm',
        embeddings: [
          [1, 2],
          [3, 4],
        ],
        prompt_eval_count: 6,
      }),
    ).toEqual([
      { type: 'reply-start', upstreamId: null, model: 'm' },
      { type: 'embedding', index: 0, vector: [1, 2] },
      { type: 'embedding', index: 1, vector: [3, 4] },
      { type: 'usage', usage: { meters: { input: 6 }, provenance: 'reported' } },
      { type: 'finish', reason: 'stop' },
      { type: 'reply-end' },
    ])
    expect(ollamaEmbed.outbound.readWhole({ error: 'gone' })).toEqual([{ type: 'error', message: 'gone', code: 'upstream_protocol' }])
  })
})
