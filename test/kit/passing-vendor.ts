// A vendor for calls that are passed through: answers by path, remembers what it heard; also a page, a redirect, a refusal, a reply that breaks off
// and a stream that goes on only when something else has been asked.
// Leaves alone: what a gateway makes of it.

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Heard {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}
const usage = { input_tokens: 7, output_tokens: 3 }
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-haiku-4-5',
  content: [{ type: 'text', text: 'Hi.' }],
  stop_reason: 'end_turn',
  usage,
}
const gemini = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hi.' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 },
}
const chat = {
  ...{ id: 'chat-1', object: 'chat.completion', created: 1, model: 'gpt-4o-mini' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
}
export const passedBytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251))
const replies: readonly (readonly [RegExp, unknown])[] = [
  [/\/v1\/messages$/, message],
  [/:generateContent$/, gemini],
  [/:countTokens/, { totalTokens: 4 }],
  [/\/chat\/completions$/, chat],
  [/\/threads$/, { id: 'thread_1', object: 'thread', created_at: 1, metadata: {} }],
  [/\/vector_stores/, { object: 'list', data: [{ id: 'vs_1', object: 'vector_store' }], has_more: false, first_id: 'vs_1', last_id: 'vs_1' }],
  [/\/files$/, { id: 'file_1', object: 'file', bytes: 3, filename: 'a.bin', purpose: 'assistants', created_at: 1 }],
]
export interface PassingVendor {
  /** Every request so far, in order. */
  readonly heard: readonly Heard[]
  /** Resolves to its origin. */
  listen(): Promise<string>
  close(): void
}

export function createPassingVendor(): PassingVendor {
  const heard: Heard[] = []
  let goOn = (): void => undefined
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      heard.push({ method, url, headers, body: Buffer.concat(pieces) })
      const path = url.split('?', 1)[0] ?? ''
      if (path.endsWith('/moved')) return response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
      if (path.endsWith('/wrong'))
        return response.writeHead(418, { 'content-type': 'text/plain', 'set-cookie': 'a=b' }).end(`no ${String(headers['authorization'])}`)
      if (path.endsWith('/runs')) {
        response.writeHead(200, { 'content-type': 'Text/Event-Stream; charset=utf-8' }).flushHeaders()
        // Each time it is asked to.
        const events = ['data: 1\n\n', 'data: 2\n\n']
        goOn = () => void (events.length > 0 ? response.write(events.shift()) : response.end())
        return
      }
      if (path.endsWith('/runs/next')) goOn()
      if (path.endsWith('/busy'))
        return response.writeHead(429, { 'retry-after': '7', 'x-ratelimit-remaining-requests': '0', 'set-cookie': 'a=b' }).end('{"error":"busy"}')
      if (path.endsWith('/closed')) return response.writeHead(503, { 'retry-after': '3600' }).end('{"error":"closed"}')
      if (path.endsWith('/page')) return response.writeHead(200, { 'content-type': 'text/html' }).end('<script src="/ui/x.js"></script>')
      if (path.endsWith('/broken')) {
        response.writeHead(200, { 'content-type': 'audio/mpeg' }).write(passedBytes)
        return void setTimeout(() => response.destroy(), 50)
      }
      if (path.endsWith('/content')) return response.writeHead(200, { 'content-type': 'audio/mpeg', server: 'secret/1', 'set-cookie': 'a=b' }).end(passedBytes)
      const reply = replies.find(([pattern]) => pattern.test(path))?.[1]
      response.writeHead(reply === undefined ? 404 : 200, {
        ...{ 'content-type': 'application/json', 'x-ratelimit-remaining-requests': '9' },
        ...{ 'access-control-allow-origin': '*', 'strict-transport-security': 'max-age=1', 'content-security-policy': 'none' },
      })
      response.end(JSON.stringify(reply ?? { error: { message: 'nothing here' } }))
    })
  })
  return {
    heard,
    listen: async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
