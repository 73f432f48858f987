// A caller's Responses body to the pivot.
// Promises: every field we use has been checked; what no other wire can carry is named in `lost`; what asks for state kept elsewhere is refused.
// Leaves alone: input items (read-input.ts), what a provider can do with the request.

import type { ChatRequest, ResponseFormat, ToolChoice, ToolDefinition } from '../../contract/chat.ts'
import { listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import { namesOf } from '../defaults.ts'
import { invalid, optionalBoolean, optionalCount, optionalNumber, optionalObject, optionalText, present, requiredText, rest } from '../fields.ts'
import { hostedRuns, readInput } from './read-input.ts'
import { flatten, freeTextSchema, listTools, type NamedTool } from './tool-names.ts'

// The last two lines: what only concerns where a reply is kept, how it is paid, or tools that run at the vendor.
const understood = new Set([
  ...['model', 'input', 'instructions', 'stream', 'stream_options', 'tools', 'tool_choice', 'parallel_tool_calls', 'text', 'reasoning'],
  ...['max_output_tokens', 'temperature', 'top_p', 'user', 'previous_response_id', 'conversation', 'prompt', 'background', 'truncation'],
  ...['store', 'metadata', 'client_metadata', 'include', 'prompt_cache_key', 'prompt_cache_retention', 'prompt_cache_options'],
  ...['safety_identifier', 'service_tier', 'max_tool_calls'],
])

/** @throws GatewayError invalid_request naming the field */
export function readResponses(body: JsonObject): ChatRequest {
  refuseState(body)
  const listed = listTools(body['tools'])
  const choice = readChoice(body['tool_choice'])
  const tools = listed.named.filter((tool) => choice.allowed === null || choice.allowed.has(tool.flatName)).map(readTool)
  const text = optionalObject(body['text'], 'text') ?? {}
  const instructions = optionalText(body['instructions'], 'instructions')
  const reasoning = optionalObject(body['reasoning'], 'reasoning') ?? {}
  return {
    operation: 'chat',
    dialect: 'responses',
    messages: [
      ...(instructions === undefined || instructions === '' ? [] : [{ role: 'system' as const, parts: [{ type: 'text' as const, text: instructions }] }]),
      ...readInput(body['input']),
    ],
    tools,
    choices: 1,
    stop: [],
    other: present({ verbosity: optionalText(text['verbosity'], 'text.verbosity') }),
    lost: [...listed.hosted, ...hostedRuns(body['input']), ...(body['truncation'] === 'auto' ? ['truncation'] : []), ...namesOf(rest(body, understood))],
    // Both say nothing, and are refused by some vendors, where there are no tools.
    ...(tools.length === 0
      ? {}
      : present({ toolChoice: choice.choice, parallelToolCalls: optionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls') })),
    ...present({
      outputTokensMax: optionalCount(body['max_output_tokens'], 'max_output_tokens'),
      temperature: optionalNumber(body['temperature'], 'temperature'),
      topP: optionalNumber(body['top_p'], 'top_p'),
      reasoningEffort: optionalText(reasoning['effort'], 'reasoning.effort'),
      responseFormat: readFormat(text['format']),
      user: optionalText(body['user'], 'user') ?? optionalText(body['safety_identifier'], 'safety_identifier'),
    }),
  }
}

/** What was kept here has taken its place by now (rooms/converse); the rest is at a vendor who is not asked. */
function refuseState(body: JsonObject): void {
  if (textOf(body['previous_response_id']) !== undefined)
    throw invalid(
      'previous_response_id',
      "names a reply that one vendor keeps, which this model's provider does not know. Send the whole conversation as input",
    )
  for (const name of ['conversation', 'prompt'])
    if (body[name] !== undefined && body[name] !== null)
      throw invalid(name, "refers to something stored at one vendor, which this model's provider does not know")
  refuseBackground(body)
}

/** @throws GatewayError invalid_request: an answer that is fetched later passes no books */
export function refuseBackground(body: JsonObject): void {
  if (optionalBoolean(body['background'], 'background') === true)
    throw invalid('background', 'must be false: a reply that is fetched later cannot be accounted for')
}

function readTool({ kind, flatName, definition, at }: NamedTool): ToolDefinition {
  if (flatName === '') throw invalid(`${at}.name`, 'must be a non-empty string')
  const description = optionalText(definition['description'], `${at}.description`)
  if (kind === 'custom') return { name: flatName, description: describeFreeText(description, definition), parameters: freeTextSchema }
  return {
    name: flatName,
    parameters: optionalObject(definition['parameters'], `${at}.parameters`) ?? { type: 'object', properties: {} },
    ...present({ description, strict: optionalBoolean(definition['strict'], `${at}.strict`) }),
  }
}

/** Other vendors cannot hold a model to a grammar; it is told instead. */
function describeFreeText(description: string | undefined, definition: JsonObject): string {
  const grammar = textOf(objectOf(definition['format'])?.['definition'])
  const lines = [description ?? '', '`input` is free text.', grammar === undefined ? '' : `It must follow this grammar:\n${grammar}`]
  return lines.filter((line) => line !== '').join('\n\n')
}

interface Choice {
  readonly choice: ToolChoice | undefined
  /** The only tools that may be called; null = all. */
  readonly allowed: ReadonlySet<string> | null
}

function readChoice(value: unknown): Choice {
  if (value === undefined || value === null) return { choice: undefined, allowed: null }
  if (value === 'auto' || value === 'none' || value === 'required') return { choice: { kind: value }, allowed: null }
  const asked = typeof value === 'object' ? (optionalObject(value, 'tool_choice') ?? {}) : {}
  const flatName = (tool: JsonObject, at: string): string => flatten(requiredText(tool['name'], at), textOf(tool['namespace']) ?? null)
  if (asked['type'] === 'function' || asked['type'] === 'custom') return { choice: { kind: 'tool', name: flatName(asked, 'tool_choice.name') }, allowed: null }
  if (asked['type'] !== 'allowed_tools')
    throw invalid('tool_choice', 'must be "auto", "none", "required", {"type":"function","name":…} or {"type":"allowed_tools",…} for this model')
  const allowed = listOf(asked['tools']).flatMap((tool) =>
    textOf(objectOf(tool)?.['name']) === undefined ? [] : [flatName(objectOf(tool) ?? {}, 'tool_choice.tools')],
  )
  return { choice: { kind: asked['mode'] === 'required' ? 'required' : 'auto' }, allowed: new Set(allowed) }
}

function readFormat(value: unknown): ResponseFormat | undefined {
  const format = optionalObject(value, 'text.format')
  if (format === undefined) return undefined
  if (format['type'] === 'text') return { kind: 'text' }
  if (format['type'] === 'json_object') return { kind: 'json' }
  if (format['type'] !== 'json_schema') throw invalid('text.format.type', 'must be "text", "json_object" or "json_schema"')
  return {
    kind: 'schema',
    name: requiredText(format['name'], 'text.format.name'),
    schema: optionalObject(format['schema'], 'text.format.schema') ?? { type: 'object' },
    ...present({ strict: optionalBoolean(format['strict'], 'text.format.strict') }),
  }
}
