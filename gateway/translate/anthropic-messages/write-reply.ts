// Events to a Messages reply, streamed or whole, in the form that strict clients accept.
// Promises: `message_start` with usage, blocks in order, one `message_delta` with the reason and the final usage, `message_stop`; nothing before
// there is something to say.
// Leaves alone: same-dialect replies (those bytes pass); the order of blocks (reply-blocks.ts).
// Source: https://platform.claude.com/docs/en/build-with-claude/streaming, as known 2026-11-21.

import type { FinishReason, ReplyEvent } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import type { Usage } from '../../contract/usage.ts'
import type { ReplyWriter, WriterOptions } from '../../contract/wire.ts'
import { takeAll } from '../pieces.ts'
import { readArguments } from '../tool-arguments.ts'
import { failMessages, messagesEvent } from './fail.ts'
import { createReplyBlocks, type BlockSink } from './reply-blocks.ts'
import { estimatedUsage, writeMessagesUsage } from './write-usage.ts'

const nothing = new Uint8Array()

export function createMessagesWriter(options: WriterOptions): ReplyWriter {
  const facts = createFacts()
  const pieces: Uint8Array[] = []
  let state: 'new' | 'open' | 'closed' = 'new'
  const start = (): void => {
    if (state !== 'new') return
    state = 'open'
    const { meters } = facts.usage ?? estimatedUsage(options.request, 0)
    const usage = writeMessagesUsage({ meters: { ...meters, output: 0, reasoning: 0, outputAudio: 0 } })
    pieces.push(messagesEvent('message_start', { message: { ...messageHead(options), content: [], ...noEnding, usage } }))
  }
  const blocks = createReplyBlocks({
    open(index, block) {
      start()
      pieces.push(messagesEvent('content_block_start', { index, content_block: block }))
    },
    extend: (index, delta) => void pieces.push(messagesEvent('content_block_delta', { index, delta })),
    close: (index) => void pieces.push(messagesEvent('content_block_stop', { index })),
  })
  const take = (): Uint8Array => takeAll(pieces)
  const fail: ReplyWriter['fail'] = (error) => {
    if (state === 'closed') return nothing
    state = 'closed'
    return failMessages(error)
  }
  return {
    contentType: 'text/event-stream',
    fail,
    write(event) {
      if (state === 'closed') return nothing
      if (event.type === 'error') return fail({ message: event.message, type: 'server_error', code: event.code ?? 'upstream_rejected' })
      if (event.type === 'keepalive') return state === 'open' ? messagesEvent('ping') : nothing
      facts.note(event)
      blocks.add(event)
      return take()
    },
    end() {
      if (state === 'closed') return nothing
      start()
      blocks.end()
      pieces.push(messagesEvent('message_delta', { delta: facts.ending(), usage: facts.finalUsage(options.request) }), messagesEvent('message_stop'))
      state = 'closed'
      return take()
    },
  }
}

export function writeMessagesWhole(events: readonly ReplyEvent[], options: WriterOptions): JsonObject {
  const facts = createFacts()
  const content: JsonObject[] = []
  const blocks = createReplyBlocks(createCollector(content))
  for (const event of events) {
    facts.note(event)
    blocks.add(event)
  }
  blocks.end()
  return { ...messageHead(options), content, ...facts.ending(), usage: facts.finalUsage(options.request) }
}

const messageHead = ({ id, model }: WriterOptions): JsonObject => ({ id: `msg_${id}`, type: 'message', role: 'assistant', model })
const noEnding: JsonObject = { stop_reason: null, stop_sequence: null }

/** The blocks of a whole reply. */
function createCollector(content: JsonObject[]): BlockSink {
  let block: Record<string, string> = {}
  let opening: JsonObject = {}
  return {
    open(_index, opened) {
      opening = opened
      block = {}
    },
    extend(_index, delta) {
      for (const [name, text] of Object.entries(delta)) if (name !== 'type' && typeof text === 'string') block[name] = (block[name] ?? '') + text
    },
    close() {
      const { partial_json: input, ...texts } = block
      content.push({ ...opening, ...texts, ...(input === undefined ? {} : { input: readArguments(input) }) })
    },
  }
}

interface Facts {
  readonly usage: Usage | null
  note(event: ReplyEvent): void
  /** Why it stopped. */
  ending(): JsonObject
  finalUsage(request: JsonObject): JsonObject
}

function createFacts(): Facts {
  let usage: Usage | null = null
  let finish: Extract<ReplyEvent, { type: 'finish' }> | null = null
  let bytes = 0
  let called = false
  let refused = false
  return {
    get usage() {
      return usage
    },
    note(event) {
      if (event.type === 'usage') usage = event.usage
      else if (event.type === 'finish') finish ??= event
      else if (event.type === 'tool-start') called = true
      else if (event.type === 'refusal-delta') refused = true
      const text = 'text' in event ? event.text : 'argumentsText' in event ? event.argumentsText : ''
      bytes += Buffer.byteLength(text)
    },
    ending() {
      const reason = finish?.reason ?? (called ? 'tool-calls' : 'stop')
      if (refused && reason === 'stop') return { stop_reason: stopReasons['content-filter'], stop_sequence: null }
      const sequence = reason === 'stop' ? finish?.stopSequence : undefined
      return { stop_reason: sequence === undefined ? stopReasons[reason] : 'stop_sequence', stop_sequence: sequence ?? null }
    },
    finalUsage: (request) => writeMessagesUsage(usage ?? estimatedUsage(request, bytes)),
  }
}

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons, as known 2026-11-21. */
const stopReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  error: 'end_turn',
}
