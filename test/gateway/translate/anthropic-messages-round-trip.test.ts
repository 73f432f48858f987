// From a Messages body through the pivot and back.
// Promises: the meaning stays: turns, blocks, tools, choices, caches and signatures.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { readMessagesRequest } from '../../../gateway/translate/anthropic-messages/read-request.ts'
import { writeMessages } from '../../../gateway/translate/anthropic-messages/write-request.ts'
import { seed } from '../../conformance/recordings.ts'

const word = fc.stringMatching(/^[a-zé日"\\]{1,8}$/)
const id = fc.stringMatching(/^[a-zA-Z0-9_-]{1,8}$/)
const cache = fc.constantFrom({}, { cache_control: { type: 'ephemeral', ttl: '1h' } })
const cached = (block: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> => fc.tuple(block, cache).map(([made, mark]) => ({ ...made, ...mark }))
const text = cached(word.map((value) => ({ type: 'text', text: value })))
const image = cached(
  fc.constantFrom<JsonObject>(
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
    { type: 'image', source: { type: 'url', url: 'https://x.test/a' } },
  ),
)
const document = cached(word.map((title) => ({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' }, title })))
const result = fc.record({ type: fc.constant('tool_result'), tool_use_id: id, content: fc.array(fc.oneof(text, image), { minLength: 1, maxLength: 2 }) })
const failed = result.map((block) => ({ ...block, is_error: true }))
const userContent = fc
  .tuple(fc.array(fc.oneof(result, failed), { maxLength: 2 }), fc.array(fc.oneof(text, image, document), { minLength: 1, maxLength: 3 }))
  .map(([results, said]) => [...results, ...said])
const thinking = fc.oneof(
  fc.record({ type: fc.constant('thinking'), thinking: word, signature: word }),
  fc.record({ type: fc.constant('redacted_thinking'), data: word }),
)
const call = fc.record({ type: fc.constant('tool_use'), id, name: id, input: fc.dictionary(word, fc.jsonValue({ maxDepth: 1 })) })
const assistantContent = fc
  .tuple(fc.array(thinking, { maxLength: 2 }), fc.array(text, { minLength: 1, maxLength: 2 }), fc.array(call, { maxLength: 2 }))
  .map(([thoughts, said, calls]) => [...thoughts, ...said, ...calls])
const turns = fc.tuple(fc.array(fc.tuple(userContent, assistantContent), { maxLength: 3 }), userContent).map(([pairs, last]) => [
  ...pairs.flatMap(([user, assistant]) => [
    { role: 'user', content: user },
    { role: 'assistant', content: assistant },
  ]),
  { role: 'user', content: last },
])
const tool = fc.record({
  name: fc.constantFrom('f', 'g'),
  description: word,
  input_schema: fc.constant({ type: 'object', properties: { a: { type: 'string' } } }),
})
const choice = fc.oneof(
  fc.record({ type: fc.constantFrom('auto', 'any'), disable_parallel_tool_use: fc.constant(true) }),
  fc.constantFrom({ type: 'none' }, { type: 'any' }),
)
const request = fc.record(
  {
    max_tokens: fc.integer({ min: 1, max: 9999 }),
    messages: turns,
    system: fc.oneof(word, fc.array(text, { minLength: 1, maxLength: 3 })),
    tools: fc.array(tool, { minLength: 1, maxLength: 2 }),
    tool_choice: choice,
    stop_sequences: fc.array(word, { minLength: 1, maxLength: 2 }),
    temperature: fc.double({ min: 0, max: 0.9, noNaN: true }),
    top_k: fc.integer({ min: 1, max: 50 }),
    metadata: fc.record({ user_id: id }),
    output_config: fc.constant({ format: { type: 'json_schema', schema: { type: 'object' } } }),
  },
  { requiredKeys: ['max_tokens', 'messages'] },
)

it('gives the same request again', () => {
  fc.assert(
    fc.property(request, (made) => {
      const body = JSON.parse(JSON.stringify({ ...made, model: 'm' })) as JsonObject
      const first = readMessagesRequest(body)
      const { body: written, dropped } = writeMessages(first, { model: 'claude-x', stream: true, outputTokensMax: made.max_tokens, settings: {}, quirks: {} })
      expect(dropped).toEqual([])
      expect(readMessagesRequest(JSON.parse(JSON.stringify(written)) as JsonObject)).toEqual(first)
    }),
    { seed, numRuns: 300 },
  )
})
