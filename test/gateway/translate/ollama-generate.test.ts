// Prompts in Ollama's dialect: what they mean elsewhere, and what answers look like.

import { expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import { ollamaGenerate } from '../../../gateway/translate/ollama-generate.ts'

const options = { id: 'x', model: 'public', createdS: 1_700_000_000, request: {} }
const head = { model: 'public', created_at: '2023-11-14T22:13:20.000Z' }
const events: readonly ReplyEvent[] = [
  { type: 'reply-start', upstreamId: 'u', model: 'v' },
  { type: 'reasoning-delta', text: 'hm' },
  { type: 'text-delta', text: 'one ' },
  { type: 'text-delta', text: 'two' },
  { type: 'usage', usage: { meters: { input: 5, output: 4 }, provenance: 'reported' } },
  { type: 'finish', reason: 'length' },
  { type: 'reply-end' },
]

it('a prompt becomes one user message, and what only an engine can do is kept by name', () => {
  expect(ollamaGenerate.inbound?.read({ model: 'm', prompt: 'say', system: 'be', suffix: 'end', raw: true, images: ['R0lGOD'] })).toMatchObject({
    operation: 'completion',
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 'be' }] },
      { role: 'user', parts: [{ type: 'text', text: 'say' }, { type: 'image' }] },
    ],
    other: { suffix: 'end', raw: true },
  })
})

it('an answer is one text, in pieces or whole', () => {
  const ending = { done: true, done_reason: 'length', prompt_eval_count: 5, eval_count: 4 }
  expect(ollamaGenerate.inbound?.writeWhole(events, options)).toEqual({ ...head, response: 'one two', thinking: 'hm', ...ending })
  const writer = ollamaGenerate.inbound?.createWriter(options)
  const bytes = [...events.map((event) => writer?.write(event) ?? new Uint8Array()), writer?.end() ?? new Uint8Array()]
  const lines = Buffer.concat(bytes).toString().trim().split('\n')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { ...head, response: '', thinking: 'hm', done: false },
    { ...head, response: 'one ', done: false },
    { ...head, response: 'two', done: false },
    { ...head, response: '', ...ending },
  ])
})

it('nobody else’s request is put into this form', () => {
  expect(ollamaGenerate.outbound.write).toBeUndefined()
})
