// What Cursor sends to an address for Chat Completions: that, or a Responses body, or one in the form of Anthropic's Messages, by the model's name.
// Promises: decided by the body's own shape, never by a name; whatever it is, the answer is a chat completion.
// Leaves alone: reading it (translate/).
// Source: https://docs.litellm.ai/docs/tutorials/cursor_integration; bodies as shown in gabrii/Cursor-Azure-GPT-5#69 and Soju06/codex-lb#833, as known 2026-11-21.

import { listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import { askedInBody, type Asked } from './surface.ts'

export function askedByCursor(json: JsonObject): Asked {
  const asked = askedInBody(json)
  if (json['messages'] === undefined && json['input'] !== undefined) return { ...asked, wire: 'openai-responses' }
  return isOfMessages(json) ? { ...asked, wire: 'anthropic-messages' } : asked
}

/** Only Messages has a system prompt beside its messages, schemas in `input_schema`, and calls and results among a message's content. */
function isOfMessages({ system, tools, messages }: JsonObject): boolean {
  if (system !== undefined && system !== null) return true
  if (listOf(tools).some((tool) => objectOf(tool)?.['input_schema'] !== undefined)) return true
  return listOf(messages).some((message) => listOf(objectOf(message)?.['content']).some((block) => blocks.has(textOf(objectOf(block)?.['type']) ?? '')))
}

const blocks = new Set(['tool_use', 'tool_result', 'thinking', 'redacted_thinking'])
