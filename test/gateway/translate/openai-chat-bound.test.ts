// What bounds the cost of a Chat Completions body.
// Promises: whatever could cost more than it shows is counted or named.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { boundChat } from '../../../gateway/translate/openai-chat/bound.ts'
import { seed } from '../../conformance/recordings.ts'

const user = { role: 'user', content: 'hi' }
const pixel = 'data:image/png;base64,iVBORw0KGgo='
const image = { type: 'image_url', image_url: { url: pixel } }

describe('bounding', () => {
  it.each<[string, JsonObject, object]>([
    ['plain text', { messages: [user], max_tokens: 9 }, { outputTokensMax: 9, choices: 1, images: 0, unbounded: [] }],
    ['the larger of two caps', { messages: [user], max_tokens: 9, max_completion_tokens: 5 }, { outputTokensMax: 9 }],
    ['no cap', { messages: [user] }, { outputTokensMax: undefined }],
    ['a cap that some engine reads as endless', { messages: [user], max_tokens: -1 }, { outputTokensMax: undefined }],
    ['a cap as text', { messages: [user], max_tokens: '9' }, { outputTokensMax: undefined }],
    ['several choices', { messages: [user], n: 3 }, { choices: 3 }],
    ['a number of choices as text', { messages: [user], n: '3' }, { unbounded: ['n (not a number)'] }],
    ['an image in the body', { messages: [{ role: 'user', content: [image] }] }, { images: 1, mediaBytes: 12, unbounded: [] }],
    ['an image elsewhere', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: 'https://x.test/a' }] }] }, { images: 1, mediaBytes: 0 }],
    [
      'text that pretends to be an image',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:text/plain;base64,aGFsbG8=' } }] }] },
      { images: 1, mediaBytes: 0 },
    ],
    [
      'a document that is sent as an image',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:application/pdf;base64,JVBERi0=' } }] }] },
      { images: 1, files: 1, mediaBytes: 0 },
    ],
    [
      'a file in the body',
      { messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=' } }] }] },
      { files: 1, mediaBytes: 8 },
    ],
    [
      'a stored file',
      { messages: [user, { role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }] },
      { files: 0, unbounded: ['messages[1].content[0] (file_id)'] },
    ],
    ['audio', { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }] }, { unbounded: ['messages[0].content[0] (input_audio)'] }],
    ['an unknown part', { messages: [{ role: 'user', content: [{ type: 'video_url' }] }] }, { unbounded: ['messages[0].content[0] (video_url)'] }],
    ['tools of both own kinds', { messages: [user], tools: [{ type: 'function' }, { type: 'custom' }] }, { unbounded: [] }],
    ['a hosted tool', { messages: [user], tools: [{ type: 'function' }, { type: 'web_search' }] }, { unbounded: ['tools[1] (web_search)'] }],
    [
      'searches, predictions, speech',
      { messages: [user], web_search_options: {}, preset: 'low', prediction: {}, modalities: ['text', 'audio'], audio: {} },
      { unbounded: ['web_search_options', 'preset', 'prediction', 'audio', 'modalities (audio)'] },
    ],
    ['a dearer tier', { messages: [user], service_tier: 'priority' }, { unbounded: ['service_tier (priority)'] }],
    ['the standard tier', { messages: [user], service_tier: 'default' }, { unbounded: [] }],
  ])('%s', (_, body, expected) => {
    expect(boundChat(body)).toMatchObject(expected)
  })

  it('never throws and never takes off more bytes than the body has', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (messages, tools, n) => {
        const body = JSON.parse(JSON.stringify({ messages, tools, n })) as JsonObject
        const bound = boundChat(body)
        expect(bound.mediaBytes).toBeLessThanOrEqual(JSON.stringify(body).length)
        expect(bound.choices).toBeGreaterThanOrEqual(1)
      }),
      { seed },
    )
  })
})
