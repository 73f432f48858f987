// How replies end, where vendors end them in ways of their own.
// Promises: nothing that was written is lost; what was billed is counted.

import { describe, expect, it } from 'vitest'
import { readMessagesUsage } from '../../../gateway/translate/anthropic-messages/read-usage.ts'
import { readMessagesRequest } from '../../../gateway/translate/anthropic-messages/read-request.ts'
import { createGeminiReader } from '../../../gateway/translate/gemini-generate/read-reply.ts'
import { readOllamaChat } from '../../../gateway/translate/ollama-chat/read-request.ts'
import { writeOllama } from '../../../gateway/translate/ollama-chat/write-request.ts'
import { readChatWhole } from '../../../gateway/translate/openai-chat/read-reply.ts'
import { createChatWriter } from '../../../gateway/translate/openai-chat/write-reply.ts'
import { writeResponses } from '../../../gateway/translate/openai-responses/write-request.ts'
import { textOfBytes } from '../../conformance/recordings.ts'

it('a Gemini stream that says STOP with each response is read to its end', () => {
  const response = (part: object): string => `data: ${JSON.stringify({ candidates: [{ content: { parts: [part] }, finishReason: 'STOP' }] })}\n\n`
  const bytes = Buffer.from(response({ text: 'one ' }) + response({ text: 'two' }) + response({ functionCall: { name: 'f', args: {} } }))
  const reader = createGeminiReader()
  const writer = createChatWriter({ id: 'x', model: 'm', createdS: 0, request: {} })
  const events = [...reader.push(bytes), ...reader.end()]
  expect(events.filter((event) => event.type === 'finish')).toEqual([{ type: 'finish', reason: 'tool-calls' }])
  const written = textOfBytes([...events.map((event) => writer.write(event)), writer.end()])
  expect(written).toContain('"content":"two"')
  expect(written).toContain('"finish_reason":"tool_calls"')
})

it('a full window is a length, also in Mistral’s word', () => {
  const reply = { choices: [{ message: { content: 'a' }, finish_reason: 'model_length' }] }
  expect(readChatWhole(reply)).toContainEqual({ type: 'finish', reason: 'length' })
})

describe('what Anthropic counts beside its totals', () => {
  // The example of its page on compaction.
  const message = { type: 'message', input_tokens: 23_000, output_tokens: 1000 }
  const compaction = { type: 'compaction', input_tokens: 180_000, output_tokens: 3500 }
  it('is billed: the summary of a long conversation is a run of its own', () => {
    expect(readMessagesUsage({ input_tokens: 23_000, output_tokens: 1000, iterations: [compaction, message] })).toEqual({
      meters: { input: 203_000, output: 4500 },
      provenance: 'reported',
    })
  })
  it('is all there is where the answer waits', () => {
    const cached = { ...compaction, cache_read_input_tokens: 7 }
    expect(readMessagesUsage({ input_tokens: 0, output_tokens: 0, iterations: [cached] })?.meters).toEqual({ input: 180_000, cacheRead: 7, output: 3500 })
  })
  it('is billed: searches on the web, in its example of a usage with one', () => {
    const usage = { input_tokens: 105, output_tokens: 6039, cache_read_input_tokens: 7123, cache_creation_input_tokens: 7345 }
    expect(readMessagesUsage({ ...usage, server_tool_use: { web_search_requests: 1 } })).toEqual({
      meters: { input: 105, cacheRead: 7123, cacheWrite: 7345, output: 6039, searches: 1 },
      provenance: 'reported',
    })
    expect(readMessagesUsage({ ...usage, server_tool_use: { web_search_requests: 0 } })?.meters).not.toHaveProperty('searches')
    expect(readMessagesUsage({ ...usage, server_tool_use: { web_search_requests: -1 } })?.meters).not.toHaveProperty('searches')
  })
  it('is nothing more in any other run', () => {
    expect(readMessagesUsage({ input_tokens: 23_000, output_tokens: 1000, iterations: [message] })?.meters).toEqual({ input: 23_000, output: 1000 })
  })
})

describe('what would end or fail a call at once', () => {
  it('an empty stop text is not sent to Ollama, which finds it in every reply', () => {
    const request = readOllamaChat({ messages: [{ role: 'user', content: 'hi' }], options: { stop: ['', 'END'] } })
    const target = { model: 'm', stream: false, outputTokensMax: 9, settings: {}, quirks: {} }
    expect(writeOllama(request, target).body['options']).toMatchObject({ stop: ['END'] })
  })
  it.each([
    [true, { effort: 'high' }],
    [undefined, undefined],
  ])('an effort that is left to the model goes to OpenAI in words it knows (known to reason: %s)', (reasons, reasoning) => {
    const request = readMessagesRequest({
      max_tokens: 9,
      thinking: { type: 'adaptive' },
      output_config: { effort: 'max' },
      messages: [{ role: 'user', content: 'hi' }],
    })
    const target = { model: 'm', stream: false, outputTokensMax: 9, settings: {}, quirks: {}, ...(reasons === undefined ? {} : { reasons }) }
    expect(writeResponses(request, target).body['reasoning']).toEqual(reasoning)
  })
})
