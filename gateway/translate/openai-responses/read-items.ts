// Output items of a Responses reply, as they are added, filled and done, to events.
// Promises: what was streamed is not said twice; what was not streamed is said when its item is done; calls count from 0 without gaps.
// Leaves alone: the response around them (read-reply.ts).

import type { ReplyEvent } from '../../contract/chat.ts'
import { listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import { makeCallId } from '../call-id.ts'
import { signOwn } from './own-reasoning.ts'

export interface ItemTrack {
  add(index: number, item: JsonObject): readonly ReplyEvent[]
  /** An event inside an item: a delta, or one that can be left out. */
  extend(index: number, type: string, event: JsonObject): readonly ReplyEvent[]
  done(index: number, item: JsonObject): readonly ReplyEvent[]
  calls(): number
}

interface OpenItem {
  readonly call: number | null
  streamed: boolean
  done: boolean
}

export function createItemTrack(): ItemTrack {
  const open = new Map<number, OpenItem>()
  // Perplexity may leave the results of its own tools out of a stream; in the whole response that ends it all other items then stand further down.
  const streamed = new Map<string, OpenItem>()
  let calls = 0
  const start = (index: number, item: JsonObject): readonly ReplyEvent[] => {
    if (open.has(index)) return []
    const isCall = item['type'] === 'function_call'
    open.set(index, { call: isCall ? calls : null, streamed: false, done: false })
    if (!isCall) return []
    calls += 1
    const id = textOf(item['call_id']) ?? makeCallId(textOf(item['id']) ?? '', calls - 1)
    return [{ type: 'tool-start', index: calls - 1, id, name: textOf(item['name']) ?? '' }]
  }
  const remember = (name: string | null, item: OpenItem | undefined): void => {
    if (name !== null && item !== undefined) streamed.set(name, item)
  }
  return {
    calls: () => calls,
    add(index, item) {
      const started = start(index, item)
      remember(nameOf(item), open.get(index))
      return started
    },
    extend(index, type, event) {
      const item = open.get(index) ?? { call: null, streamed: false, done: false }
      open.set(index, item)
      if (type === 'response.output_text.delta') remember(nameOf({ type: 'message', id: event['item_id'] }), item)
      const events = readDelta(item, type, event)
      item.streamed ||= events.length > 0
      return events
    },
    done(index, item) {
      const known = streamed.get(nameOf(item) ?? '')
      const added = known === undefined ? start(index, item) : []
      const state = known ?? open.get(index)
      if (state === undefined || state.done) return added
      state.done = true
      return [...added, ...(state.streamed ? [] : readWhole(state, item)), ...endOf(item)]
    },
  }
}

/** Of a message or a call; servers exist that call everything by one id, so its kind is part of it. */
function nameOf({ type, id, call_id: callId }: JsonObject): string | null {
  const named = type === 'message' ? textOf(id) : type === 'function_call' ? textOf(callId) : undefined
  return named === undefined || named === '' ? null : `${textOf(type) ?? ''} ${named}`
}

function readDelta(item: OpenItem, type: string, event: JsonObject): readonly ReplyEvent[] {
  const text = textOf(event['delta']) ?? ''
  // Parts of a summary are paragraphs.
  if (type === 'response.reasoning_summary_part.added' && item.streamed) return [{ type: 'reasoning-delta', text: '\n\n' }]
  if (text === '') return []
  switch (type) {
    case 'response.output_text.delta':
      return [{ type: 'text-delta', text }]
    case 'response.refusal.delta':
      return [{ type: 'refusal-delta', text }]
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_text.delta':
      return [{ type: 'reasoning-delta', text }]
    case 'response.function_call_arguments.delta':
      return item.call === null ? [] : [{ type: 'tool-delta', index: item.call, argumentsText: text }]
    default:
      return []
  }
}

function readWhole(state: OpenItem, item: JsonObject): readonly ReplyEvent[] {
  const argumentsText = textOf(item['arguments']) ?? ''
  if (state.call !== null) return argumentsText === '' ? [] : [{ type: 'tool-delta', index: state.call, argumentsText }]
  const parts = (name: string): readonly JsonObject[] => listOf(item[name]).map((part) => objectOf(part) ?? {})
  if (item['type'] === 'reasoning') {
    const summary = parts('summary')
    const text = (summary.length > 0 ? summary : parts('content')).flatMap((part) => textOf(part['text']) ?? []).join('\n\n')
    return text === '' ? [] : [{ type: 'reasoning-delta', text }]
  }
  if (item['type'] !== 'message') return []
  return parts('content').flatMap((part): readonly ReplyEvent[] => {
    const refusal = textOf(part['refusal'])
    if (refusal !== undefined && refusal !== '') return [{ type: 'refusal-delta', text: refusal }]
    const text = textOf(part['text'])
    return text === undefined || text === '' ? [] : [{ type: 'text-delta', text }]
  })
}

function endOf(item: JsonObject): readonly ReplyEvent[] {
  if (item['type'] !== 'reasoning') return []
  const encrypted = textOf(item['encrypted_content'])
  return [{ type: 'reasoning-end', ...(encrypted === undefined || encrypted === '' ? {} : { signature: signOwn(encrypted) }) }]
}
