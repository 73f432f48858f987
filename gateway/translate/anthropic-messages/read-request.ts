// A caller's Messages body to the pivot: parameters and tools.
// Promises: every field we use has been checked; what has no word in the pivot is kept in `other` by its own name, so that it can be named as dropped.
// Leaves alone: turns (read-turns.ts), what a provider can do with them.
// Source: https://platform.claude.com/docs/en/api/messages, as known 2026-11-21.

import type { ChatRequest, ResponseFormat, ToolChoice, ToolDefinition } from '../../contract/chat.ts'
import type { Json, JsonObject } from '../../contract/json.ts'
import {
  invalid,
  optionalBoolean,
  optionalCount,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  optionalTexts,
  present,
  requiredText,
  rest,
} from '../fields.ts'
import { readTurns } from './read-turns.ts'

const taken = new Set([
  'model',
  'messages',
  'stream',
  'system',
  'max_tokens',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
  // Only keep the vendor's own books and caches.
  'cache_control',
  'diagnostics',
  'user_profile_id',
  'workspace_id',
])

/** @throws GatewayError invalid_request naming the field */
export function readMessagesRequest(body: JsonObject): ChatRequest {
  const outputTokensMax = optionalCount(body['max_tokens'], 'max_tokens')
  if (outputTokensMax === undefined) throw invalid('max_tokens', 'is required: the most tokens to write')
  const tools = readTools(body['tools'])
  return {
    operation: 'chat',
    dialect: 'anthropic',
    messages: readTurns(body),
    tools: tools.definitions,
    choices: 1,
    stop: optionalTexts(body['stop_sequences'], 'stop_sequences'),
    other: { ...rest(body, taken), ...tools.hosted },
    outputTokensMax,
    ...readChoice(body['tool_choice'], tools.definitions),
    ...readEffort(body),
    ...present({
      temperature: optionalNumber(body['temperature'], 'temperature'),
      topP: optionalNumber(body['top_p'], 'top_p'),
      topK: optionalNumber(body['top_k'], 'top_k'),
      responseFormat: readFormat(body),
      user: readUser(body['metadata']),
    }),
  }
}

// OpenAI's limit on `user` (https://github.com/openai/openai-openapi, `safety_identifier`, as known 2026-11-21).
const userLengthMax = 64
/** Longer ones are Claude Code's: device and session in one text, which another vendor refuses and has no use for. */
function readUser(value: unknown): string | undefined {
  const user = optionalText(optionalObject(value, 'metadata')?.['user_id'], 'metadata.user_id')
  return user === undefined || user === '' || user.length > userLengthMax ? undefined : user
}

/** Tools that run at Anthropic cannot run anywhere else: they are left out, and named. */
function readTools(value: unknown): { readonly definitions: readonly ToolDefinition[]; readonly hosted: JsonObject } {
  const definitions: ToolDefinition[] = []
  const hosted: Record<string, Json> = {}
  optionalList(value, 'tools').forEach((item, index) => {
    const at = `tools[${index}]`
    const tool = optionalObject(item, at) ?? {}
    const type = optionalText(tool['type'], `${at}.type`) ?? 'custom'
    if (type === 'custom') definitions.push(readTool(tool, at))
    else hosted[`${at} (${type})`] = true
  })
  return { definitions, hosted }
}

function readTool(tool: JsonObject, at: string): ToolDefinition {
  return {
    name: requiredText(tool['name'], `${at}.name`),
    parameters: optionalObject(tool['input_schema'], `${at}.input_schema`) ?? { type: 'object', properties: {} },
    ...present({
      description: optionalText(tool['description'], `${at}.description`),
      strict: optionalBoolean(tool['strict'], `${at}.strict`),
      cacheControl: optionalObject(tool['cache_control'], `${at}.cache_control`),
    }),
  }
}

/** Without tools there is nothing to choose, and other vendors refuse a choice then. */
function readChoice(value: unknown, tools: readonly ToolDefinition[]): Pick<ChatRequest, 'toolChoice' | 'parallelToolCalls'> {
  const choice = optionalObject(value, 'tool_choice')
  if (choice === undefined) return {}
  const toolChoice = toToolChoice(choice)
  if (tools.length === 0 || (toolChoice.kind === 'tool' && !tools.some((tool) => tool.name === toolChoice.name))) return {}
  const single = optionalBoolean(choice['disable_parallel_tool_use'], 'tool_choice.disable_parallel_tool_use')
  return { toolChoice, ...(single === undefined ? {} : { parallelToolCalls: !single }) }
}

function toToolChoice(choice: JsonObject): ToolChoice {
  switch (choice['type']) {
    case 'auto':
    case 'none':
      return { kind: choice['type'] }
    case 'any':
      return { kind: 'required' }
    case 'tool':
      return { kind: 'tool', name: requiredText(choice['name'], 'tool_choice.name') }
    default:
      throw invalid('tool_choice.type', 'must be one of auto, any, tool, none')
  }
}

// LiteLLM's steps (litellm/llms/anthropic/experimental_pass_through, as known 2026-11-21), but never `minimal`, which many models do not know.
const efforts: readonly (readonly [number, string])[] = [
  [10_000, 'high'],
  [5_000, 'medium'],
  [0, 'low'],
]

/** A budget demands reasoning; anything else leaves it to the model, and one that cannot reason must not be asked to. */
function readEffort(body: JsonObject): Pick<ChatRequest, 'reasoningEffort' | 'reasoningOptional'> {
  const thinking = optionalObject(body['thinking'], 'thinking')
  const wanted = optionalText(optionalObject(body['output_config'], 'output_config')?.['effort'], 'output_config.effort')
  // Not to think is the default here, and some models elsewhere know no word for it.
  if (thinking?.['type'] === 'disabled') return { reasoningEffort: 'none', reasoningOptional: true }
  const budget = optionalNumber(thinking?.['budget_tokens'], 'thinking.budget_tokens')
  if (thinking?.['type'] === 'enabled' && budget !== undefined) return { reasoningEffort: wanted ?? efforts.find(([least]) => budget >= least)?.[1] ?? 'low' }
  return wanted === undefined ? {} : { reasoningEffort: wanted, reasoningOptional: true }
}

/** `output_format` is how the beta spelled it. The schema has no name here, and needs one elsewhere. */
function readFormat(body: JsonObject): ResponseFormat | undefined {
  const format = optionalObject(optionalObject(body['output_config'], 'output_config')?.['format'] ?? body['output_format'], 'output_config.format')
  if (format === undefined) return undefined
  if (format['type'] !== 'json_schema') throw invalid('output_config.format.type', 'must be "json_schema"')
  const schema = optionalObject(format['schema'], 'output_config.format.schema')
  if (schema === undefined) throw invalid('output_config.format.schema', 'must be a JSON Schema')
  return { kind: 'schema', name: 'reply', schema }
}
