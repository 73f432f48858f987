// Edits are bounded like images. They count the pictures they are given, in a form or in JSON.

import { expect, it } from 'vitest'
import { form, formType, field } from '../../kit/media-scene.ts'
import { boundOf, edited } from '../../kit/media-wires.ts'

const id = 'openai-image-edits'
const file = (bytes: number): { name: string; type: string; bytes: number } => ({ name: 'a.png', type: 'image/png', bytes })

it('counts the pictures of a form and takes their bytes off the text', () => {
  expect(boundOf(id, { n: '2', image: [file(1000), file(500)], mask: file(10), size: '256x256' })).toMatchObject({
    images: 3,
    mediaBytes: 1510,
    choices: 2,
    units: { most: { images: 2, pixels: 2 * 65536 } },
  })
  expect(boundOf(id, { image: file(7) })).toMatchObject({ images: 1, mediaBytes: 7, choices: 1 })
})
it('counts those of a JSON body, and names stored ones', () => {
  const images = [{ image_url: 'data:image/png;base64,AAAA' }, { image_url: 'https://example.com/a.png' }, { file_id: 'file-1' }]
  expect(boundOf(id, { images })).toMatchObject({ images: 3, mediaBytes: 26, unbounded: ['images[2] (file_id)'] })
})
it('changes the model of a form and adds a default as a field', () => {
  const parts = [field('prompt', 'a'), field('model', 'm')]
  const text = edited(id, { prompt: 'a', model: 'm' }, { raw: form(parts), contentType: formType, defaults: { quality: 'low', n: 2 } })
  const added = form([field('quality', 'low'), field('n', '2')]).toString('latin1')
  const rest = form([field('prompt', 'a'), field('model', 'vendor/model')]).toString('latin1')
  expect(text).toBe(added.slice(0, added.lastIndexOf('--AaB03x--odd--')) + rest)
})
