// A tool that stands where a vendor wants one, because the history has calls, and the caller names none.
// Promises: it says of itself that it cannot be called. Leaves alone: where a vendor wants it.
// Sources: "Requests which include `tool_use` or `tool_result` blocks must define tools" (Anthropic); "The toolConfig field must be defined when using toolUse
// and toolResult content blocks" (Bedrock), as known 2026-11-21.

import type { ChatRequest, ToolDefinition } from '../contract/chat.ts'

export const standInTool: Pick<ToolDefinition, 'name' | 'parameters'> & { readonly description: string } = {
  name: 'unavailable',
  description: 'No tool can be called now.',
  parameters: { type: 'object', properties: {} },
}

export function hasCalls({ messages }: Pick<ChatRequest, 'messages'>): boolean {
  return messages.some((message) => message.role === 'tool' || (message.role === 'assistant' && message.toolCalls.length > 0))
}
