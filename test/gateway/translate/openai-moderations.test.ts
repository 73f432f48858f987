// Moderations: one call each; pictures do not count as text.

import { expect, it } from 'vitest'
import { boundOf, edited, factsOf } from '../../kit/media-wires.ts'

const id = 'openai-moderations'

it('is one call and writes nothing', () => {
  const url = 'data:image/png;base64,AAAA'
  expect(boundOf(id, { input: ['a'] })).toMatchObject({ outputTokensMax: 0, images: 0, units: { about: { calls: 1 } } })
  expect(
    boundOf(id, {
      input: [
        { type: 'text', text: 'a' },
        { type: 'image_url', image_url: { url } },
      ],
    }),
  ).toMatchObject({ images: 1, mediaBytes: url.length })
})
it('names the model that the caller left out', () => {
  expect(edited(id, { input: 'a' })).toBe('{"model":"vendor/model","input":"a"}')
})
it('reads tokens where a vendor sells by them, and an error without results', () => {
  expect(factsOf(id, { id: 'modr-1', results: [], usage: { prompt_tokens: 5, total_tokens: 5 } })).toMatchObject({
    upstreamId: 'modr-1',
    usage: { meters: { input: 5 } },
    error: null,
  })
  expect(factsOf(id, { id: 'modr-1', results: [] }).usage).toBeNull()
  expect(factsOf(id, {}).error?.message).toContain('without results')
})
