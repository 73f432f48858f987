// Calls of a conversation whose ids come more than once, as servers number them that begin anew with each reply ("call_0").
// Promises: each call has an id of its own, and each result that of the call it answers: the first one still waiting; ids that are unique stay.
// Leaves alone: calls without a result and results without a call.
// Source: "`tool_use` ids must be unique", https://platform.claude.com/docs/en/api/messages, as known 2026-11-21.

import type { ChatMessage, ToolCall } from '../contract/chat.ts'

/** What became of one id. */
interface Line {
  /** Of its calls, in order. */
  readonly ids: string[]
  /** Those before it are answered. */
  next: number
  count: number
}

export function uniqueCalls(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const given = messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls.map((call) => call.id) : []))
  const taken = new Set(given)
  if (taken.size === given.length) return messages
  const lines = new Map<string, Line>()
  const open = (call: ToolCall): ToolCall => {
    const line = lines.get(call.id)
    if (line === undefined) {
      lines.set(call.id, { ids: [call.id], next: 0, count: 1 })
      return call
    }
    do line.count += 1
    while (taken.has(`${call.id}_${line.count}`))
    const id = `${call.id}_${line.count}`
    taken.add(id)
    line.ids.push(id)
    return { ...call, id }
  }
  const answer = (callId: string): string => {
    const line = lines.get(callId)
    const id = line?.ids[line.next] ?? line?.ids.at(-1) ?? callId
    if (line !== undefined) line.next += 1
    return id
  }
  return messages.map((message) => {
    if (message.role === 'assistant') return { ...message, toolCalls: message.toolCalls.map(open) }
    return message.role === 'tool' ? { ...message, callId: answer(message.callId) } : message
  })
}
