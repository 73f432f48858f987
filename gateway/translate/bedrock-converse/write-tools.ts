// Tools and their choice as Converse takes them.
// Promises: the vendor's rule that a history with tool blocks needs tools is kept, also where the caller allows none.
// Leaves alone: names and schemas the vendor refuses. Source:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html, as known 2026-11-21.

import type { ChatRequest, ToolChoice, ToolDefinition } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import { withoutDialect } from '../fields.ts'
import { hasCalls, standInTool } from '../stand-in-tool.ts'
import type { ConverseTraits } from './model-traits.ts'
import { writeCachePoint } from './write-turns.ts'

export function writeToolConfig(request: ChatRequest, traits: ConverseTraits, choice: ToolChoice | undefined): JsonObject | undefined {
  // There is no choice of none: what must not be called is not shown.
  const shown = request.toolChoice?.kind === 'none' ? [] : request.tools
  if (shown.length > 0) return { tools: shown.flatMap((tool) => writeTool(tool, traits)), toolChoice: writeChoice(choice) }
  return hasCalls(request) ? { tools: [standIn] } : undefined
}

const { name, description, parameters } = standInTool
const standIn: JsonObject = { toolSpec: { name, description, inputSchema: { json: parameters } } }

function writeTool(tool: ToolDefinition, { caches }: ConverseTraits): JsonObject[] {
  const description = tool.description?.trim() === '' ? undefined : tool.description
  const json = { ...withoutDialect(tool.parameters), type: 'object' }
  return [{ toolSpec: { name: tool.name, description, inputSchema: { json } } }, ...(caches.tools ? writeCachePoint(tool.cacheControl) : [])]
}

/** What a family refuses is left to the model, which is what leaving it out means here, and named where that loses something. */
export function familyChoice(
  { toolChoice, tools }: ChatRequest,
  { forces }: ConverseTraits,
): { readonly toolChoice: ToolChoice | undefined; readonly dropped: readonly string[] } {
  const isForced = toolChoice?.kind === 'required' || toolChoice?.kind === 'tool'
  if (forces === 'tool' || toolChoice?.kind === 'none' || tools.length === 0) return { toolChoice, dropped: [] }
  if (forces === 'none') return { toolChoice: undefined, dropped: isForced ? ['tool_choice'] : [] }
  if (toolChoice?.kind !== 'tool') return { toolChoice, dropped: [] }
  return { toolChoice: { kind: 'required' }, dropped: tools.length === 1 ? [] : ['tool_choice'] }
}

function writeChoice(toolChoice: ToolChoice | undefined): JsonObject | undefined {
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
