// A reply's events folded into one value, for answers that are not streamed.
// Promises: nothing is reordered; the last usage and finish win.

import type { FinishReason, ReplyEvent, Thinking, ToolCall } from '../contract/chat.ts'
import type { Usage } from '../contract/usage.ts'

export type Picture = Pick<Extract<ReplyEvent, { type: 'picture' }>, 'mediaType' | 'data'>
export type Ranking = Pick<Extract<ReplyEvent, { type: 'ranking' }>, 'index' | 'score'>

export interface CollectedReply {
  readonly text: string
  readonly reasoning: string
  /** Reasoning blocks that carry what the vendor needs back. */
  readonly thinking: readonly Thinking[]
  readonly refusal: string
  readonly pictures: readonly Picture[]
  readonly toolCalls: readonly ToolCall[]
  readonly vectors: readonly (readonly number[])[]
  readonly rankings: readonly Ranking[]
  readonly finish: FinishReason
  readonly usage: Usage | null
}

export function collectReply(events: readonly ReplyEvent[]): CollectedReply {
  const thinking = createThinkingFold()
  const calls: { id: string; name: string; argumentsText: string; thoughtSignature?: string }[] = []
  const pictures: Picture[] = []
  const vectors: (readonly number[])[] = []
  const rankings: Ranking[] = []
  const kept = { text: '', reasoning: '', refusal: '' }
  let finish: FinishReason = 'stop'
  let usage: Usage | null = null
  for (const event of events) {
    thinking.add(event)
    if (event.type === 'text-delta') kept.text += event.text
    else if (event.type === 'reasoning-delta') kept.reasoning += event.text
    else if (event.type === 'refusal-delta') kept.refusal += event.text
    else if (event.type === 'tool-start') calls[event.index] = openCall(event)
    else if (event.type === 'tool-delta') append(calls[event.index], event.argumentsText)
    else if (event.type === 'picture') pictures.push({ mediaType: event.mediaType, data: event.data })
    else if (event.type === 'embedding') vectors[event.index] = event.vector
    else if (event.type === 'ranking') rankings.push({ index: event.index, score: event.score })
    else if (event.type === 'usage') usage = event.usage
    else if (event.type === 'finish') finish = event.reason
  }
  return { ...kept, thinking: thinking.blocks, pictures, toolCalls: calls, vectors, rankings, finish, usage }
}

function openCall({ id, name, thoughtSignature }: Extract<ReplyEvent, { type: 'tool-start' }>): {
  id: string
  name: string
  argumentsText: string
  thoughtSignature?: string
} {
  return { id, name, argumentsText: '', ...(thoughtSignature === undefined ? {} : { thoughtSignature }) }
}

function append(call: { argumentsText: string } | undefined, text: string): void {
  if (call !== undefined) call.argumentsText += text
}

/** Gathers reasoning text until its block is closed with a signature or came redacted. */
export function createThinkingFold(): { readonly blocks: readonly Thinking[]; add(event: ReplyEvent): Thinking | null } {
  const blocks: Thinking[] = []
  let text = ''
  return {
    blocks,
    add(event) {
      if (event.type === 'reasoning-delta') text += event.text
      if (event.type !== 'reasoning-end') return null
      const block: Thinking = {
        text,
        ...(event.signature === undefined ? {} : { signature: event.signature }),
        ...(event.redacted === undefined ? {} : { redacted: event.redacted }),
      }
      text = ''
      if (block.signature === undefined && block.redacted === undefined) return null
      blocks.push(block)
      return block
    },
  }
}
