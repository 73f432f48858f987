// A Responses body for those who have its form and refuse every field they do not know (`plainResponses`).
// Promises: only documented fields stay; what a caller asked for beyond them is named; a format of the reply stands where it does in Chat Completions.
// Source: https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/how-to ("unknown field") and the types of Perplexity's own client
// (https://github.com/perplexityai/perplexity-node, `ResponsesRequestInput`, `InputContentPartInput`), as known 2026-11-22.

import { listOf, objectOf, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { WrittenRequest } from '../../contract/wire.ts'
import { namesOf } from '../defaults.ts'

const known = [
  ...['model', 'input', 'stream', 'store', 'reasoning', 'max_output_tokens', 'temperature', 'top_p'],
  ...['tools', 'tool_choice', 'parallel_tool_calls', 'metadata'],
]

export function toPlainRequest({ body, dropped }: WrittenRequest): WrittenRequest {
  const { include: _ours, text, ...others } = body
  const { format, ...style } = objectOf(text) ?? {}
  const schema = objectOf(format)
  const isSchema = schema?.['type'] === 'json_schema'
  const kept = Object.fromEntries(Object.entries(others).filter(([name]) => known.includes(name)))
  const lost = {
    ...Object.fromEntries(Object.entries(others).filter(([name]) => !known.includes(name))),
    ...style,
    response_format: isSchema || schema?.['type'] === 'text' ? undefined : schema,
  }
  return {
    body: { ...kept, input: listOf(body['input']).map(toPlainItem), ...(isSchema ? { response_format: toChatFormat(schema) } : {}) },
    dropped: [...dropped, ...namesOf(lost)],
  }
}

function toChatFormat({ name, schema, strict }: JsonObject): Json {
  return { type: 'json_schema', json_schema: { name, schema, strict } }
}

/** Parts are what is asked, text and pictures without a detail; what was answered is plain text. */
function toPlainItem(item: unknown): Json {
  const { content, ...others } = objectOf(item) ?? {}
  if (!Array.isArray(content)) return objectOf(item) ?? {}
  const parts = content.map((part) => objectOf(part) ?? {})
  if (others['role'] === 'assistant') return { ...others, content: parts.map((part) => textOf(part['text']) ?? textOf(part['refusal']) ?? '').join('') }
  return { ...others, content: parts.map(({ detail: _detail, ...part }) => part) }
}
