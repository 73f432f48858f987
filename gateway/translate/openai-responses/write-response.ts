// The response object: what callers get whole, and three times in a stream.
// Promises: every field of the vendor's schema is there, with what the caller asked for or the documented default.
// Leaves alone: output items; whether a reply is kept (rooms/converse).
// Source: the Response schema of https://github.com/openai/openai-openapi, as known 2026-11-21.

import { isJsonObject, listOf, objectOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { Usage } from '../../contract/usage.ts'
import type { WriterOptions } from '../../contract/wire.ts'
import { writeResponsesUsage } from './usage.ts'

export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  readonly output: readonly JsonObject[]
  readonly usage: Usage | null
  /** Why it is incomplete. */
  readonly reason?: 'max_output_tokens' | 'content_filter'
  readonly error?: { readonly code: string; readonly message: string }
}

export function createResponseObject(options: WriterOptions): (state: ResponseState) => JsonObject {
  const head = { id: `resp_${options.id}`, object: 'response', created_at: options.createdS }
  const echo = echoOf(options.request)
  return (state) => ({
    ...head,
    status: state.status,
    // When a reply ended is not known where it is written.
    completed_at: null,
    error: state.error === undefined ? null : { code: state.error.code, message: state.error.message },
    incomplete_details: state.reason === undefined ? null : { reason: state.reason },
    model: options.model,
    output: state.output,
    usage: state.usage === null ? null : writeResponsesUsage(state.usage),
    ...echo,
  })
}

function echoOf(request: JsonObject): JsonObject {
  const given = (name: string, otherwise: Json): Json => request[name] ?? otherwise
  const text = objectOf(request['text']) ?? {}
  const reasoning = objectOf(request['reasoning']) ?? {}
  return {
    background: false,
    conversation: null,
    frequency_penalty: 0,
    instructions: given('instructions', null),
    max_output_tokens: given('max_output_tokens', null),
    max_tool_calls: given('max_tool_calls', null),
    metadata: given('metadata', {}),
    parallel_tool_calls: given('parallel_tool_calls', true),
    presence_penalty: 0,
    previous_response_id: null,
    prompt_cache_key: given('prompt_cache_key', null),
    reasoning: { ...reasoning, effort: reasoning['effort'] ?? null, summary: reasoning['summary'] ?? null },
    safety_identifier: given('safety_identifier', null),
    service_tier: 'default',
    store: given('store', true),
    temperature: given('temperature', 1),
    text: { ...text, format: text['format'] ?? { type: 'text' } },
    tool_choice: given('tool_choice', 'auto'),
    tools: listOf(request['tools']).filter(isJsonObject).map(echoTool),
    top_logprobs: given('top_logprobs', 0),
    top_p: given('top_p', 1),
    truncation: given('truncation', 'disabled'),
    user: given('user', null),
  }
}

/** The schema's optional fields are required in what comes back. */
function echoTool(tool: JsonObject): JsonObject {
  if (tool['type'] !== 'function') return tool
  return { ...tool, description: tool['description'] ?? null, parameters: tool['parameters'] ?? null, strict: tool['strict'] ?? false }
}
