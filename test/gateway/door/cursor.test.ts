// Which dialect a body is in that Cursor sends to its one address.
// Promises: the shape decides, and what has none of the other dialects' marks is a chat completion.

import { expect, it } from 'vitest'
import { askedByCursor } from '../../../gateway/door/surfaces/cursor.ts'

const said = { role: 'user', content: 'hi' }
const block = (type: string): object => ({ messages: [said, { role: 'assistant', content: [{ type: 'text', text: 'x' }, { type }] }] })

it.each([
  ['a chat', { messages: [said] }, undefined],
  ['a chat with tools', { messages: [said], tools: [{ type: 'function', function: { name: 'f' } }] }, undefined],
  ['a chat with an input beside its messages', { messages: [said], input: 'x' }, undefined],
  ['a Responses body', { input: [said], tools: [{ type: 'function', name: 'f' }] }, 'openai-responses'],
  ['a Responses body of one text', { input: 'hi' }, 'openai-responses'],
  ['a system prompt beside the messages', { messages: [said], system: 'be brief' }, 'anthropic-messages'],
  ['schemas in input_schema', { messages: [said], tools: [{ name: 'f', input_schema: {} }] }, 'anthropic-messages'],
  ['a call among the content', block('tool_use'), 'anthropic-messages'],
  ['a result among the content', block('tool_result'), 'anthropic-messages'],
  ['an image among the content', block('image_url'), undefined],
  ['nothing', {}, undefined],
])('%s is read as what it is', (_, body, wire) => {
  expect(askedByCursor({ model: 'm', stream: true, ...body })).toEqual({ model: 'm', stream: true, ...(wire === undefined ? {} : { wire }) })
})
