// Output items while they grow: a message, a reasoning, and any number of calls.
// Promises: each item is added, filled, and done, in that order, under one id and one index; parts come and go inside their message.
// Leaves alone: the response around them (write-reply.ts).
// Source: https://platform.openai.com/docs/api-reference/responses-streaming, as known 2026-11-21.

import type { JsonObject } from '../../contract/json.ts'
import { sealReasoning, type SealedThinking } from './reasoning-seal.ts'

export type ItemStatus = 'completed' | 'incomplete'
export interface Items {
  say(kind: 'output_text' | 'refusal', text: string): void
  think(text: string): void
  /** A picture, whole. */
  show(data: string): void
  endThinking(sealed: SealedThinking, status: ItemStatus): void
  /** Ends the message that is open, if one is. */
  endSaying(status: ItemStatus): void
  readonly output: readonly JsonObject[]
}
export interface Slot {
  readonly id: string
  readonly at: { readonly item_id: string; readonly output_index: number }
}
export interface Stage {
  emit(type: string, fields: JsonObject): void
  /** The next place in the output. */
  add(prefix: string, item: (id: string) => JsonObject): Slot
  done(slot: Slot, item: JsonObject): void
  readonly output: readonly JsonObject[]
}

export function createStage(replyId: string, emit: Stage['emit']): Stage {
  const items: JsonObject[] = []
  let added = 0
  return {
    emit,
    add(prefix, item) {
      const index = added
      added += 1
      const id = `${prefix}_${replyId}_${index}`
      emit('response.output_item.added', { output_index: index, item: item(id) })
      return { id, at: { item_id: id, output_index: index } }
    },
    done(slot, item) {
      items[slot.at.output_index] = item
      emit('response.output_item.done', { output_index: slot.at.output_index, item })
    },
    get output() {
      return items.filter((item) => item !== undefined)
    },
  }
}

export function createItems(stage: Stage): Items {
  const message = createMessage(stage)
  const reasoning = createReasoning(stage)
  return {
    say(kind, text) {
      reasoning.end({}, 'completed')
      message.say(kind, text)
    },
    think(text) {
      message.end('completed')
      reasoning.think(text)
    },
    show(data) {
      reasoning.end({}, 'completed')
      message.end('completed')
      const item = (id: string, status: string, result: string | null): JsonObject => ({ id, type: 'image_generation_call', status, result })
      const slot = stage.add('ig', (id) => item(id, 'in_progress', null))
      stage.done(slot, item(slot.id, 'completed', data))
    },
    endThinking(sealed, status) {
      if (sealReasoning(sealed) !== null) message.end('completed')
      reasoning.end(sealed, status)
    },
    endSaying: message.end,
    get output() {
      return stage.output
    },
  }
}

interface Part {
  readonly kind: 'output_text' | 'refusal'
  text: string
}
const writePart = ({ kind, text }: Part): JsonObject =>
  kind === 'refusal' ? { type: kind, refusal: text } : { type: kind, text, annotations: [], logprobs: [] }

function createMessage(stage: Stage): { say: Items['say']; end(status: ItemStatus): void } {
  let slot: Slot | null = null
  let parts: Part[] = []
  const write = (id: string, status: string): JsonObject => ({ id, type: 'message', status, role: 'assistant', content: parts.map(writePart) })
  const placeIn = ({ at }: Slot): JsonObject => ({ ...at, content_index: parts.length - 1 })
  const endPart = (open: Slot): void => {
    const part = parts.at(-1)
    if (part === undefined) return
    if (part.kind === 'refusal') stage.emit('response.refusal.done', { ...placeIn(open), refusal: part.text })
    else stage.emit('response.output_text.done', { ...placeIn(open), text: part.text, logprobs: [] })
    stage.emit('response.content_part.done', { ...placeIn(open), part: writePart(part) })
  }
  return {
    say(kind, text) {
      slot ??= stage.add('msg', (id) => write(id, 'in_progress'))
      let part = parts.at(-1)
      if (part?.kind !== kind) {
        endPart(slot)
        part = { kind, text: '' }
        parts.push(part)
        stage.emit('response.content_part.added', { ...placeIn(slot), part: writePart(part) })
      }
      part.text += text
      // One object, not three: this is the event of which a stream is made.
      const { item_id, output_index } = slot.at
      stage.emit(`response.${kind}.delta`, {
        item_id,
        output_index,
        content_index: parts.length - 1,
        delta: text,
        logprobs: kind === 'refusal' ? undefined : [],
      })
    },
    end(status) {
      if (slot === null) return
      endPart(slot)
      stage.done(slot, write(slot.id, status))
      slot = null
      parts = []
    },
  }
}

/** Reasoning goes out as a summary: that is the form applications show. */
function createReasoning(stage: Stage): { think(text: string): void; end(sealed: SealedThinking, status: ItemStatus): void } {
  let slot: Slot | null = null
  let summary = ''
  const open = (): Slot => stage.add('rs', (id) => ({ id, type: 'reasoning', status: 'in_progress', summary: [] }))
  return {
    think(text) {
      if (slot === null) {
        slot = open()
        stage.emit('response.reasoning_summary_part.added', { ...slot.at, summary_index: 0, part: { type: 'summary_text', text: '' } })
      }
      summary += text
      stage.emit('response.reasoning_summary_text.delta', { ...slot.at, summary_index: 0, delta: text })
    },
    end(sealed, status) {
      const encrypted = sealReasoning(sealed)
      if (slot === null && encrypted === null) return
      const ended = slot ?? open()
      const parts = summary === '' ? [] : [{ type: 'summary_text', text: summary }]
      for (const part of parts) {
        stage.emit('response.reasoning_summary_text.done', { ...ended.at, summary_index: 0, text: part.text })
        stage.emit('response.reasoning_summary_part.done', { ...ended.at, summary_index: 0, part })
      }
      stage.done(ended, { id: ended.id, type: 'reasoning', status, summary: parts, encrypted_content: encrypted })
      slot = null
      summary = ''
    },
  }
}
