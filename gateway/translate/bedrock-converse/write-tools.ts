// Tools and their choice as Converse takes them.
// Promises: the vendor's rule that a history with tool blocks needs tools is kept, also where the caller allows none.
// Leaves alone: names and schemas the vendor refuses. Source:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html, as known 2026-11-21.

import type { ChatRequest, ToolDefinition } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import { withoutDialect } from '../fields.ts'
import type { ConverseTraits } from './model-traits.ts'
import { writeCachePoint } from './write-turns.ts'

export function writeToolConfig(request: ChatRequest, traits: ConverseTraits): JsonObject | undefined {
  // There is no choice of none: what must not be called is not shown.
  const shown = request.toolChoice?.kind === 'none' ? [] : request.tools
  if (shown.length > 0) return { tools: shown.flatMap((tool) => writeTool(tool, traits)), toolChoice: writeChoice(request) }
  return hasToolBlocks(request) ? { tools: [standIn] } : undefined
}

/** Without any tool a history of calls is refused ("The toolConfig field must be defined when using toolUse and toolResult content blocks"). */
const standIn: JsonObject = {
  toolSpec: { name: 'unavailable', description: 'No tool can be called now.', inputSchema: { json: { type: 'object', properties: {} } } },
}

function hasToolBlocks({ messages }: ChatRequest): boolean {
  return messages.some((message) => message.role === 'tool' || (message.role === 'assistant' && message.toolCalls.length > 0))
}

function writeTool(tool: ToolDefinition, { caches }: ConverseTraits): JsonObject[] {
  const description = tool.description?.trim() === '' ? undefined : tool.description
  const json = { ...withoutDialect(tool.parameters), type: 'object' }
  return [{ toolSpec: { name: tool.name, description, inputSchema: { json } } }, ...(caches.tools ? writeCachePoint(tool.cacheControl) : [])]
}

function writeChoice({ toolChoice }: ChatRequest): JsonObject | undefined {
  switch (toolChoice?.kind) {
    case 'tool':
      return { tool: { name: toolChoice.name } }
    case 'required':
      return { any: {} }
    case 'auto':
      return { auto: {} }
    default:
      return undefined
  }
}
