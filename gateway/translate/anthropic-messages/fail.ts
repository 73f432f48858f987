// An error after the headers, as Messages clients read it.
// Promises: one event, named `error`: the SDK throws at it, and its type says which of its errors. Leaves alone: errors before the headers (door/).
// Source: https://platform.claude.com/docs/en/build-with-claude/streaming ("Error events"), as known 2026-11-21.

import { anthropicErrorType } from '../../contract/anthropic-errors.ts'
import { errorTable, type ErrorCode } from '../../contract/errors.ts'
import type { JsonObject } from '../../contract/json.ts'
import type { StreamError } from '../vendor-error.ts'

export function failMessages({ message, type, code }: StreamError): Uint8Array {
  return messagesEvent('error', { error: { type: anthropicErrorType(statusOf(code), [code, type]), message } })
}

/** A code may also be a vendor's own; what that means nobody knows. */
function statusOf(code: string): number {
  return Object.hasOwn(errorTable, code) ? errorTable[code as ErrorCode].status : 502
}

/** Clients of this family go by the event's name, those of others by its `type`: both say the same. */
export const messagesEvent = (type: string, fields: JsonObject = {}): Uint8Array =>
  Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
