// The turns of a Messages body to the pivot's messages, the system prompt first.
// Promises: results come before what else their turn says, each under the id of its call; reasoning keeps its signature.
// Leaves alone: calls without a result and results without a call; merging (each provider's wire has its own rules).
// Source: https://platform.claude.com/docs/en/api/messages, as known 2026-11-21.

import type { ChatMessage, ContentPart, Thinking, ToolCall } from '../../contract/chat.ts'
import { textOf, type JsonObject } from '../../contract/json.ts'
import { addAll } from '../../kit/add-all.ts'
import { invalid, optionalBoolean, optionalObject, optionalText, present, requiredText } from '../fields.ts'
import { unsignedMark } from './foreign-thinking.ts'
import { readParts } from './read-parts.ts'

export function readTurns(body: JsonObject): readonly ChatMessage[] {
  const turns = body['messages']
  if (!Array.isArray(turns) || turns.length === 0) throw invalid('messages', 'must be a list with at least one message')
  return [...readSystem(body['system']), ...turns.flatMap((turn: unknown, index) => readTurn(turn, `messages[${index}]`))]
}

// Claude Code's first block names its own version to Anthropic's billing: it differs from call to call, and would spoil other vendors' prompt caches.
const billingNote = 'x-anthropic-billing-header:'

function readSystem(value: unknown): readonly ChatMessage[] {
  if (value === undefined || value === null) return []
  const parts = readParts(value, 'system').filter((part) => part.type !== 'text' || !part.text.startsWith(billingNote))
  return parts.length === 0 ? [] : [{ role: 'system', parts }]
}

function readTurn(value: unknown, at: string): readonly ChatMessage[] {
  const turn = optionalObject(value, at)
  if (turn === undefined) throw invalid(at, 'must be an object')
  switch (turn['role']) {
    case 'user':
      return readUser(turn['content'], `${at}.content`)
    case 'assistant':
      return [readAssistant(turn['content'], `${at}.content`)]
    case 'system':
      // Known to newer versions, and sent by Claude Code to models of any name: it stays where it was said.
      return [{ role: 'system', parts: readParts(turn['content'], `${at}.content`) }]
    default:
      throw invalid(`${at}.role`, 'must be one of user, assistant, system')
  }
}

/** The blocks with the place of each, when content is a list. */
function blocksOf(content: unknown, at: string): readonly { readonly block: JsonObject; readonly at: string }[] {
  if (!Array.isArray(content)) throw invalid(at, 'must be a string or a list of blocks')
  return content.map((value: unknown, index) => {
    const block = optionalObject(value, `${at}[${index}]`)
    if (block === undefined) throw invalid(`${at}[${index}]`, 'must be an object')
    return { block, at: `${at}[${index}]` }
  })
}

function readUser(content: unknown, at: string): readonly ChatMessage[] {
  if (typeof content === 'string') return [{ role: 'user', parts: readParts(content, at) }]
  const blocks = blocksOf(content, at)
  const results = blocks.filter(({ block }) => block['type'] === 'tool_result').map((found) => readResult(found.block, found.at))
  const parts = blocks.filter(({ block }) => block['type'] !== 'tool_result').flatMap((found) => readParts([found.block], found.at, 'one'))
  return parts.length === 0 && results.length > 0 ? results : [...results, { role: 'user', parts }]
}

function readResult(block: JsonObject, at: string): ChatMessage {
  const content = block['content'] ?? []
  return {
    role: 'tool',
    callId: requiredText(block['tool_use_id'], `${at}.tool_use_id`),
    parts: readParts(content, `${at}.content`),
    ...present({ isError: optionalBoolean(block['is_error'], `${at}.is_error`) }),
  }
}

function readAssistant(content: unknown, at: string): ChatMessage {
  const parts: ContentPart[] = []
  const thinking: Thinking[] = []
  const toolCalls: ToolCall[] = []
  if (typeof content === 'string') addAll(parts, readParts(content, at))
  else
    for (const found of blocksOf(content, at)) {
      const { block } = found
      if (block['type'] === 'thinking') thinking.push(readThinking(block, found.at))
      else if (block['type'] === 'redacted_thinking') thinking.push({ text: '', redacted: requiredText(block['data'], `${found.at}.data`) })
      else if (block['type'] === 'tool_use') toolCalls.push(readCall(block, found.at))
      // What Anthropic's own tools did is told by the text that followed; nobody else can take it up.
      else if (!isHosted(block)) addAll(parts, readParts([block], found.at, 'one'))
    }
  return { role: 'assistant', parts, thinking, toolCalls }
}

function isHosted(block: JsonObject): boolean {
  const type = textOf(block['type']) ?? ''
  return type === 'server_tool_use' || type === 'mcp_tool_use' || (type.endsWith('_tool_result') && type !== 'tool_result') || type === 'container_upload'
}

/** What comes back of reasoning that had no signature has none, or a mark in its place. */
function readThinking(block: JsonObject, at: string): Thinking {
  const signature = optionalText(block['signature'], `${at}.signature`)
  const text = optionalText(block['thinking'], `${at}.thinking`) ?? ''
  return signature === undefined || signature === '' || signature === unsignedMark ? { text } : { text, signature }
}

function readCall(block: JsonObject, at: string): ToolCall {
  return {
    id: requiredText(block['id'], `${at}.id`),
    name: requiredText(block['name'], `${at}.name`),
    argumentsText: JSON.stringify(optionalObject(block['input'], `${at}.input`) ?? {}),
  }
}
