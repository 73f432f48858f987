// Events of a reply to content blocks, one open at a time.
// Promises: every block is opened, extended and closed before the next one opens, numbered without gaps; calls that another vendor sends interleaved
// wait until the one before them is whole.
// Leaves alone: how a block is put on the wire (write-reply.ts).

import type { ReplyEvent } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import { cleanCallId } from '../call-id.ts'
import { createBalance, type Balance } from './balance.ts'
import { unsignedMark } from './foreign-thinking.ts'

export type BlockKind = 'text' | 'thinking' | 'redacted_thinking' | 'tool_use'
export interface BlockSink {
  open(index: number, block: JsonObject): void
  extend(index: number, delta: JsonObject): void
  close(index: number): void
}
export interface ReplyBlocks {
  add(event: ReplyEvent): void
  /** Closes what is open and brings what has waited. */
  end(): void
}

interface Block {
  readonly kind: BlockKind
  readonly opening: JsonObject
  /** Which of the vendor's calls, counted from 0. */
  readonly tool: number | null
  /** What arrived before its turn. */
  readonly waiting: JsonObject[]
  /** Of a call: whether its arguments are whole. */
  readonly balance: Balance
  /** Nothing more belongs to it. */
  done: boolean
  /** Of thinking: its vendor has signed it. */
  signed: boolean
}

export function createReplyBlocks(sink: BlockSink): ReplyBlocks {
  // The first is open; the others wait in the order in which they began.
  const queue: Block[] = []
  let index = -1
  const openFirst = (): void => {
    const [first] = queue
    if (first === undefined) return
    index += 1
    sink.open(index, first.opening)
    for (const delta of first.waiting.splice(0)) sink.extend(index, delta)
  }
  const closeFirst = (): void => {
    const first = queue.shift()
    if (first === undefined) return
    // Some clients read a call's input from deltas only, and nothing at all is not JSON.
    if (first.kind === 'tool_use' && first.balance.empty) sink.extend(index, { type: 'input_json_delta', partial_json: '{}' })
    // Brought back, it is known as nobody's and not shown to Anthropic.
    if (first.kind === 'thinking' && !first.signed) sink.extend(index, { type: 'signature_delta', signature: unsignedMark })
    sink.close(index)
    openFirst()
  }
  /** Moves on as far as blocks are complete. */
  const settle = (): void => {
    while (queue.length > 1 && isComplete(queue[0])) closeFirst()
  }
  const begin = (kind: BlockKind, opening: JsonObject, tool: number | null = null): Block => {
    const block: Block = { kind, opening, tool, waiting: [], balance: createBalance(), done: false, signed: false }
    queue.push(block)
    if (queue.length === 1) openFirst()
    else settle()
    return block
  }
  const extend = (block: Block, delta: JsonObject): void => {
    if (block === queue[0]) sink.extend(index, delta)
    else block.waiting.push(delta)
  }
  /** The newest block if it is of this kind and can take more, else a new one. */
  const current = (kind: 'text' | 'thinking', opening: JsonObject): Block => {
    const last = queue.at(-1)
    return last?.kind === kind && !last.done ? last : begin(kind, opening)
  }
  const add = createAdd({ begin, extend, current, queue })
  return {
    add(event) {
      add(event)
      settle()
    },
    end() {
      while (queue.length > 0) closeFirst()
    },
  }
}

/** Text and thinking are through as soon as something else follows, a call when its arguments are. */
const isComplete = (block: Block | undefined): boolean => block?.kind !== 'tool_use' || block.balance.closed

interface Hands {
  begin(kind: BlockKind, opening: JsonObject, tool?: number | null): Block
  extend(block: Block, delta: JsonObject): void
  current(kind: 'text' | 'thinking', opening: JsonObject): Block
  readonly queue: readonly Block[]
}

const emptyText: JsonObject = { type: 'text', text: '' }
const emptyThinking: JsonObject = { type: 'thinking', thinking: '', signature: '' }

function createAdd({ begin, extend, current, queue }: Hands): (event: ReplyEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'text-delta':
      case 'refusal-delta':
        if (event.text !== '') extend(current('text', emptyText), { type: 'text_delta', text: event.text })
        return
      case 'reasoning-delta':
        if (event.text !== '') extend(current('thinking', emptyThinking), { type: 'thinking_delta', thinking: event.text })
        return
      case 'reasoning-end':
        return endThinking(event)
      case 'tool-start':
        begin('tool_use', { type: 'tool_use', id: cleanCallId(event.id), name: event.name, input: {} }, event.index)
        return
      case 'tool-delta': {
        const call = queue.find((block) => block.tool === event.index)
        if (call === undefined || event.argumentsText === '') return
        call.balance.push(event.argumentsText)
        extend(call, { type: 'input_json_delta', partial_json: event.argumentsText })
        return
      }
      default:
        return
    }
  }

  function endThinking({ signature, redacted }: Extract<ReplyEvent, { type: 'reasoning-end' }>): void {
    if (redacted !== undefined) return void begin('redacted_thinking', { type: 'redacted_thinking', data: redacted })
    const last = queue.at(-1)
    if (signature !== undefined) {
      const signed = current('thinking', emptyThinking)
      signed.signed = true
      extend(signed, { type: 'signature_delta', signature })
    }
    const ended = signature === undefined ? last : queue.at(-1)
    if (ended?.kind === 'thinking') ended.done = true
  }
}
