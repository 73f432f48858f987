// Translations are transcriptions in English: the same bounds, the same reading of replies.

import { expect, it } from 'vitest'
import { recording } from '../../kit/media-scene.ts'
import { wave } from '../../kit/media-vendor.ts'
import { boundOf, factsOf } from '../../kit/media-wires.ts'

const id = 'openai-translations'

it('is bounded by how long its recording plays', () => {
  expect(boundOf(id, { file: { name: 'a', type: '', bytes: 1 } }, [recording(wave(2))]).units?.most).toEqual({ seconds: 2 })
})
it('reads how much was heard', () => {
  expect(factsOf(id, { text: 'Hello', usage: { type: 'duration', seconds: 2 } }).usage?.meters).toEqual({ seconds: 2 })
})
