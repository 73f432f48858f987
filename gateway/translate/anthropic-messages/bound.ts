// What bounds the cost of a Messages request before any model sees it.
// Promises: whatever could cost more than its bytes show is counted or named; never throws, whatever the body holds.
// Leaves alone: prices; whether the vendor will accept the request.
// Source: https://platform.claude.com/docs/en/api/messages, https://platform.claude.com/docs/en/about-claude/pricing, as known 2026-11-21.

import { listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { RequestBound } from '../../contract/wire.ts'
import { boundOutput } from '../openai-chat/bound.ts'
import type { HostedTally } from '../tally.ts'

export function boundMessages(body: JsonObject): RequestBound {
  const tally: HostedTally = { mediaBytes: 0, images: 0, files: 0, unbounded: [], tools: [] }
  countContent(body['system'], 'system', tally)
  listOf(body['messages']).forEach((message, index) => countContent(objectOf(message)?.['content'], `messages[${index}].content`, tally))
  listOf(body['tools']).forEach((tool, index) => nameTool(tool, `tools[${index}]`, tally))
  nameFields(body, tally)
  const { tools, ...counted } = tally
  return { ...counted, hosted: { wire: 'anthropic-messages', names: tools }, outputTokensMax: boundOutput(body, ['max_tokens']), choices: 1 }
}

// Servers and containers of the vendor's bring tokens and fees that the request does not show; other regions and speeds have other prices.
const openEnded = ['mcp_servers', 'container', 'fallbacks']
const standard: Readonly<Record<string, readonly string[]>> = {
  speed: ['standard'],
  inference_geo: ['global'],
  // Only these are priced at the standard rate.
  service_tier: ['auto', 'standard_only'],
}

function nameFields(body: JsonObject, tally: HostedTally): void {
  for (const name of openEnded) if (isGiven(body[name])) tally.unbounded.push(name)
  for (const [name, values] of Object.entries(standard)) {
    const value = body[name]
    if (isGiven(value) && !values.some((known) => known === value)) tally.unbounded.push(`${name} (${textOf(value) ?? 'not a text'})`)
  }
  // Compaction is a call of its own inside the call; clearing only ever takes away.
  for (const edit of listOf(objectOf(body['context_management'])?.['edits'])) {
    const type = textOf(objectOf(edit)?.['type']) ?? 'no type'
    if (!type.startsWith('clear_')) tally.unbounded.push(`context_management (${type})`)
  }
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)

/** Tools of the vendor's run there, or bring a preamble whose length is not published for each. */
function nameTool(value: unknown, at: string, tally: HostedTally): void {
  const type = objectOf(value)?.['type']
  if (type !== undefined && type !== null && type !== 'custom') tally.tools.push(`${at} (${textOf(type) ?? 'no type'})`)
}

const plain = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use', 'search_result', 'tool_reference'])

function countContent(content: unknown, at: string, tally: HostedTally): void {
  listOf(content).forEach((value, index) => countBlock(objectOf(value) ?? {}, `${at}[${index}]`, tally))
}

function countBlock(block: JsonObject, at: string, tally: HostedTally): void {
  const type = textOf(block['type']) ?? 'no type'
  if (plain.has(type)) return
  if (type === 'tool_result') countContent(block['content'], `${at}.content`, tally)
  else if (type === 'image' || type === 'document') countMedia(type, objectOf(block['source']) ?? {}, { at, tally })
  else tally.unbounded.push(`${at} (${type})`)
}

function countMedia(type: 'image' | 'document', source: JsonObject, { at, tally }: { readonly at: string; readonly tally: HostedTally }): void {
  const kind = textOf(source['type']) ?? 'no type'
  if (type === 'document' && kind === 'text') return
  if (type === 'document' && kind === 'content') return countContent(source['content'], `${at}.source.content`, tally)
  if (kind !== 'base64' && kind !== 'url') return void tally.unbounded.push(`${at} (${kind === 'file' ? 'file_id' : kind})`)
  if (type === 'image') tally.images += 1
  else tally.files += 1
  if (kind === 'base64') tally.mediaBytes += base64Bytes(source['data'])
}

/** What is no base64 under this name is refused by vendors, never read as text. */
function base64Bytes(data: unknown): number {
  return typeof data === 'string' ? data.length : 0
}
