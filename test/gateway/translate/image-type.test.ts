// Pictures that are not what they are called, in every dialect that says what they are.
// Promises: the vendor is told what the bytes show.

import { expect, it } from 'vitest'
import type { ChatRequest } from '../../../gateway/contract/chat.ts'
import { readMessagesRequest } from '../../../gateway/translate/anthropic-messages/read-request.ts'
import { readGemini } from '../../../gateway/translate/gemini-generate/read-request.ts'
import { asImage } from '../../../gateway/translate/image-type.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'
import { readResponses } from '../../../gateway/translate/openai-responses/read-request.ts'

const png = 'iVBORw0KGgoAAAANSUhEUg=='
const url = (type: string, data: string): string => `data:${type};base64,${data}`

it.each<[string, (type: string, data: string) => ChatRequest]>([
  ['Chat Completions', (type, data) => readChat({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: url(type, data) } }] }] })],
  ['Responses', (type, data) => readResponses({ input: [{ role: 'user', content: [{ type: 'input_image', image_url: url(type, data) }] }] })],
  [
    'Messages',
    (type, data) =>
      readMessagesRequest({
        max_tokens: 9,
        messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: type, data } }] }],
      }),
  ],
  ['Gemini', (type, data) => readGemini({ contents: [{ parts: [{ inlineData: { mimeType: type, data } }] }] })],
])('%s: the bytes say what a picture is, its name only where they do not', (_dialect, read) => {
  const typeOf = (type: string, data: string): unknown => read(type, data).messages[0]?.parts[0]
  const image = (mediaType: string, data: string): object => ({ type: 'image', source: { kind: 'base64', mediaType, data } })
  expect(typeOf('image/jpeg', png)).toEqual(image('image/png', png))
  expect(typeOf('image/jpg', '/9j/4AAQ')).toEqual(image('image/jpeg', '/9j/4AAQ'))
  expect(typeOf('image/jpg', 'AAAA')).toEqual(image('image/jpeg', 'AAAA'))
  expect(typeOf('image/png', 'UklGRiQAAABXRUJQ')).toEqual(image('image/webp', 'UklGRiQAAABXRUJQ'))
  expect(typeOf('image/avif', 'AAAA')).toEqual(image('image/avif', 'AAAA'))
})

it('a document in an image_url is a file, a picture of no type a picture', () => {
  const read = (type: string, data: string): unknown =>
    readChat({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: url(type, data) }] }] }).messages[0]?.parts[0]
  expect(read('application/pdf', 'JVBERi0=')).toEqual({ type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' } })
  expect(read('application/octet-stream', png)).toMatchObject({ type: 'image', source: { mediaType: 'image/png' } })
})

it('what is right already, or elsewhere, stays the very same', () => {
  const right = { kind: 'base64', mediaType: 'image/png', data: png } as const
  const elsewhere = { kind: 'url', url: 'https://a.example/b.jpg' } as const
  expect([asImage(right), asImage(elsewhere)]).toEqual([right, elsewhere])
  expect(asImage(right)).toBe(right)
})
