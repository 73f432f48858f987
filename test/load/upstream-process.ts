// The upstream of every bench: a bare node:http server that answers chat completions with the same bytes each time.
// Its arguments: how many words a reply has, and `apart` for events that leave one by one, as tokens do, instead of in as few packets as fit.
// Promises: no work beyond reading the request and writing the reply, so that what is measured is in front of it.
// Leaves alone: time; a stream's events are written one after another without a pause.

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { chunkCount as chunkCountUsual, promptTokens } from './shapes.ts'

const chunkCount = Number(process.argv[2] ?? chunkCountUsual)
const apart = process.argv[3] === 'apart'
const created = 1_763_683_200
const usage = { prompt_tokens: promptTokens, completion_tokens: chunkCount, total_tokens: promptTokens + chunkCount }
const whole = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created,
    model: 'bench-upstream',
    choices: [{ index: 0, message: { role: 'assistant', content: 'word '.repeat(chunkCount).trim(), refusal: null }, logprobs: null, finish_reason: 'stop' }],
    usage,
    system_fingerprint: 'fp_bench',
  }),
)
const event = (fields: object): Buffer =>
  Buffer.from(`data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created, model: 'bench-upstream', ...fields })}\n\n`)
const piece = (delta: object, reason: string | null): Buffer => event({ choices: [{ index: 0, delta, finish_reason: reason }] })
const events = [
  piece({ role: 'assistant', content: '' }, null),
  ...Array.from({ length: chunkCount }, () => piece({ content: 'word ' }, null)),
  piece({}, 'stop'),
]
const usageEvent = event({ choices: [], usage })
const done = Buffer.from('data: [DONE]\n\n')

const server = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (bytes: Buffer) => pieces.push(bytes))
  request.on('end', () => {
    const body = Buffer.concat(pieces)
    if (!/"stream"\s*:\s*true/.test(body.toString('latin1'))) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length }).end(whole)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    // As OpenAI does: usage only when asked for (https://platform.openai.com/docs/api-reference/chat/create, stream_options, as known 2026-11-21).
    const all = body.includes('"include_usage"') ? [...events, usageEvent] : events
    if (apart) return void writeApart(response, all)
    for (const bytes of all) response.write(bytes)
    response.end(done)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))

/** What is written in one turn of the event loop leaves in one packet, as far as it fits. */
async function writeApart(response: ServerResponse, all: readonly Buffer[]): Promise<void> {
  for (const bytes of all) {
    response.write(bytes)
    await turn()
  }
  response.end(done)
}
