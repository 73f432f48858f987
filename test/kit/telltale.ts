// A vendor's behaviour that tells what it should not: failures of every kind that repeat the key they were sent, replies with secrets in them.
// Promises: nine ways in turn, so that a few hundred calls meet each many times. Leaves alone: who may see what is told.

import type { Behaviour, Received } from './vendor.ts'

export function createTelltale(replies: readonly string[]): (request: Received, count: number) => Behaviour {
  return (request, count) => tell(request, { count, reply: replies[count % replies.length] ?? '' })
}

/** The key a request came with, whichever header held it. */
const keyOf = (request: Received): string =>
  String(request.headers['x-api-key'] ?? request.headers['x-goog-api-key'] ?? request.headers.authorization?.replace('Bearer ', '') ?? 'none')
const error = (message: string): string => JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } })

export const textChunk = (text: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: text } }] })}\n\n`
/** A whole reply with a secret in its text and in a tool's arguments. */
export const wholeReply = (text: string): string =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    model: 'm',
    usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: text,
          tool_calls: [{ id: 't', type: 'function', function: { name: 'f', arguments: JSON.stringify({ text }) } }],
        },
      },
    ],
  })

function tell(request: Received, turn: { readonly count: number; readonly reply: string }): Behaviour {
  const { count, reply } = turn
  const key = keyOf(request)
  const openai = request.path.endsWith('/chat/completions')
  if (request.path.endsWith('/models')) return { status: 401, body: error(`Incorrect API key provided: ${key}`) }
  switch (count % 9) {
    case 0:
      return { status: 401, body: error(`Incorrect API key provided: ${key}.`) }
    case 1:
      return { status: 400, body: error(`The key ${key} may not use this model (${key}).`) }
    case 2:
      return { status: 500, body: `<html>Internal error while handling ${key}</html>`, headers: { 'content-type': 'text/html' } }
    case 3:
      return { status: 429, body: error(`Rate limit reached for ${key}`), headers: { 'x-request-key': key, 'set-cookie': `k=${key}` } }
    case 4:
      return { body: `{"id":"x","choices":[{"message":{"content":"${reply}` }
    case 5:
      return openai && request.json['stream'] === true
        ? { pieceDelayMs: 30, pieces: [textChunk(reply), `data: ${error(`${key} was revoked`)}\n\n`] }
        : { cutAfterPieces: 2 }
    case 6:
      return openai && request.json['stream'] !== true ? { body: wholeReply(reply) } : { pieceDelayMs: 1 }
    case 7:
      return openai && request.json['stream'] === true ? { pieces: [textChunk(reply), 'data: [DONE]\n\n'] } : {}
    default:
      return {}
  }
}
