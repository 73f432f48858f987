// Legacy completion replies, read and written, streamed and whole.
// Promises: `text_completion` objects with one choice; one finish, one `[DONE]`; usage in a stream only for callers who asked.
// Leaves alone: reasoning and tool calls (the format has no place for them).

import type { ReplyEvent } from '../../contract/chat.ts'
import { textOf, type JsonObject } from '../../contract/json.ts'
import type { Usage } from '../../contract/usage.ts'
import type { ReplyReader, ReplyWriter, WriterOptions } from '../../contract/wire.ts'
import { collectReply } from '../collect-reply.ts'
import { createChunkReader, readWholeChoice } from '../openai-chat/read-reply.ts'
import { asksUsage, finishReasons } from '../openai-chat/write-reply.ts'
import { writeOpenaiUsage } from '../openai-usage.ts'
import { sseComment, sseData } from '../sse.ts'
import { doneMarker, failOpenai } from '../vendor-error.ts'

export const createCompletionReader = (): ReplyReader => createChunkReader(readText)
export const readCompletionWhole = (body: unknown): readonly ReplyEvent[] => readWholeChoice(body, readText)

function readText(choice: JsonObject): readonly ReplyEvent[] {
  const text = textOf(choice['text'])
  return text === undefined || text === '' ? [] : [{ type: 'text-delta', text }]
}

const nothing = new Uint8Array()

export function createCompletionWriter(options: WriterOptions): ReplyWriter {
  const asked = asksUsage(options.request)
  let state: 'open' | 'finished' | 'closed' = 'open'
  let usage: Usage | null = null
  const chunk = (text: string, finish: string | null): Uint8Array =>
    sseData(JSON.stringify({ ...head(options), choices: [choiceOf(text, finish)], ...(asked ? { usage: null } : {}) }))
  const finish = (reason: string): Uint8Array => {
    if (state !== 'open') return nothing
    state = 'finished'
    return chunk('', reason)
  }
  const fail: ReplyWriter['fail'] = (error) => {
    if (state === 'closed') return nothing
    state = 'closed'
    return failOpenai(error)
  }
  return {
    contentType: 'text/event-stream',
    fail,
    write(event) {
      if (state === 'closed') return nothing
      if (event.type === 'usage') usage = event.usage
      if (event.type === 'keepalive') return sseComment('keepalive')
      if (event.type === 'finish') return finish(finishReasons[event.reason])
      if (event.type === 'error') return fail({ message: event.message, type: 'server_error', code: event.code ?? 'upstream_rejected' })
      const text = event.type === 'text-delta' || event.type === 'refusal-delta' ? event.text : ''
      return text === '' || state !== 'open' ? nothing : chunk(text, null)
    },
    end() {
      if (state === 'closed') return nothing
      const rest = [finish('stop')]
      if (asked && usage !== null) rest.push(sseData(JSON.stringify({ ...head(options), choices: [], usage: writeOpenaiUsage(usage) })))
      state = 'closed'
      return Buffer.concat([...rest, sseData(doneMarker)])
    },
  }
}

const head = (options: WriterOptions): JsonObject => ({
  id: `cmpl-${options.id}`,
  object: 'text_completion',
  created: options.createdS,
  model: options.model,
  system_fingerprint: null,
})
const choiceOf = (text: string, finish: string | null): JsonObject => ({ text, index: 0, logprobs: null, finish_reason: finish })

export function writeCompletionWhole(events: readonly ReplyEvent[], options: WriterOptions): JsonObject {
  const reply = collectReply(events)
  return {
    ...head(options),
    choices: [choiceOf(reply.text === '' ? reply.refusal : reply.text, finishReasons[reply.finish])],
    ...(reply.usage === null ? {} : { usage: writeOpenaiUsage(reply.usage) }),
  }
}
