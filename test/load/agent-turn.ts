// A coding agent's turn as the translation bench asks for it: 20 messages, tools with schemas, a picture, calls and their results; and what is answered.
// Promises: the same turn in every dialect, each as its own wire writes it; the same bytes in every run.
// Leaves alone: timing (translation.ts).

import type { ReplyEvent } from '../../gateway/contract/chat.ts'
import type { JsonObject } from '../../gateway/contract/json.ts'
import type { Wire, WriteTarget } from '../../gateway/contract/wire.ts'
import { readChat } from '../../gateway/translate/openai-chat/read-request.ts'

/** full: prompts, schemas and results of everyday length, about 60 KB · lean: short ones and no picture, so that what each message costs shows. */
export const turnSizes = ['full', 'lean'] as const
export type TurnSize = (typeof turnSizes)[number]

const lengths: Readonly<Record<TurnSize, { readonly system: number; readonly said: number; readonly result: number; readonly picture: number }>> = {
  full: { system: 9000, said: 300, result: 3000, picture: 12_000 },
  lean: { system: 400, said: 80, result: 160, picture: 0 },
}
const sentence = 'The gateway keeps a ledger of "every" call, and C:\\paths in it;\nnothing drifts. '
const prose = (length: number): string => sentence.repeat(Math.ceil(length / sentence.length)).slice(0, length)

const toolNames = ['read_file', 'write_file', 'list_folder', 'search_text', 'run_command', 'fetch_page', 'apply_patch', 'ask_user']
const tools: readonly JsonObject[] = toolNames.map((name) => ({
  type: 'function',
  function: {
    name,
    description: `${name}: ${prose(180)}`,
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Where, relative to the project.' },
        lines: { type: 'array', items: { type: 'integer', minimum: 1 }, description: 'From and to.' },
        mode: { type: 'string', enum: ['fast', 'careful'] },
      },
      required: ['path'],
      additionalProperties: false,
    },
  },
}))

const messagesMax = 20

function toMessages(size: TurnSize): readonly JsonObject[] {
  const { system, said, result, picture } = lengths[size]
  const question = { type: 'text', text: prose(said) }
  const shown = picture === 0 ? [] : [{ type: 'image_url', image_url: { url: `data:image/png;base64,${'iVBORw0K'.repeat(picture / 8)}` } }]
  const messages: JsonObject[] = [
    { role: 'system', content: prose(system) },
    { role: 'user', content: [question, ...shown] },
  ]
  for (let call = 0; messages.length < messagesMax; call += 1) {
    const id = `call_${call}`
    const argumentsText = JSON.stringify({ path: `source/file-${call}.ts`, lines: [1, 40 + call], mode: 'careful' })
    const name = toolNames[call % toolNames.length] ?? ''
    messages.push(
      { role: 'assistant', content: prose(said), tool_calls: [{ id, type: 'function', function: { name, arguments: argumentsText } }] },
      { role: 'tool', tool_call_id: id, content: prose(result) },
    )
  }
  return messages
}

const target: WriteTarget = { model: 'vendor-model', stream: true, outputTokensMax: 4096, settings: {}, quirks: {} }

/** The turn's body in this wire, as its writer puts it. */
export function turnIn(wire: Wire, size: TurnSize): JsonObject {
  const body: JsonObject = { model: 'm', stream: true, max_tokens: 4096, temperature: 0.2, messages: toMessages(size), tools, tool_choice: 'auto' }
  if (wire.id === 'openai-chat') return body
  const written = wire.outbound.write?.(readChat(body), target)
  if (written === undefined) throw new Error(`${wire.id} cannot be written`)
  return JSON.parse(JSON.stringify({ ...written.body, model: 'm' })) as JsonObject
}

export const streamedEvents = 500
const argumentPieces = 100
const words = ['The', ' gateway', ' keeps', ' a', ' ledger', ';', '\n', ' "nothing"', ' drifts', '.']

/** A streamed reply: text, then one call in pieces. */
export function replyEvents(): readonly ReplyEvent[] {
  return [
    { type: 'reply-start', upstreamId: 'reply-of-the-bench', model: 'vendor-model' },
    ...Array.from({ length: streamedEvents - argumentPieces }, (_, index): ReplyEvent => ({ type: 'text-delta', text: words[index % words.length] ?? '' })),
    { type: 'tool-start', index: 0, id: 'call_0', name: 'read_file' },
    { type: 'tool-delta', index: 0, argumentsText: '{"path":"' },
    ...Array.from({ length: argumentPieces - 2 }, (): ReplyEvent => ({ type: 'tool-delta', index: 0, argumentsText: 'folder/' })),
    { type: 'tool-delta', index: 0, argumentsText: 'file.ts"}' },
    { type: 'usage', usage: { meters: { input: 9000, output: 480 }, provenance: 'reported' } },
    { type: 'finish', reason: 'tool-calls' },
    { type: 'reply-end' },
  ]
}
