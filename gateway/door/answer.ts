// Sends what a JSON route answered: JSON, text, a stream, or nothing.
// Promises: no answer of the API is ever cached; a stream that breaks cuts the connection, so a partial export is never taken for a whole one.
// Leaves alone: wording errors (fail.ts).

import type { RouteAnswer } from '../contract/route.ts'
import type { Reply } from '../contract/reply.ts'

const jsonType = { 'content-type': 'application/json; charset=utf-8' }

export async function sendAnswer(answer: RouteAnswer, reply: Reply): Promise<void> {
  if (answer.kind === 'stream') return await sendStream(answer, reply)
  const bytes = bytesOf(answer)
  const headers =
    answer.kind === 'json'
      ? { ...jsonType, ...answer.headers }
      : answer.kind === 'text'
        ? { 'content-type': 'text/plain; charset=utf-8' }
        : { ...answer.headers }
  reply.start(answer.status ?? 200, { 'cache-control': 'no-store', ...headers, ...(bytes === null ? {} : { 'content-length': String(bytes.length) }) })
  reply.end(bytes ?? undefined)
}

function bytesOf(answer: Exclude<RouteAnswer, { kind: 'stream' }>): Uint8Array | null {
  if (answer.kind === 'json') return Buffer.from(JSON.stringify(answer.value))
  return answer.kind === 'text' ? Buffer.from(answer.text) : null
}

async function sendStream(answer: Extract<RouteAnswer, { kind: 'stream' }>, reply: Reply): Promise<void> {
  const source = answer.chunks[Symbol.asyncIterator]()
  // The first piece decides whether this can still become an ordinary error.
  let next = await source.next()
  reply.start(200, { 'cache-control': 'no-store', 'content-type': answer.contentType, ...answer.headers })
  try {
    while (next.done !== true && !reply.gone.aborted) {
      await reply.write(typeof next.value === 'string' ? Buffer.from(next.value) : next.value)
      next = await source.next()
    }
    reply.end()
  } finally {
    await source.return?.()
  }
}
