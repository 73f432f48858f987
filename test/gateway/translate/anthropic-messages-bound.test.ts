// What bounds the cost of a Messages body.
// Promises: whatever could cost more than it shows is counted or named.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { boundMessages } from '../../../gateway/translate/anthropic-messages/bound.ts'
import { seed } from '../../conformance/recordings.ts'

const user = { role: 'user', content: 'hi' }
const says = (...blocks: readonly JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content: blocks }] })
const pixel = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' }

describe('bounding', () => {
  it.each<[string, JsonObject, object]>([
    ['plain text', { messages: [user], max_tokens: 9 }, { outputTokensMax: 9, choices: 1, images: 0, unbounded: [] }],
    ['no cap', { messages: [user] }, { outputTokensMax: undefined }],
    ['a cap as text', { messages: [user], max_tokens: '9' }, { outputTokensMax: undefined }],
    ['an image in the body', says({ type: 'image', source: pixel }), { images: 1, mediaBytes: 12, unbounded: [] }],
    ['an image elsewhere', says({ type: 'image', source: { type: 'url', url: 'https://x.test/a' } }), { images: 1, mediaBytes: 0 }],
    ['a stored image', says({ type: 'image', source: { type: 'file', file_id: 'f' } }), { images: 0, unbounded: ['messages[0].content[0] (file_id)'] }],
    ['a document in the body', says({ type: 'document', source: { ...pixel, media_type: 'application/pdf' } }), { files: 1, mediaBytes: 12 }],
    ['a document that is text', says({ type: 'document', source: { type: 'text', data: 'long' } }), { files: 0, mediaBytes: 0, unbounded: [] }],
    [
      'an image in a document of blocks',
      says({ type: 'document', source: { type: 'content', content: [{ type: 'image', source: pixel }] } }),
      { files: 0, images: 1, mediaBytes: 12 },
    ],
    [
      'an image in a result',
      says({ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'image', source: pixel }] }),
      { images: 1, mediaBytes: 12, unbounded: [] },
    ],
    [
      'what an agent brings back',
      { messages: [{ role: 'assistant', content: [{ type: 'thinking' }, { type: 'redacted_thinking' }, { type: 'text' }, { type: 'tool_use' }] }] },
      { unbounded: [] },
    ],
    ['an unknown block', says({ type: 'video' }), { unbounded: ['messages[0].content[0] (video)'] }],
    ['a block without a type', says({}), { unbounded: ['messages[0].content[0] (no type)'] }],
    ['a caller’s own tools', { messages: [user], tools: [{ name: 'a' }, { type: 'custom', name: 'b' }] }, { unbounded: [] }],
    [
      'a tool of the vendor’s',
      { messages: [user], tools: [{ name: 'a' }, { type: 'web_search_20250305' }] },
      { unbounded: [], hosted: { wire: 'anthropic-messages', names: ['tools[1] (web_search_20250305)'] } },
    ],
    [
      'servers, containers, speeds and places',
      { messages: [user], mcp_servers: [{}], container: 'c', speed: 'fast', inference_geo: 'us', service_tier: 'priority' },
      { unbounded: ['mcp_servers', 'container', 'speed (fast)', 'inference_geo (us)', 'service_tier (priority)'] },
    ],
    [
      'the standard ones',
      { messages: [user], mcp_servers: [], container: null, speed: 'standard', inference_geo: 'global', service_tier: 'auto' },
      { unbounded: [] },
    ],
    ['clearing of context', { messages: [user], context_management: { edits: [{ type: 'clear_thinking_20251015' }] } }, { unbounded: [] }],
    [
      'compaction, a call inside the call',
      { messages: [user], context_management: { edits: [{ type: 'compact_20260112' }] } },
      { unbounded: ['context_management (compact_20260112)'] },
    ],
  ])('%s', (_, body, expected) => {
    expect(boundMessages(body)).toMatchObject(expected)
  })

  it('never throws and never takes off more bytes than the body has', () => {
    const block = fc.record({ type: fc.constantFrom('image', 'document', 'tool_result', 'text'), source: fc.jsonValue(), content: fc.jsonValue() })
    const message = fc.oneof(fc.jsonValue(), fc.record({ content: fc.array(block) }))
    fc.assert(
      fc.property(fc.array(message), fc.jsonValue(), fc.jsonValue(), (messages, tools, context_management) => {
        const body = JSON.parse(JSON.stringify({ messages, tools, context_management })) as JsonObject
        expect(boundMessages(body).mediaBytes).toBeLessThanOrEqual(JSON.stringify(body).length)
      }),
      { seed },
    )
  })
})
