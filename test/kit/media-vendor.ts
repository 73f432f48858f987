// A fake vendor for pictures, sound and moderation in OpenAI's formats, over real HTTP. Forms are read by Node's own parser.
// Promises: every request is kept byte for byte; replies are fixed bytes, so that both sides can be compared.
// Leaves alone: deciding what is right.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface MediaRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly raw: Buffer
  /** Text fields of a form, or the members of a JSON body; files as their size. */
  readonly fields: Readonly<Record<string, unknown>>
  aborted: boolean
}
export interface MediaBehaviour {
  readonly status?: number
  readonly body?: string
  readonly contentType?: string
  /** Instead of what the request asked for, piece by piece. */
  readonly pieces?: readonly (string | Buffer)[]
  readonly pieceDelayMs?: number
  readonly cutAfterPieces?: number
  readonly withoutUsage?: boolean
}
export interface MediaVendor {
  readonly origin: string
  readonly received: readonly MediaRequest[]
  behave(next: (request: MediaRequest) => MediaBehaviour): void
  close(): Promise<void>
}

export async function startMediaVendor(): Promise<MediaVendor> {
  const received: MediaRequest[] = []
  let behaviourOf: (request: MediaRequest) => MediaBehaviour = () => ({})
  const server = createServer((message, response) => {
    void (async () => {
      const request = await read(message)
      received.push(request)
      response.on('close', () => void (request.aborted = !response.writableFinished))
      await answer(request, response, behaviourOf(request))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    behave: (next) => void (behaviourOf = next),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function read(message: IncomingMessage): Promise<MediaRequest> {
  const pieces: Buffer[] = []
  for await (const piece of message) pieces.push(piece as Buffer)
  const raw = Buffer.concat(pieces)
  return { path: message.url ?? '', headers: message.headers, raw, fields: await readFields(raw, message.headers['content-type'] ?? ''), aborted: false }
}

async function readFields(raw: Buffer, type: string): Promise<Record<string, unknown>> {
  if (type === 'application/json') return JSON.parse(raw.toString('utf8')) as Record<string, unknown>
  const form = await parseWithNode(raw, type)
  return Object.fromEntries([...form].map(([name, value]) => [name, typeof value === 'string' ? value : value.size]))
}

/** By another parser than the gateway's own. */
export async function parseWithNode(raw: Buffer, type: string): Promise<FormData> {
  // Node advises servers against it for its memory.
  const body: { formData(): Promise<FormData> } = new Response(raw, { headers: { 'content-type': type } })
  return await body.formData()
}

/** One picture; its bytes are nobody's concern. */
export const picture = Buffer.from('89504e470d0a1a0a00ff', 'hex').toString('base64')
export const imageUsage = { input_tokens: 50, output_tokens: 1056, total_tokens: 1106, input_tokens_details: { text_tokens: 40, image_tokens: 10 } }
export const heardTokens = { type: 'tokens', input_tokens: 31, output_tokens: 7, total_tokens: 38, input_token_details: { text_tokens: 4, audio_tokens: 27 } }
export const spokenTokens = { input_tokens: 12, output_tokens: 90, total_tokens: 102 }
/** Sound with every byte in it, among them what ends lines and strings. */
export const sound = Array.from({ length: 6 }, (_, index) => Buffer.from(Array.from({ length: 256 }, (_byte, at) => (at + index) % 256)))
export const transcript = 'Guten Tag, “Zürich”.'
export const subtitles = `1\n00:00:00,000 --> 00:00:03,000\n${transcript}\n\n`

async function answer(request: MediaRequest, response: ServerResponse, behaviour: MediaBehaviour): Promise<void> {
  if (behaviour.status !== undefined || behaviour.body !== undefined) {
    response.writeHead(behaviour.status ?? 200, { 'content-type': behaviour.contentType ?? 'application/json' })
    return void response.end(behaviour.body ?? JSON.stringify({ error: { message: 'the vendor says no', type: 'server_error', param: null, code: null } }))
  }
  const { type, pieces } = replyTo(request, behaviour)
  response.writeHead(200, { 'content-type': behaviour.contentType ?? type })
  let sent = 0
  for (const piece of behaviour.pieces ?? pieces) {
    if (behaviour.cutAfterPieces !== undefined && sent >= behaviour.cutAfterPieces) return void response.destroy()
    if (response.destroyed) return
    response.write(piece)
    sent += 1
    if (behaviour.pieceDelayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, behaviour.pieceDelayMs))
  }
  response.end()
}

interface MediaReply {
  readonly type: string
  readonly pieces: readonly (string | Buffer)[]
}
const json = (value: unknown): MediaReply => ({ type: 'application/json', pieces: [JSON.stringify(value)] })
const events = (values: readonly Record<string, unknown>[]): MediaReply => ({
  type: 'text/event-stream; charset=utf-8',
  pieces: values.map((value) => `event: ${String(value['type'])}\ndata: ${JSON.stringify(value)}\n\n`),
})

function replyTo({ path, fields }: MediaRequest, { withoutUsage = false }: MediaBehaviour): MediaReply {
  const streams = fields['stream'] === true || fields['stream'] === 'true'
  const used = (usage: unknown): Record<string, unknown> => (withoutUsage ? {} : { usage })
  if (path.includes('/images/')) {
    const kind = path.includes('/edits') ? 'image_edit' : 'image_generation'
    if (!streams) return json({ created: 1, data: Array.from({ length: Number(fields['n'] ?? 1) }, () => ({ b64_json: picture })), ...used(imageUsage) })
    const partial = { type: `${kind}.partial_image`, b64_json: picture, partial_image_index: 0 }
    return events([partial, { ...partial, partial_image_index: 1 }, { type: `${kind}.completed`, b64_json: picture, ...used(imageUsage) }])
  }
  if (path.includes('/audio/speech')) {
    if (fields['stream_format'] !== 'sse') return { type: 'audio/mpeg', pieces: sound }
    const deltas = sound.map((piece) => ({ type: 'speech.audio.delta', audio: piece.toString('base64') }))
    return events([...deltas, { type: 'speech.audio.done', ...used(spokenTokens) }])
  }
  if (path.includes('/audio/')) return transcribe(fields, { streams, used })
  return json({ id: 'modr-1', model: fields['model'], results: [{ flagged: false, categories: {}, category_scores: {} }] })
}

function transcribe(fields: MediaRequest['fields'], { streams, used }: { streams: boolean; used: (usage: unknown) => Record<string, unknown> }): MediaReply {
  if (streams) {
    const deltas = [transcript.slice(0, 5), transcript.slice(5)].map((delta) => ({ type: 'transcript.text.delta', delta }))
    return events([...deltas, { type: 'transcript.text.done', text: transcript, ...used(heardTokens) }])
  }
  const format = fields['response_format'] ?? 'json'
  if (format === 'text') return { type: 'text/plain; charset=utf-8', pieces: [`${transcript}\n`] }
  if (format === 'srt') return { type: 'text/plain; charset=utf-8', pieces: [subtitles] }
  if (format === 'vtt') return { type: 'text/vtt', pieces: [`WEBVTT\n\n${subtitles}`] }
  if (format === 'verbose_json')
    return json({ task: 'transcribe', language: 'german', duration: 2.6, text: transcript, ...used({ type: 'duration', seconds: 3 }) })
  return json({ text: transcript, ...used(heardTokens) })
}

/** So many seconds of silence, in PCM. */
export function wave(seconds: number): Buffer {
  const rate = 8000
  const data = Buffer.alloc(seconds * rate * 2)
  const head = Buffer.alloc(44)
  head.write('RIFF')
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8)
  for (const [at, value] of [[16, 16], [24, rate], [28, rate * 2], [40, data.length]] as const) head.writeUInt32LE(value, at) // prettier-ignore
  for (const [at, value] of [[20, 1], [22, 1], [32, 2], [34, 16]] as const) head.writeUInt16LE(value, at) // prettier-ignore
  head.write('data', 36)
  return Buffer.concat([head, data])
}
