// Events to a Responses reply, streamed or whole.
// Promises: the full ladder of events that strict clients need, numbered without gaps; a whole reply is what its stream would have ended with.
// Leaves alone: same-dialect replies (those bytes pass).
// Source: https://platform.openai.com/docs/api-reference/responses-streaming, as known 2026-11-21.

import type { FinishReason, ReplyEvent } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import type { Usage } from '../../contract/usage.ts'
import type { ReplyWriter, WriterOptions } from '../../contract/wire.ts'
import { takeAll } from '../pieces.ts'
import type { StreamError } from '../vendor-error.ts'
import { createCalls } from './write-calls.ts'
import { createItems, createStage, type ItemStatus, type Stage } from './write-items.ts'
import { createResponseObject, type ResponseState } from './write-response.ts'
import { writeStreamEvent } from './write-stream-event.ts'

export function createResponsesWriter(options: WriterOptions): ReplyWriter {
  const pieces: Uint8Array[] = []
  let sequence = 0
  const send: Stage['emit'] = (type, fields) => {
    pieces.push(writeStreamEvent(type, sequence, fields))
    sequence += 1
  }
  const ladder = createLadder(options, send)
  return {
    contentType: 'text/event-stream',
    write(event) {
      ladder.take(event)
      return takeAll(pieces)
    },
    end() {
      ladder.end()
      return takeAll(pieces)
    },
    fail(error) {
      ladder.fail(error)
      return takeAll(pieces)
    },
  }
}

export function writeResponsesWhole(events: readonly ReplyEvent[], options: WriterOptions): JsonObject {
  const ladder = createLadder(options, () => undefined)
  for (const event of events) ladder.take(event)
  return ladder.end()
}

interface Ladder {
  take(event: ReplyEvent): void
  /** The response as it stands at the end. */
  end(): JsonObject
  fail(error: StreamError): void
}

function createLadder(options: WriterOptions, send: Stage['emit']): Ladder {
  const write = createResponseObject(options)
  let begun = false
  let usage: Usage | null = null
  let finish: FinishReason | null = null
  let last: JsonObject | null = null
  // The first bytes wait for something to say, so that an early error keeps its status.
  const begin = (): void => {
    if (begun) return
    begun = true
    const response = write({ status: 'in_progress', output: [], usage: null })
    send('response.created', { response })
    send('response.in_progress', { response })
  }
  const stage = createStage(options.id, (type, fields) => {
    begin()
    send(type, fields)
  })
  const items = createItems(stage)
  const calls = createCalls(stage, options.request)
  const close = (reason: FinishReason): void => {
    if (finish !== null) return
    finish = reason
    const status: ItemStatus = reason === 'length' || reason === 'content-filter' ? 'incomplete' : 'completed'
    items.endThinking({}, status)
    items.endSaying(status)
    calls.end(status)
  }
  const conclude = (state: Pick<ResponseState, 'status' | 'reason' | 'error'>): JsonObject => {
    begin()
    last = write({ ...state, output: items.output, usage })
    send(`response.${state.status}`, { response: last })
    return last
  }
  const fail = (error: StreamError): void => {
    if (last !== null) return
    conclude({ status: 'failed', error })
    // openai-node throws at this one only; Codex reads the code of the one before.
    send('error', { code: error.code, message: error.message, param: null })
  }
  const growing = createGrowth(items, calls)
  return {
    fail,
    take(event) {
      if (last !== null) return
      if (event.type === 'usage') usage = event.usage
      else if (event.type === 'finish') close(event.reason)
      else if (event.type === 'error') fail({ message: event.message, type: 'server_error', code: event.code ?? 'upstream_rejected' })
      // Codex waits for events and does not count comments; an unknown one keeps it waiting (observed, as known 2026-11-21).
      else if (event.type === 'keepalive' && begun) send('keepalive', {})
      else if (finish === null) growing(event)
    },
    end() {
      if (last !== null) return last
      close('stop')
      return conclude(endingOf(finish))
    },
  }
}

function createGrowth(items: ReturnType<typeof createItems>, calls: ReturnType<typeof createCalls>): (event: ReplyEvent) => void {
  return (event) => {
    if (event.type === 'text-delta' && event.text !== '') items.say('output_text', event.text)
    else if (event.type === 'refusal-delta' && event.text !== '') items.say('refusal', event.text)
    else if (event.type === 'reasoning-delta' && event.text !== '') items.think(event.text)
    else if (event.type === 'reasoning-end') items.endThinking(event, 'completed')
    else if (event.type === 'tool-delta') calls.extend(event.index, event.argumentsText)
    else if (event.type === 'picture') items.show(event.data)
    else if (event.type === 'tool-start') {
      items.endThinking({}, 'completed')
      items.endSaying('completed')
      calls.start(event.index, event)
    }
  }
}

function endingOf(finish: FinishReason | null): Pick<ResponseState, 'status' | 'reason'> {
  if (finish === 'length') return { status: 'incomplete', reason: 'max_output_tokens' }
  return finish === 'content-filter' ? { status: 'incomplete', reason: 'content_filter' } : { status: 'completed' }
}
