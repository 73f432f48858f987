// Anthropic's API: Messages, as Claude Code and Anthropic's SDKs speak it.
// Promises: errors in Anthropic's envelope, with its own word for each kind. Leaves alone: bodies (translate/anthropic-messages).
// Source: https://platform.claude.com/docs/en/api/errors, https://platform.claude.com/docs/en/api/versioning, as known 2026-11-21.

import { anthropicErrorType } from '../../contract/anthropic-errors.ts'
import { contextLengthCode, toAnthropicLength } from '../../contract/context-length.ts'
import { askedInBody, type ErrorFacts, type Surface } from './surface.ts'

export const anthropic: Surface = {
  id: 'anthropic',
  prefixes: ['/v1/messages'],
  idHeader: 'request-id',
  marks: ['anthropic-version'],
  routes: (bodyBytesMax) => [
    {
      method: 'POST',
      path: '/v1/messages',
      operation: 'chat',
      wire: 'anthropic-messages',
      summary: 'Message, streamed or whole, for a model of any provider.',
      auth: 'key',
      surface: 'anthropic',
      tag: 'inference',
      body: 'wire',
      reply: 'wire',
      limits: { bodyBytesMax },
      asked: askedInBody,
      // What a body may hold and what it means depends on them.
      forwards: ['anthropic-version', 'anthropic-beta'],
    },
  ],
  wordError: ({ error, status, message, requestId }: ErrorFacts) => ({
    type: 'error',
    error: {
      type: anthropicErrorType(status, wordsOf(error)),
      message: error.hints.vendor?.code === contextLengthCode ? toAnthropicLength(message) : message,
    },
    request_id: requestId,
  }),
}

function wordsOf({ code, hints }: ErrorFacts['error']): readonly (string | null)[] {
  return hints.vendor === undefined ? [code === 'stream_budget_spent' ? 'insufficient_quota' : code] : [hints.vendor.type, hints.vendor.code]
}
