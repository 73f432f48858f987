// Events to a generateContent reply, streamed or whole, in the form Google's own clients read.
// Promises: calls come whole; exactly one finish, with the usage beside it, in the last response of a stream.
// Leaves alone: same-dialect replies (those bytes pass). Source: https://ai.google.dev/api/generate-content, as known 2026-11-21.

import type { FinishReason, ReplyEvent, Thinking, ToolCall } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import type { Usage } from '../../contract/usage.ts'
import type { ReplyWriter, WriterOptions } from '../../contract/wire.ts'
import { collectReply, createThinkingFold, type Picture } from '../collect-reply.ts'
import { geminiFailure } from '../gemini-error.ts'
import { readArguments } from '../tool-arguments.ts'
import { createFrames } from './frames.ts'
import { writeGeminiUsage } from './read-usage.ts'
import { sealThought } from './thought-seal.ts'

const nothing = new Uint8Array()

export function createGeminiWriter(options: WriterOptions): ReplyWriter {
  const frames = createFrames(options.framing)
  const thinking = createThinkingFold()
  // Arguments that are still being written cannot be sent in pieces.
  const calls: OpenCall[] = []
  let finish: FinishReason | null = null
  let usage: Usage | null = null
  let closed = false
  const identity = identityOf(options)
  const send = (response: JsonObject): Uint8Array => frames.response(JSON.stringify({ ...response, ...identity }))
  const fail: ReplyWriter['fail'] = (error) => {
    if (closed) return nothing
    closed = true
    return Buffer.concat([frames.response(JSON.stringify(geminiFailure(error))), frames.close()])
  }
  return {
    contentType: frames.contentType,
    fail,
    write(event) {
      if (closed) return nothing
      if (event.type === 'usage') usage = event.usage
      if (event.type === 'finish') finish ??= event.reason
      if (event.type === 'keepalive') return frames.sign()
      if (event.type === 'error') return fail({ message: event.message, type: 'server_error', code: event.code ?? 'upstream_rejected' })
      followCall(calls, event)
      const part = toPart(event, thinking.add(event))
      return part === null || finish !== null ? nothing : send({ candidates: [{ content: { parts: [part], role: 'model' }, index: 0 }] })
    },
    end() {
      if (closed) return nothing
      closed = true
      const parts = calls.length === 0 ? [{ text: '' }] : calls.map(writeCall)
      const candidate = { content: { parts, role: 'model' }, finishReason: finishReasons[finish ?? 'stop'], index: 0 }
      return Buffer.concat([send({ candidates: [candidate], ...writeUsage(usage) }), frames.close()])
    },
  }
}

type OpenCall = { -readonly [Name in keyof ToolCall]: ToolCall[Name] }

function followCall(calls: OpenCall[], event: ReplyEvent): void {
  if (event.type === 'tool-start') {
    const { id, name, thoughtSignature } = event
    calls[event.index] = { id, name, argumentsText: '', ...(thoughtSignature === undefined ? {} : { thoughtSignature }) }
  } else if (event.type === 'tool-delta') {
    const call = calls[event.index]
    if (call !== undefined) call.argumentsText += event.argumentsText
  }
}

const writeCall = ({ id, name, argumentsText, thoughtSignature }: ToolCall): JsonObject => ({
  functionCall: { id, name, args: readArguments(argumentsText) },
  thoughtSignature,
})

/** A reply with calls ends with STOP here. */
const finishReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
  error: 'OTHER',
}

const identityOf = (options: WriterOptions): JsonObject => ({ modelVersion: options.model, responseId: options.id })
const writeUsage = (usage: Usage | null): JsonObject => (usage === null ? {} : { usageMetadata: writeGeminiUsage(usage) })

function toPart(event: ReplyEvent, block: Thinking | null): JsonObject | null {
  switch (event.type) {
    case 'text-delta':
    case 'refusal-delta':
      return event.text === '' ? null : { text: event.text }
    case 'reasoning-delta':
      return event.text === '' ? null : { text: event.text, thought: true }
    case 'picture':
      return writePicture(event)
    case 'reasoning-end':
      // Its text has gone out already; the signature closes it.
      return block === null ? null : { text: '', thought: true, thoughtSignature: sealThought(block) }
    default:
      return null
  }
}

const writePicture = ({ mediaType, data }: Picture): JsonObject => ({ inlineData: { mimeType: mediaType, data } })

export function writeGeminiWhole(events: readonly ReplyEvent[], options: WriterOptions): JsonObject {
  const reply = collectReply(events)
  const signed = reply.thinking.map((block) => ({ text: block.text, thought: true, thoughtSignature: sealThought(block) }))
  const thoughts = signed.length > 0 ? signed : reply.reasoning === '' ? [] : [{ text: reply.reasoning, thought: true }]
  const said = [reply.text, reply.refusal].filter((text) => text !== '').map((text) => ({ text }))
  const parts = [...thoughts, ...said, ...reply.pictures.map(writePicture), ...reply.toolCalls.map(writeCall)]
  const content = { parts: parts.length === 0 ? [{ text: '' }] : parts, role: 'model' }
  return {
    candidates: [{ content, finishReason: finishReasons[reply.finish], index: 0 }],
    ...writeUsage(reply.usage),
    ...identityOf(options),
  }
}
