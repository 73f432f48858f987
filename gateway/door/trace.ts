// What a row remembers about where a request came from: ids and names, never content.
// Promises: every text capped and printable. Leaves alone: metadata, and the tags of the key (admit adds them).
// Source: LiteLLM's request headers (docs/proxy/request_headers.md); session headers of Claude Code and Codex, observed 2026.

import type { IncomingMessage } from 'node:http'
import { listOf, objectOf, textOf, type JsonObject } from '../contract/json.ts'
import { tagsMax, type TraceFacts } from '../contract/request.ts'

const idMax = 200
const userAgentMax = 80
const tagLengthMax = 100

export function readTrace(request: IncomingMessage, body: JsonObject): TraceFacts {
  const header = (name: string): string | null => clean(first(request.headers[name]), idMax)
  const metadata = objectOf(body['metadata']) ?? {}
  return {
    traceId: header('x-litellm-trace-id') ?? traceParent(header('traceparent')),
    sessionId:
      clean(textOf(body['litellm_session_id']) ?? textOf(metadata['session_id']), idMax) ??
      header('x-claude-code-session-id') ??
      header('session-id') ??
      header('x-session-id'),
    endUser: header('x-litellm-end-user-id') ?? header('x-litellm-customer-id') ?? clean(textOf(body['user']) ?? endUserIn(metadata), idMax),
    userAgent: clean(products(first(request.headers['user-agent'])), userAgentMax),
    clientIp: request.socket.remoteAddress ?? null,
    tags: readTags(metadata['tags'], first(request.headers['x-litellm-tags'])),
  }
}

/** As LiteLLM does. Claude Code puts device and session there as JSON: no name of anybody, and another one in every session. */
function endUserIn(metadata: JsonObject): string | undefined {
  const id = textOf(metadata['user_id'])
  return id?.startsWith('{') === true ? undefined : id
}

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

/** The body's list, then the header's, each tag once. */
function readTags(listed: unknown, header: string | undefined): readonly string[] {
  const texts = [...listOf(listed).flatMap((tag) => textOf(tag) ?? []), ...(header ?? '').split(',')]
  return [...new Set(texts.flatMap((text) => clean(text.trim(), tagLengthMax) ?? []))].slice(0, tagsMax)
}

/** `00-<trace id>-<span id>-<flags>` (W3C Trace Context). */
function traceParent(text: string | null): string | null {
  return text === null ? null : (/^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(text)?.[1] ?? null)
}

function products(userAgent: string | undefined): string | undefined {
  return userAgent?.split(' ').slice(0, 2).join(' ')
}

function clean(text: string | undefined, lengthMax: number): string | null {
  if (text === undefined) return null
  const printable = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '').slice(0, lengthMax)
  return printable === '' ? null : printable
}
