// What a request is counted as when its vendor does not say.
// Promises: the same words count alike in every wire's spelling; media is no text, wherever it stands. Leaves alone: the tokens of a text (kit/token-count).

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { ModelFacts } from '../../../gateway/contract/provider.ts'
import { countInput } from '../../../gateway/rooms/call/count-input.ts'
import { plainBound } from '../../kit/plain-bound.ts'

const facts: ModelFacts = { contextTokensMax: null, outputTokensMax: 100, imageTokensMax: null, fileTokensMax: null, capabilities: [] }
const count = (body: JsonObject): number => countInput(body, plainBound, facts)

const words = 'The quick brown fox jumps over the lazy dog. '.repeat(1000)
const least = count({ prompt: words })
const user = { role: 'user', content: 'hi' }

describe('words', () => {
  it.each<[string, JsonObject]>([
    ['Chat Completions', { messages: [{ role: 'user', content: words }] }],
    ['Responses: input', { input: words }],
    ['Responses: instructions', { instructions: words, input: 'hi' }],
    ['Messages: system', { system: [{ type: 'text', text: words }], messages: [user] }],
    ['Gemini', { contents: [{ role: 'user', parts: [{ text: words }] }] }],
    ['Gemini: systemInstruction', { systemInstruction: { parts: [{ text: words }] }, contents: [] }],
    ['Converse', { messages: [{ role: 'user', content: [{ text: words }] }] }],
    ['Converse: tools', { messages: [], toolConfig: { tools: [{ toolSpec: { name: 'x', description: words, inputSchema: { json: {} } } }] } }],
    ['Cohere’s first chat: message', { message: words }],
    ['Cohere’s first chat: history', { message: 'hi', chat_history: [{ role: 'USER', message: words }] }],
    ['Cohere’s first chat: preamble', { message: 'hi', preamble: words }],
    ['Titan', { inputText: words }],
    ['Cohere’s embeddings', { texts: [words], input_type: 'search_document' }],
    ['Hugging Face’s embeddings', { inputs: [words] }],
    ['Vertex’s embeddings', { instances: [{ content: words, task_type: 'RETRIEVAL_QUERY' }] }],
    ['a tool’s result that is an object', { messages: [{ role: 'user', content: [{ toolResult: { content: [{ json: { bytes: 4, text: words } }] } }] }] }],
    ['a tool’s arguments beside a format', { messages: [{ role: 'assistant', content: [{ type: 'tool_use', input: { format: 'csv', data: words } }] }] }],
  ])('of %s count as they are', (_where, body) => {
    expect(count(body)).toBeGreaterThanOrEqual(least)
    expect(count(body)).toBeLessThan(least * 1.1 + 20)
  })
})

describe('media', () => {
  const base64 = Buffer.alloc(75_000, 'not text').toString('base64')
  const part = (content: JsonObject): JsonObject => ({ messages: [{ role: 'user', content: [content] }] })
  it.each<[string, JsonObject]>([
    ['a data URL', part({ type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } })],
    ['a picture of Messages', part({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64 } })],
    ['a picture of Converse', part({ image: { format: 'png', source: { bytes: base64 } } })],
    ['a document of Converse', part({ document: { format: 'pdf', name: 'd', source: { bytes: base64 } } })],
    ['sound of Chat Completions', part({ type: 'input_audio', input_audio: { data: base64, format: 'wav' } })],
    ['a picture of Ollama', { messages: [{ role: 'user', content: 'hi', images: [base64] }] }],
    ['a picture of Gemini', { contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: base64 } }] }] }],
    ['sealed reasoning of Responses', { input: [{ type: 'reasoning', summary: [], encrypted_content: base64 }, user] }],
  ])('is no text: %s', (_what, body) => {
    expect(count(body)).toBeLessThan(30)
  })
})
