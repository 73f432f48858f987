// Content blocks of a Messages reply, opened, extended and closed, to events.
// Promises: tool calls are numbered from 0 in the order they open; a call without arguments still ends as `{}`.
// Leaves alone: blocks of kinds a chat has no place for.

import type { ReplyEvent } from '../../contract/chat.ts'
import { isJsonObject, textOf, type JsonObject } from '../../contract/json.ts'

export interface Blocks {
  open(index: number, block: JsonObject): readonly ReplyEvent[]
  extend(index: number, delta: JsonObject): readonly ReplyEvent[]
  close(index: number): readonly ReplyEvent[]
}

type Open = { readonly kind: 'thinking'; signature: string } | { readonly kind: 'tool'; readonly tool: number; readonly input: string; extended: boolean }

export function createBlocks(): Blocks {
  const open = new Map<number, Open>()
  let tools = 0
  return {
    open(index, block) {
      if (block['type'] === 'thinking') open.set(index, { kind: 'thinking', signature: textOf(block['signature']) ?? '' })
      if (block['type'] === 'tool_use') open.set(index, { kind: 'tool', tool: tools, input: inputText(block), extended: false })
      const events = openEvents(block, tools)
      if (block['type'] === 'tool_use') tools += 1
      return events
    },
    extend(index, delta) {
      const block = open.get(index)
      if (delta['type'] === 'signature_delta' && block?.kind === 'thinking') block.signature += textOf(delta['signature']) ?? ''
      if (delta['type'] === 'text_delta') return said('text-delta', textOf(delta['text']))
      if (delta['type'] === 'thinking_delta') return said('reasoning-delta', textOf(delta['thinking']))
      const json = delta['type'] === 'input_json_delta' ? (textOf(delta['partial_json']) ?? '') : ''
      if (json === '' || block?.kind !== 'tool') return []
      block.extended = true
      return [{ type: 'tool-delta', index: block.tool, argumentsText: json }]
    },
    close(index) {
      const block = open.get(index)
      open.delete(index)
      if (block?.kind === 'thinking') return [{ type: 'reasoning-end', ...(block.signature === '' ? {} : { signature: block.signature }) }]
      if (block?.kind === 'tool' && !block.extended) return [{ type: 'tool-delta', index: block.tool, argumentsText: block.input }]
      return []
    },
  }
}

function openEvents(block: JsonObject, tool: number): readonly ReplyEvent[] {
  switch (block['type']) {
    case 'text':
      return said('text-delta', textOf(block['text']))
    case 'thinking':
      return said('reasoning-delta', textOf(block['thinking']))
    case 'redacted_thinking':
      return [{ type: 'reasoning-end', redacted: textOf(block['data']) ?? '' }]
    case 'tool_use':
      return [{ type: 'tool-start', index: tool, id: textOf(block['id']) ?? `toolu_${tool}`, name: textOf(block['name']) ?? '' }]
    default:
      return []
  }
}

function said(type: 'text-delta' | 'reasoning-delta', text: string | undefined): readonly ReplyEvent[] {
  return text === undefined || text === '' ? [] : [{ type, text }]
}

function inputText(block: JsonObject): string {
  return isJsonObject(block['input']) ? JSON.stringify(block['input']) : '{}'
}
