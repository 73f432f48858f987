// A whole Messages reply to the events its stream would have brought.
// Promises: the same block rules as the stream (both use read-blocks.ts). Leaves alone: error replies with an error status.

import type { FinishReason, ReplyEvent } from '../../contract/chat.ts'
import { listOf, objectOf, textOf } from '../../contract/json.ts'
import { readVendorError } from '../vendor-error.ts'
import { createBlocks } from './read-blocks.ts'
import { readMessagesUsage } from './read-usage.ts'

export function readMessagesWhole(body: unknown): readonly ReplyEvent[] {
  const reply = objectOf(body) ?? {}
  if (reply['type'] === 'error' || !Array.isArray(reply['content'])) {
    const error = readVendorError(0, objectOf(reply['error']) === undefined ? { message: 'The provider sent a reply without content.' } : reply)
    return [{ type: 'error', message: error.message, code: error.type ?? 'upstream_protocol' }]
  }
  const blocks = createBlocks()
  const events: ReplyEvent[] = [{ type: 'reply-start', upstreamId: textOf(reply['id']) ?? null, model: textOf(reply['model']) ?? null }]
  listOf(reply['content']).forEach((block, index) => events.push(...blocks.open(index, objectOf(block) ?? {}), ...blocks.close(index)))
  const usage = readMessagesUsage(objectOf(reply['usage']) ?? {})
  if (usage !== null) events.push({ type: 'usage', usage })
  const stopSequence = textOf(reply['stop_sequence'])
  events.push(
    { type: 'finish', reason: toFinish(textOf(reply['stop_reason']) ?? 'end_turn'), ...(stopSequence === undefined ? {} : { stopSequence }) },
    { type: 'reply-end' },
  )
  return events
}

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons, as known 2026-11-21. Unknown reasons end like `end_turn`. */
export function toFinish(reason: string): FinishReason {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length'
    case 'tool_use':
      return 'tool-calls'
    case 'refusal':
      return 'content-filter'
    default:
      return 'stop'
  }
}
