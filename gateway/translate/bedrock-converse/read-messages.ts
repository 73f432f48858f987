// Converse's replies in the words of Messages, its close cousin, whose readers then do the rest.
// Promises: one event in, those it stands for out; what a chat has no place for is left out.
// Leaves alone: what the events mean (anthropic-messages/).
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html, as known 2026-11-21.

import { countOf, listOf, numberOf, objectOf, textOf, type Json, type JsonObject } from '../../contract/json.ts'

/** A whole reply. */
export function toMessagesReply(reply: JsonObject): JsonObject {
  const message = objectOf(objectOf(reply['output'])?.['message'])
  const content = message === undefined ? undefined : listOf(message['content']).flatMap((block) => toBlocks(objectOf(block) ?? {}))
  return { content, stop_reason: toStopReason(reply['stopReason']), usage: toUsage(objectOf(reply['usage']) ?? {}) }
}

/** The events of one stream. Text has no event for its start, and reasoning neither: the first delta opens its block. */
export function createTranslator(): (type: string, event: JsonObject) => readonly JsonObject[] {
  const open = new Set<number>()
  return (type, event) => {
    const index = countOf(event['contentBlockIndex']) ?? 0
    switch (type) {
      case 'messageStart':
        return [{ type: 'message_start', message: {} }]
      case 'contentBlockStart':
        return toStart(objectOf(event['start']) ?? {}, index)
      case 'contentBlockDelta': {
        const delta = objectOf(event['delta']) ?? {}
        const reasoning = objectOf(delta['reasoningContent']) ?? {}
        const reasons = (reasoning['text'] !== undefined || reasoning['signature'] !== undefined) && !open.has(index)
        if (reasons) open.add(index)
        return [...(reasons ? [start(index, { type: 'thinking' })] : []), ...toDeltas(delta, index)]
      }
      case 'contentBlockStop':
        open.delete(index)
        return [{ type: 'content_block_stop', index }]
      case 'messageStop':
        return [{ type: 'message_delta', delta: { stop_reason: toStopReason(event['stopReason']) } }]
      case 'metadata':
        return [{ type: 'message_delta', usage: toUsage(objectOf(event['usage']) ?? {}) }]
      default:
        return []
    }
  }
}

const start = (index: number, block: JsonObject): JsonObject => ({ type: 'content_block_start', index, content_block: block })

function toStart(block: JsonObject, index: number): readonly JsonObject[] {
  const tool = objectOf(block['toolUse'])
  return tool === undefined ? [] : [start(index, { type: 'tool_use', id: tool['toolUseId'], name: tool['name'] })]
}

function toDeltas(delta: JsonObject, index: number): readonly JsonObject[] {
  const event = (inner: JsonObject): JsonObject => ({ type: 'content_block_delta', index, delta: inner })
  const reasoning = objectOf(delta['reasoningContent']) ?? {}
  const tool = objectOf(delta['toolUse']) ?? {}
  return [
    ...said(delta['text'], (text) => event({ type: 'text_delta', text })),
    ...said(tool['input'], (json) => event({ type: 'input_json_delta', partial_json: json })),
    ...said(reasoning['text'], (text) => event({ type: 'thinking_delta', thinking: text })),
    ...said(reasoning['signature'], (signature) => event({ type: 'signature_delta', signature })),
    ...said(reasoning['redactedContent'], (data) => start(index, { type: 'redacted_thinking', data })),
  ]
}

function toBlocks(block: JsonObject): readonly JsonObject[] {
  const tool = objectOf(block['toolUse'])
  const reasoning = objectOf(block['reasoningContent']) ?? {}
  const thought = objectOf(reasoning['reasoningText'])
  return [
    ...said(block['text'], (text) => ({ type: 'text', text })),
    // Text with its sources: the text stays.
    ...listOf(objectOf(block['citationsContent'])?.['content']).flatMap((piece) => said(objectOf(piece)?.['text'], (text) => ({ type: 'text', text }))),
    ...(tool === undefined ? [] : [{ type: 'tool_use', id: tool['toolUseId'], name: tool['name'], input: tool['input'] }]),
    ...(thought === undefined ? [] : [{ type: 'thinking', thinking: thought['text'], signature: thought['signature'] }]),
    ...said(reasoning['redactedContent'], (data) => ({ type: 'redacted_thinking', data })),
  ]
}

function said(value: Json | undefined, make: (text: string) => JsonObject): readonly JsonObject[] {
  const text = textOf(value)
  return text === undefined || text === '' ? [] : [make(text)]
}

/** The others have the names they have at Anthropic. What was malformed ends like an answer: it is billed, and failing it would buy another one. */
function toStopReason(reason: Json | undefined): Json | undefined {
  return reason === 'content_filtered' || reason === 'guardrail_intervened' ? 'refusal' : reason
}

/** `inputTokens` is what was neither read from nor written to a cache, as at Anthropic (the sum of all three and the output is `totalTokens`). */
function toUsage(usage: JsonObject): JsonObject {
  const hourly = listOf(usage['cacheDetails'])
    .map((row) => objectOf(row) ?? {})
    .filter((row) => row['ttl'] === '1h')
  const hour = hourly.reduce((sum, row) => sum + (numberOf(row['inputTokens']) ?? 0), 0)
  return {
    input_tokens: usage['inputTokens'],
    output_tokens: usage['outputTokens'],
    cache_read_input_tokens: usage['cacheReadInputTokens'],
    cache_creation_input_tokens: usage['cacheWriteInputTokens'],
    cache_creation: hour === 0 ? undefined : { ephemeral_1h_input_tokens: hour },
  }
}
