// A fake vendor that keeps its own bill and misbehaves on request: OpenAI-, Anthropic- and Ollama-shaped, over real HTTP.
// Promises: every request is kept byte for byte; what it bills is what its replies say; the default reply uses exactly the output cap it was sent.
// Leaves alone: deciding what is right.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly raw: Buffer
  readonly json: Record<string, unknown>
  /** Set when the caller broke the connection before our reply ended. */
  aborted: boolean
}
export interface Behaviour {
  /** Wait before the reply's head. */
  readonly headDelayMs?: number
  /** Wait between streamed pieces. */
  readonly pieceDelayMs?: number
  /** Answer this instead. */
  readonly status?: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Answer with these, one by one, as a stream. */
  readonly pieces?: readonly string[]
  /** Break the connection after so many pieces of a stream (0: before the head). */
  readonly cutAfterPieces?: number
  /** Send a stream's pieces, its closing ones included, and never end the reply. */
  readonly keepOpen?: boolean
  /** Leave usage out. */
  readonly withoutUsage?: boolean
  /** Output tokens, instead of the cap that was asked. */
  readonly outputTokens?: number
  /** Never answer. */
  readonly hang?: boolean
}
export interface Vendor {
  /** Origin; add `/v1` for the OpenAI shape. */
  readonly origin: string
  readonly received: readonly Received[]
  /** Tokens this vendor would charge for. */
  readonly bill: { input: number; output: number; calls: number }
  behave(next: (request: Received, count: number) => Behaviour): void
  close(): Promise<void>
}

export const vendorInputTokens = 10
const defaultOutputTokens = 5

export async function startVendor(): Promise<Vendor> {
  const received: Received[] = []
  const bill = { input: 0, output: 0, calls: 0 }
  let behaviourOf: (request: Received, count: number) => Behaviour = () => ({})
  const server = createServer((message, response) => {
    void answer(message, response)
  })
  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(message)
    received.push(request)
    response.on('close', () => {
      request.aborted = !response.writableFinished
    })
    const behaviour = behaviourOf(request, received.length)
    await reply(request, response, { behaviour, bill })
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    bill,
    behave: (next) => void (behaviourOf = next),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function read(message: IncomingMessage): Promise<Received> {
  const pieces: Buffer[] = []
  for await (const piece of message) pieces.push(piece as Buffer)
  const raw = Buffer.concat(pieces)
  const json = raw.length === 0 ? {} : (JSON.parse(raw.toString('utf8')) as Record<string, unknown>)
  return { path: message.url ?? '', headers: message.headers, raw, json, aborted: false }
}

interface Setting {
  readonly behaviour: Behaviour
  readonly bill: Vendor['bill']
}

async function reply(request: Received, response: ServerResponse, setting: Setting): Promise<void> {
  const { behaviour } = setting
  if (behaviour.hang === true) return
  if (behaviour.headDelayMs !== undefined) await wait(behaviour.headDelayMs)
  if (behaviour.cutAfterPieces === 0) return void response.destroy()
  if (behaviour.status !== undefined || behaviour.body !== undefined) {
    response.writeHead(behaviour.status ?? 200, { 'content-type': 'application/json', ...behaviour.headers })
    return void response.end(behaviour.body ?? JSON.stringify({ error: { message: 'the vendor says no', type: 'server_error', param: null, code: null } }))
  }
  if (request.path.endsWith('/models') || request.path.endsWith('/api/tags'))
    return void end(response, { object: 'list', data: [{ id: 'vendor-model' }], models: [{ model: 'vendor-model', name: 'vendor-model' }] })
  if (request.path.endsWith('/embeddings')) return embed(request, response, setting)
  const output = behaviour.outputTokens ?? capOf(request.json) ?? defaultOutputTokens
  charge(setting, output)
  const shape = request.path.endsWith('/v1/messages') ? anthropic : request.path.endsWith('/api/chat') ? ollama : openai
  const streams = request.path.endsWith('/api/chat') ? request.json['stream'] !== false : request.json['stream'] === true
  if (!streams) return void end(response, shape.whole(request, output, behaviour))
  response.writeHead(200, { 'content-type': shape.streamType, ...behaviour.headers })
  let sent = 0
  for (const piece of behaviour.pieces ?? shape.pieces(request, output, behaviour)) {
    if (behaviour.cutAfterPieces !== undefined && sent >= behaviour.cutAfterPieces) return void response.destroy()
    if (response.destroyed) return
    response.write(piece)
    sent += 1
    if (behaviour.pieceDelayMs !== undefined) await wait(behaviour.pieceDelayMs)
  }
  if (behaviour.keepOpen === true) return
  response.end()
}

function charge(setting: Setting, output: number): void {
  setting.bill.input += vendorInputTokens
  setting.bill.output += output
  setting.bill.calls += 1
}

function embed(request: Received, response: ServerResponse, setting: Setting): void {
  charge(setting, 0)
  const inputs = Array.isArray(request.json['input']) ? request.json['input'] : [request.json['input']]
  const vector = [0.25, -0.5, 0.125]
  const packed = Buffer.from(Float32Array.from(vector).buffer).toString('base64')
  const data = inputs.map((_input, index) => ({ object: 'embedding', index, embedding: request.json['encoding_format'] === 'base64' ? packed : vector }))
  end(response, { object: 'list', data, model: request.json['model'], usage: { prompt_tokens: vendorInputTokens, total_tokens: vendorInputTokens } })
}

function capOf(json: Record<string, unknown>): number | undefined {
  const options = json['options'] as Record<string, unknown> | undefined
  const cap = json['max_completion_tokens'] ?? json['max_tokens'] ?? options?.['num_predict']
  return typeof cap === 'number' ? cap : undefined
}

function end(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const event = (value: unknown, name?: string): string => `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(value)}\n\n`

interface Shape {
  readonly streamType: string
  whole(request: Received, output: number, behaviour: Behaviour): unknown
  pieces(request: Received, output: number, behaviour: Behaviour): Generator<string>
}

const usageOf = (output: number): Record<string, number> => ({
  prompt_tokens: vendorInputTokens,
  completion_tokens: output,
  total_tokens: vendorInputTokens + output,
})

const openai: Shape = {
  streamType: 'text/event-stream',
  whole: (request, output, behaviour) => ({
    id: 'chatcmpl-vendor',
    object: 'chat.completion',
    created: 1,
    model: request.json['model'],
    choices: [{ index: 0, message: { role: 'assistant', content: 'word '.repeat(output).trim() }, finish_reason: 'stop', logprobs: null }],
    ...(behaviour.withoutUsage === true ? {} : { usage: usageOf(output) }),
  }),
  *pieces(request, output, behaviour) {
    const chunk = (delta: unknown, finish: string | null = null): string =>
      event({
        id: 'chatcmpl-vendor',
        object: 'chat.completion.chunk',
        created: 1,
        model: request.json['model'],
        choices: [{ index: 0, delta, finish_reason: finish }],
      })
    yield chunk({ role: 'assistant', content: '' })
    for (let index = 0; index < output; index += 1) yield chunk({ content: 'word ' })
    yield chunk({}, 'stop')
    const options = request.json['stream_options'] as { include_usage?: boolean } | undefined
    if (options?.include_usage === true && behaviour.withoutUsage !== true)
      yield event({ id: 'chatcmpl-vendor', object: 'chat.completion.chunk', created: 1, model: request.json['model'], choices: [], usage: usageOf(output) })
    yield 'data: [DONE]\n\n'
  },
}

const anthropic: Shape = {
  streamType: 'text/event-stream',
  whole: (request, output) => ({
    id: 'msg_vendor',
    type: 'message',
    role: 'assistant',
    model: request.json['model'],
    content: [{ type: 'text', text: 'word '.repeat(output).trim() }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: vendorInputTokens, output_tokens: output },
  }),
  *pieces(request, output) {
    yield event(
      {
        type: 'message_start',
        message: {
          id: 'msg_vendor',
          type: 'message',
          role: 'assistant',
          model: request.json['model'],
          content: [],
          stop_reason: null,
          usage: { input_tokens: vendorInputTokens, output_tokens: 1 },
        },
      },
      'message_start',
    )
    yield event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }, 'content_block_start')
    for (let index = 0; index < output; index += 1)
      yield event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'word ' } }, 'content_block_delta')
    yield event({ type: 'content_block_stop', index: 0 }, 'content_block_stop')
    yield event({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: output } }, 'message_delta')
    yield event({ type: 'message_stop' }, 'message_stop')
  },
}

const ollamaLine = (value: unknown): string => `${JSON.stringify(value)}\n`
const ollama: Shape = {
  streamType: 'application/x-ndjson',
  whole: (request, output) => ({
    model: request.json['model'],
    created_at: '2026-01-01T00:00:00Z',
    message: { role: 'assistant', content: 'word '.repeat(output).trim() },
    done: true,
    done_reason: 'stop',
    prompt_eval_count: vendorInputTokens,
    eval_count: output,
  }),
  *pieces(request, output) {
    for (let index = 0; index < output; index += 1)
      yield ollamaLine({ model: request.json['model'], created_at: '2026-01-01T00:00:00Z', message: { role: 'assistant', content: 'word ' }, done: false })
    yield ollamaLine({
      model: request.json['model'],
      created_at: '2026-01-01T00:00:00Z',
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: vendorInputTokens,
      eval_count: output,
    })
  },
}
