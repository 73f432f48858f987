// Events to a Chat Completions reply, streamed or whole, in the form that strict clients accept.
// Promises: role first, indices everywhere, one finish, one `[DONE]`; usage in a stream only for callers who asked.
// Leaves alone: same-dialect replies (those bytes pass).

import type { FinishReason, ReplyEvent, Thinking } from '../../contract/chat.ts'
import { objectOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { Usage } from '../../contract/usage.ts'
import type { ReplyWriter, WriterOptions } from '../../contract/wire.ts'
import { collectReply, createThinkingFold, type Picture } from '../collect-reply.ts'
import { writeOpenaiUsage } from '../openai-usage.ts'
import { sseComment, sseData } from '../sse.ts'
import { doneMarker, failOpenai } from '../vendor-error.ts'

const nothing = new Uint8Array()

export function createChatWriter(options: WriterOptions): ReplyWriter {
  const asked = asksUsage(options.request)
  const chunk = createChunk(options, asked)
  const thinking = createThinkingFold()
  let state: 'new' | 'open' | 'finished' | 'closed' = 'new'
  let hasCalls = false
  let pictures = 0
  let usage: Usage | null = null
  const send = (delta: JsonObject): Uint8Array => {
    const opening = state === 'new' ? chunk({ role: 'assistant', content: '' }, null) : null
    state = 'open'
    const bytes = chunk(delta, null)
    return opening === null ? bytes : Buffer.concat([opening, bytes])
  }
  const show = (picture: Picture): JsonObject => {
    pictures += 1
    return { images: [writePicture(picture, pictures - 1)] }
  }
  const finish = (reason: FinishReason): Uint8Array => {
    if (state === 'finished' || state === 'closed') return nothing
    const opening = state === 'new' ? chunk({ role: 'assistant', content: '' }, null) : nothing
    state = 'finished'
    return Buffer.concat([opening, chunk({}, finishReasons[reason])])
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
      if (event.type === 'tool-start') hasCalls = true
      if (event.type === 'keepalive') return sseComment('keepalive')
      if (event.type === 'finish') return finish(event.reason)
      if (event.type === 'error') return fail({ message: event.message, type: 'server_error', code: event.code ?? 'upstream_rejected' })
      const delta = event.type === 'picture' ? show(event) : toDelta(event, thinking.add(event))
      return delta === null || state === 'finished' ? nothing : send(delta)
    },
    end() {
      if (state === 'closed') return nothing
      const rest = [finish(hasCalls ? 'tool-calls' : 'stop')]
      if (asked && usage !== null) rest.push(sseData(JSON.stringify({ ...chunkHead(options), choices: [], usage: writeOpenaiUsage(usage) })))
      state = 'closed'
      return Buffer.concat([...rest, sseData(doneMarker)])
    },
  }
}

export const finishReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  error: 'stop',
}

export function asksUsage(request: JsonObject): boolean {
  return objectOf(request['stream_options'])?.['include_usage'] === true
}

function chunkHead(options: WriterOptions): JsonObject {
  return { id: `chatcmpl-${options.id}`, object: 'chat.completion.chunk', created: options.createdS, model: options.model, system_fingerprint: null }
}

/** The envelope is the same for every chunk, so it is serialised once. */
function createChunk(options: WriterOptions, asked: boolean): (delta: JsonObject, finish: string | null) => Uint8Array {
  const head = `${JSON.stringify(chunkHead(options)).slice(0, -1)},"choices":[{"index":0,"delta":`
  const tail = asked ? '}],"usage":null}' : '}]}'
  return (delta, finish) => sseData(`${head}${JSON.stringify(delta)},"logprobs":null,"finish_reason":${JSON.stringify(finish)}${tail}`)
}

function toDelta(event: ReplyEvent, block: Thinking | null): JsonObject | null {
  switch (event.type) {
    case 'text-delta':
      return event.text === '' ? null : { content: event.text }
    case 'reasoning-delta':
      // Both spellings: Open WebUI and DeepSeek-style clients read the first, OpenRouter-style ones the second.
      return event.text === '' ? null : { reasoning_content: event.text, reasoning: event.text }
    case 'reasoning-end':
      return block === null ? null : { thinking_blocks: [writeThinking(block)] }
    case 'refusal-delta':
      return event.text === '' ? null : { refusal: event.text }
    case 'tool-start':
      return { tool_calls: [{ index: event.index, id: event.id, type: 'function', function: { name: event.name, arguments: '' }, ...writeSignature(event) }] }
    case 'tool-delta':
      return event.argumentsText === '' ? null : { tool_calls: [{ index: event.index, function: { arguments: event.argumentsText } }] }
    default:
      return null
  }
}

/** Where Google's own OpenAI endpoint puts it (https://ai.google.dev/gemini-api/docs/thought-signatures, as known 2026-11-21). */
function writeSignature({ thoughtSignature }: { readonly thoughtSignature?: string }): JsonObject {
  return thoughtSignature === undefined ? {} : { extra_content: { google: { thought_signature: thoughtSignature } } }
}

/** OpenAI has no form for it; this one is OpenRouter's and LiteLLM's (https://openrouter.ai/docs/features/multimodal/image-generation, as known 2026-11-22). */
const writePicture = ({ mediaType, data }: Picture, index: number): JsonObject => ({
  type: 'image_url',
  index,
  image_url: { url: `data:${mediaType};base64,${data}` },
})

function writeThinking(block: Thinking): JsonObject {
  return block.redacted === undefined
    ? { type: 'thinking', thinking: block.text, signature: block.signature }
    : { type: 'redacted_thinking', data: block.redacted }
}

export function writeChatWhole(events: readonly ReplyEvent[], options: WriterOptions): JsonObject {
  const reply = collectReply(events)
  const calls = reply.toolCalls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.argumentsText },
    ...writeSignature(call),
  }))
  const message: Record<string, Json> = {
    role: 'assistant',
    content: reply.text === '' && (calls.length > 0 || reply.refusal !== '') ? null : reply.text,
    refusal: reply.refusal === '' ? null : reply.refusal,
  }
  if (reply.reasoning !== '') Object.assign(message, { reasoning_content: reply.reasoning, reasoning: reply.reasoning })
  if (reply.thinking.length > 0) message['thinking_blocks'] = reply.thinking.map(writeThinking)
  if (reply.pictures.length > 0) message['images'] = reply.pictures.map(writePicture)
  if (calls.length > 0) message['tool_calls'] = calls
  return {
    id: `chatcmpl-${options.id}`,
    object: 'chat.completion',
    created: options.createdS,
    model: options.model,
    system_fingerprint: null,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReasons[reply.finish] }],
    ...(reply.usage === null ? {} : { usage: writeOpenaiUsage(reply.usage) }),
  }
}
