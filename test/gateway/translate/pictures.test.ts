// Events as long as pictures: let through whole for those who asked for pictures, and for nobody else.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { Tap } from '../../../gateway/contract/wire.ts'
import { createTextTally } from '../../../gateway/kit/text-tally.ts'
import { createGeminiTap } from '../../../gateway/translate/gemini-generate/tap.ts'
import { createOpenaiTap } from '../../../gateway/translate/openai-tap.ts'
import { createResponsesTap } from '../../../gateway/translate/openai-responses/tap.ts'
import { mayBringPictures } from '../../../gateway/translate/pictures.ts'

describe('a picture may come', () => {
  it.each<[string, JsonObject, string]>([
    ['with Gemini’s modalities', { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } }, 'm'],
    ['with Gemini’s modalities in snakes', { generation_config: { response_modalities: ['Image'] } }, 'm'],
    ['with OpenRouter’s modalities', { modalities: ['image', 'text'] }, 'm'],
    ['with OpenAI’s tool', { tools: [{ type: 'web_search' }, { type: 'image_generation' }] }, 'm'],
    ['from a model that is named for it', {}, 'gemini-2.5-flash-image'],
  ])('%s', (_name, body, model) => {
    expect(mayBringPictures(body, model)).toBe(true)
  })
  it.each<[string, JsonObject]>([
    ['text', { messages: [] }],
    ['sound', { modalities: ['text', 'audio'] }],
    ['tools of one’s own', { tools: [{ type: 'function', function: { name: 'image_generation' } }] }],
    ['nonsense', { modalities: 'image', tools: 'image_generation', generationConfig: 7 }],
  ])('and not for %s', (_name, body) => {
    expect(mayBringPictures(body, 'gpt-5')).toBe(false)
  })
})

const data = 'iVBORw0KGgo'.repeat(300_000)
const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`
const geminiUsage = { promptTokenCount: 5, candidatesTokenCount: 1290, totalTokenCount: 1295 }
const streams: readonly (readonly [string, (pictures: boolean) => Tap, string])[] = [
  [
    'Gemini',
    (pictures) => createGeminiTap({ text: createTextTally(), pictures }),
    event({ candidates: [{ content: { parts: [{ inlineData: { mimeType: 'image/png', data } }] } }], usageMetadata: geminiUsage }) +
      event({ candidates: [{ content: { parts: [] }, finishReason: 'STOP' }], usageMetadata: geminiUsage }),
  ],
  [
    'Responses',
    (pictures) => createResponsesTap({ text: createTextTally(), pictures }),
    event({ type: 'response.output_item.done', item: { type: 'image_generation_call', result: data } }) +
      event({ type: 'response.completed', response: { output: [], usage: { input_tokens: 5, output_tokens: 1290, total_tokens: 1295 } } }),
  ],
  [
    'Chat',
    (pictures) => createOpenaiTap({ stripUsage: false, text: createTextTally(), pictures }),
    event({ id: 'c', choices: [{ index: 0, delta: { images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }] } }] }) +
      event({ id: 'c', choices: [], usage: { prompt_tokens: 5, completion_tokens: 1290, total_tokens: 1295 } }),
  ],
]

describe.each(streams)('a stream of %s with a picture of three megabytes', (_name, createTap, text) => {
  const pieces = Array.from({ length: Math.ceil(text.length / 65_536) }, (_, index) => Buffer.from(text.slice(index * 65_536, (index + 1) * 65_536)))
  it('passes byte for byte, and its usage is read', () => {
    const tap = createTap(true)
    const out = [...pieces.flatMap((piece) => tap.push(piece)), tap.end()]
    expect(Buffer.concat(out).equals(Buffer.from(text))).toBe(true)
    expect(tap.seen.usage?.meters).toMatchObject({ input: 5 })
  })
  it('is one line too long for a call that asked for none', () => {
    const tap = createTap(false)
    expect(() => pieces.forEach((piece) => tap.push(piece))).toThrow(/longer than 1048576 bytes/)
  })
})
