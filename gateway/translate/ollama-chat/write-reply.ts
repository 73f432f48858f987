// Events to replies in Ollama's dialect, one JSON object a line or one in all, for `/api/chat` and `/api/generate`.
// Promises: tool calls come whole, as Ollama's clients expect; the last line alone says done, why, and what was counted.
// Leaves alone: durations, which are an engine's to know.
// Source: https://docs.ollama.com/api/chat, https://docs.ollama.com/api/generate, https://docs.ollama.com/api/streaming, as known 2026-11-21.

import type { FinishReason, ReplyEvent, ToolCall } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import { completionTokens, promptTokens, type Usage } from '../../contract/usage.ts'
import type { ReplyWriter, WriterOptions } from '../../contract/wire.ts'
import { collectReply, type Picture } from '../collect-reply.ts'
import { readArguments } from '../tool-arguments.ts'

/** What one piece says. */
interface Said {
  readonly text?: string
  readonly thinking?: string
  readonly calls?: readonly ToolCall[]
  readonly pictures?: readonly Picture[]
}
/** How a piece is put into a line: in `message` for a chat, at the top for a prompt. */
export type Place = (said: Said) => JsonObject

export const inMessage: Place = ({ text = '', thinking, calls, pictures }) => ({
  message: {
    role: 'assistant',
    content: text,
    ...(thinking === undefined ? {} : { thinking }),
    ...(pictures === undefined ? {} : { images: pictures.map(({ data }) => data) }),
    ...(calls === undefined
      ? {}
      : { tool_calls: calls.map(({ id, name, argumentsText }) => ({ id, function: { name, arguments: readArguments(argumentsText) } })) }),
  },
})
export const atTop: Place = ({ text = '', thinking }) => ({ response: text, ...(thinking === undefined ? {} : { thinking }) })

const nothing = new Uint8Array()
const line = (value: JsonObject): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`)

export const createOllamaWriter =
  (place: Place) =>
  (options: WriterOptions): ReplyWriter => {
    const calls: { id: string; name: string; argumentsText: string }[] = []
    let finish: FinishReason = 'stop'
    let usage: Usage | null = null
    let closed = false
    const head = headOf(options)
    const say = (said: Said): Uint8Array => line({ ...head, ...place(said), done: false })
    const takeCalls = (): Uint8Array => (calls.length === 0 ? nothing : say({ calls: calls.splice(0) }))
    const fail: ReplyWriter['fail'] = (error) => {
      if (closed) return nothing
      closed = true
      return line({ error: error.message })
    }
    return {
      contentType: 'application/x-ndjson',
      fail,
      write(event) {
        if (closed) return nothing
        if (event.type === 'usage') usage = event.usage
        else if (event.type === 'finish') finish = event.reason
        else if (event.type === 'tool-start') calls[event.index] = { id: event.id, name: event.name, argumentsText: '' }
        else if (event.type === 'tool-delta') append(calls[event.index], event.argumentsText)
        else if (event.type === 'error') return fail({ message: event.message, type: 'server_error', code: event.code ?? 'upstream_rejected' })
        const said = toSaid(event)
        return said === null ? nothing : say(said)
      },
      end() {
        if (closed) return nothing
        const rest = takeCalls()
        closed = true
        return Buffer.concat([rest, line({ ...head, ...place({}), ...endOf(finish, usage) })])
      },
    }
  }

export const writeOllamaWhole =
  (place: Place) =>
  (events: readonly ReplyEvent[], options: WriterOptions): JsonObject => {
    const { text, refusal, reasoning, pictures, toolCalls, finish, usage } = collectReply(events)
    const said: Said = {
      text: text === '' ? refusal : text,
      ...(reasoning === '' ? {} : { thinking: reasoning }),
      ...(toolCalls.length === 0 ? {} : { calls: toolCalls }),
      ...(pictures.length === 0 ? {} : { pictures }),
    }
    return { ...headOf(options), ...place(said), ...endOf(finish, usage) }
  }

/** One object, streamed or not (https://github.com/ollama/ollama/blob/main/server/routes.go, as known 2026-11-22). Any spelling of no time lets it go. */
export const writeOllamaIdle =
  (place: Place, asksNothing: (body: JsonObject) => boolean) =>
  (body: JsonObject, { model, nowMs }: { readonly model: string; readonly nowMs: number }): JsonObject | null => {
    if (!asksNothing(body)) return null
    const keepAlive = body['keep_alive']
    const goes = keepAlive === 0 || (typeof keepAlive === 'string' && /^[^1-9]*0[^1-9]*$/.test(keepAlive))
    return { model, created_at: new Date(nowMs).toISOString(), ...place({}), done: true, done_reason: goes ? 'unload' : 'load' }
  }

function append(call: { argumentsText: string } | undefined, text: string): void {
  if (call !== undefined) call.argumentsText += text
}

function toSaid(event: ReplyEvent): Said | null {
  if (event.type === 'text-delta' || event.type === 'refusal-delta') return event.text === '' ? null : { text: event.text }
  if (event.type === 'picture') return { pictures: [event] }
  return event.type === 'reasoning-delta' && event.text !== '' ? { thinking: event.text } : null
}

const headOf = (options: WriterOptions): JsonObject => ({ model: options.model, created_at: new Date(options.createdS * 1000).toISOString() })

function endOf(finish: FinishReason, usage: Usage | null): JsonObject {
  const counts = usage === null ? {} : { prompt_eval_count: promptTokens(usage.meters), eval_count: completionTokens(usage.meters) }
  return { done: true, done_reason: finish === 'length' ? 'length' : 'stop', ...counts }
}
