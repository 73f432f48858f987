// Speech: characters are known before, tokens from its events, sound is never read.

import { expect, it } from 'vitest'
import { wires } from '../../../gateway/translate/index.ts'
import { boundOf, factsOf, tapped } from '../../kit/media-wires.ts'

const id = 'openai-speech'

it('is bounded by its characters, as people count them', () => {
  expect(boundOf(id, { input: 'Grüezi 👋', voice: 'alloy' }).units).toMatchObject({ most: { characters: 8 }, about: { characters: 8 } })
  expect(boundOf(id, { input: 5 }).units?.most).toEqual({ characters: 0 })
})
it('guesses tokens and seconds only for models sold by those', () => {
  expect(boundOf(id, { input: 'x'.repeat(150) }).units).toMatchObject({ about: { seconds: 10 }, guessed: ['seconds'], tokens: { outputAudio: 200 } })
})
it('takes its tokens from the last event', () => {
  const { before, seen } = tapped(id, [
    { type: 'speech.audio.delta', audio: 'AAAA' },
    { type: 'speech.audio.done', usage: { input_tokens: 3, output_tokens: 40, total_tokens: 43 } },
  ])
  expect(before).toBe(1)
  expect(seen).toMatchObject({ finished: true, usage: { meters: { input: 3, outputAudio: 40 }, provenance: 'reported' } })
})
it('takes JSON in the place of sound for a refusal', () => {
  expect(factsOf(id, { error: { message: 'busy' } }).error?.message).toContain('busy')
})
it('passes sound while it comes, and no page of a proxy', () => {
  const media = wires[id].pass?.media
  expect(media?.streams).toBe(true)
  expect(media?.types).toContain('audio/mpeg')
  expect(media?.types.some((type) => type.startsWith('text/'))).toBe(false)
})
