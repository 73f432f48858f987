// A caller's Chat Completions body to the pivot.
// Promises: every field we use has been checked; what has no word in the pivot is kept in `other` by its own name.
// Leaves alone: messages (read-messages.ts), what a provider can do with them.

import type { ChatRequest, ResponseFormat, ToolChoice, ToolDefinition } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import { invalid, optionalBoolean, optionalCount, optionalList, optionalObject, optionalText, optionalTexts, present, requiredText, rest } from '../fields.ts'
import { readSampling, samplingFields } from '../sampling.ts'
import { readMessages } from './read-messages.ts'

const taken = new Set<string>([
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_tokens',
  'max_completion_tokens',
  'n',
  ...samplingFields,
  'stop',
  'reasoning_effort',
  'response_format',
  'user',
])

/** @throws GatewayError invalid_request naming the field */
export function readChat(body: JsonObject): ChatRequest {
  const toolChoice = readToolChoice(body['tool_choice'])
  const responseFormat = readFormat(body['response_format'])
  return {
    operation: 'chat',
    dialect: 'openai',
    messages: readMessages(body['messages']),
    tools: optionalList(body['tools'], 'tools').map(readTool),
    choices: optionalCount(body['n'], 'n') ?? 1,
    stop: optionalTexts(body['stop'], 'stop'),
    other: rest(body, taken),
    ...present({
      toolChoice,
      responseFormat,
      parallelToolCalls: optionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls'),
      outputTokensMax: optionalCount(body['max_completion_tokens'], 'max_completion_tokens') ?? optionalCount(body['max_tokens'], 'max_tokens'),
      reasoningEffort: optionalText(body['reasoning_effort'], 'reasoning_effort'),
      user: optionalText(body['user'], 'user'),
    }),
    ...readSampling(body),
  }
}

function readTool(value: unknown, index: number): ToolDefinition {
  const at = `tools[${index}]`
  const tool = optionalObject(value, at) ?? {}
  if (tool['type'] !== 'function') throw invalid(`${at}.type`, `must be "function": other kinds of tools cannot be translated for this model's provider`)
  const definition = optionalObject(tool['function'], `${at}.function`) ?? {}
  return {
    name: requiredText(definition['name'], `${at}.function.name`),
    parameters: optionalObject(definition['parameters'], `${at}.function.parameters`) ?? { type: 'object', properties: {} },
    ...present({
      description: optionalText(definition['description'], `${at}.function.description`),
      strict: optionalBoolean(definition['strict'], `${at}.function.strict`),
      cacheControl: optionalObject(tool['cache_control'] ?? definition['cache_control'], `${at}.cache_control`),
    }),
  }
}

function readToolChoice(value: unknown): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'auto' || value === 'none' || value === 'required') return { kind: value }
  const choice = typeof value === 'object' ? optionalObject(value, 'tool_choice') : undefined
  if (choice?.['type'] !== 'function') throw invalid('tool_choice', 'must be "auto", "none", "required" or {"type":"function","function":{"name":…}}')
  return { kind: 'tool', name: requiredText(optionalObject(choice['function'], 'tool_choice.function')?.['name'], 'tool_choice.function.name') }
}

function readFormat(value: unknown): ResponseFormat | undefined {
  const format = optionalObject(value, 'response_format')
  if (format === undefined) return undefined
  if (format['type'] === 'text') return { kind: 'text' }
  if (format['type'] === 'json_object') return { kind: 'json' }
  if (format['type'] !== 'json_schema') throw invalid('response_format.type', 'must be "text", "json_object" or "json_schema"')
  const named = optionalObject(format['json_schema'], 'response_format.json_schema') ?? {}
  return {
    kind: 'schema',
    name: requiredText(named['name'], 'response_format.json_schema.name'),
    schema: optionalObject(named['schema'], 'response_format.json_schema.schema') ?? { type: 'object' },
    ...present({ strict: optionalBoolean(named['strict'], 'response_format.json_schema.strict') }),
  }
}
