// What OpenAI's reasoning models refuse of sampling, which callers of other dialects send as a matter of course.
// Promises: each generation by its name, in both of the wires. Leaves alone: passing requests (the vendor answers those itself).

import { expect, it } from 'vitest'
import type { WriteTarget } from '../../../gateway/contract/wire.ts'
import { readGemini } from '../../../gateway/translate/gemini-generate/read-request.ts'
import { writeChat } from '../../../gateway/translate/openai-chat/write-request.ts'
import { writeResponses } from '../../../gateway/translate/openai-responses/write-request.ts'

// As Gemini CLI sends them with every request.
const generationConfig = { temperature: 0, topP: 0.95, topK: 64, stopSequences: ['END'], presencePenalty: 0.5, frequencyPenalty: 0 }
const all = { temperature: 0, top_p: 0.95, presence_penalty: 0.5, frequency_penalty: 0, stop: ['END'] }
const contents = [{ role: 'user', parts: [{ text: 'hi' }] }]
const target = (model: string): WriteTarget => ({ model, stream: false, outputTokensMax: 99, settings: {}, quirks: { noTopK: true }, reasons: true })
const named = ['temperature', 'top_p', 'presence_penalty', 'stop', 'top_k']

it.each<[string, string | undefined, object, readonly string[]]>([
  ['gpt-5', undefined, {}, named],
  ['gpt-5-mini-2025-08-07', undefined, {}, named],
  ['o3', undefined, {}, named],
  ['o4-mini', 'low', {}, named],
  ['gpt-5.2-codex', undefined, {}, named],
  ['gpt-5.2', 'low', { stop: ['END'] }, named.filter((name) => name !== 'stop')],
  ['gpt-5.2', undefined, all, ['top_k']],
  ['gpt-5-chat-latest', undefined, all, ['top_k']],
  ['gpt-4o', undefined, all, ['top_k']],
  ['gpt-oss-120b', 'low', all, ['top_k']],
  ['olmo-3', undefined, all, ['top_k']],
])('%s (effort: %s) is sent no sampling that it refuses', (model, level, expected, dropped) => {
  const thinkingConfig = level === undefined ? {} : { thinkingConfig: { thinkingLevel: level } }
  const pivot = readGemini({ contents, generationConfig: { ...generationConfig, ...thinkingConfig } })
  const chat = writeChat(pivot, target(model))
  const { temperature, top_p, presence_penalty, frequency_penalty, stop } = chat.body
  expect(JSON.parse(JSON.stringify({ temperature, top_p, presence_penalty, frequency_penalty, stop }))).toEqual(expected)
  expect([...chat.dropped].sort()).toEqual([...dropped].sort())
  const responses = writeResponses(pivot, target(model))
  expect(responses.body['temperature']).toBe('temperature' in expected ? 0 : undefined)
  expect(responses.dropped.includes('temperature')).toBe(dropped.includes('temperature'))
})

it('what a model does by itself is no loss to name', () => {
  const pivot = readGemini({ contents, generationConfig: { temperature: 1, topP: 1 } })
  const { body, dropped } = writeChat(pivot, target('gpt-5'))
  expect([body['temperature'], body['top_p'], dropped]).toEqual([undefined, undefined, []])
})
