// The one way out: undici pools to configured origins.
// Promises: the address that was checked is the one connected to; no redirects, no pipelining; identity or gzip only, both capped; every wait has an end.
// Leaves alone: which deployment is dialled and what its reply means.

import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import errors from 'undici/lib/core/errors.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import type { Limits } from '../contract/config.ts'
import type { Egress, EgressReply, EgressRequest } from '../contract/egress.ts'
import { GatewayError, refuse } from '../contract/errors.ts'
import { createCheckedLookup, isForbiddenHost } from './address.ts'
import { exchange, type RawHead, type RawReply } from './exchange.ts'

export function createEgress(tools: { readonly limits: Limits }): Egress {
  const lines = new Map<string, Line>()
  const pools = new Map<string, Pool>()
  const lineFor = ({ baseUrl, title }: EgressRequest): Line => {
    const known = lines.get(baseUrl)
    if (known !== undefined) return known
    const { origin, pathname, hostname } = new URL(baseUrl)
    if (isForbiddenHost(hostname)) throw refuse('egress_refused', { provider: title, reason: 'it is a link-local, multicast or unspecified address' })
    const pool = pools.get(origin) ?? createPool(origin, tools.limits)
    pools.set(origin, pool)
    const line = { pool, origin, prefix: pathname === '/' ? '' : pathname }
    lines.set(baseUrl, line)
    return line
  }
  return {
    async send(request) {
      const { pool, origin, prefix } = lineFor(request)
      try {
        const raw = await exchange(
          pool,
          {
            origin,
            path: prefix + request.path,
            method: request.method,
            // A gateway's own name and no compression: a bomb cannot be sent where none is asked for.
            headers: { 'user-agent': 'tollgate', accept: '*/*', 'accept-encoding': 'identity', ...request.headers },
            body: request.body,
            headersTimeout: request.headersTimeoutMs,
            bodyTimeout: request.idleTimeoutMs,
          },
          { signal: request.signal, onSent: () => request.onSent?.() },
        )
        return openReply(raw, request)
      } catch (error) {
        throw toGatewayError(error, request)
      }
    },
    async close() {
      await Promise.allSettled([...pools.values()].map((pool) => pool.destroy()))
      pools.clear()
      lines.clear()
    },
  }
}

/** A base URL, read once. */
interface Line {
  readonly pool: Pool
  readonly origin: string
  readonly prefix: string
}

function createPool(origin: string, limits: Limits): Pool {
  return new Pool(origin, {
    connections: limits.upstreamConnectionsPerOriginMax,
    pipelining: 1,
    maxHeaderSize: limits.headerBytesMax,
    maxResponseSize: Math.max(limits.upstreamBodyBytesMax, limits.streamBytesMax),
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connect: { timeout: limits.upstreamConnectTimeoutMs, lookup: createCheckedLookup() },
  })
}

function openReply(raw: RawReply, request: EgressRequest): EgressReply {
  const headers = flatten(raw.headers)
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase()
  if (encoding !== 'identity' && encoding !== 'gzip') {
    raw.abort()
    throw refuse('upstream_protocol', { provider: request.title, reason: `its content encoding ${encoding.slice(0, 40)} was not asked for` })
  }
  const source: AsyncIterable<Uint8Array> = encoding === 'gzip' ? pipeline(raw.body, createGunzip(), () => undefined) : raw.body
  return { status: raw.status, headers, body: capped(source, request), abort: raw.abort }
}

async function* capped(source: AsyncIterable<Uint8Array>, request: EgressRequest): AsyncGenerator<Uint8Array> {
  let size = 0
  try {
    for await (const piece of source) {
      size += piece.length
      if (size > request.bodyBytesMax) throw refuse('upstream_too_large', { provider: request.title, limit: request.bodyBytesMax })
      yield piece
    }
  } catch (error) {
    throw toGatewayError(error, request)
  }
}

function flatten(headers: RawHead['headers']): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value
    if (first !== undefined) flat[name] = first
  }
  return flat
}

function toGatewayError(error: unknown, request: EgressRequest): GatewayError {
  const provider = request.title
  if (error instanceof GatewayError) return error
  // Whoever asked gave up: its time is over, or its caller left and hears no more.
  if (request.signal.aborted) return refuse('upstream_timeout', { provider }, {}, error)
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError || error instanceof errors.ConnectTimeoutError) {
    return refuse('upstream_timeout', { provider }, {}, error)
  }
  if (error instanceof errors.ResponseExceededMaxSizeError) return refuse('upstream_too_large', { provider, limit: request.bodyBytesMax }, {}, error)
  const code = codeOf(error)
  const wrong = wrongReplies[code] ?? (error instanceof errors.HTTPParserError ? wrongReplies['HPE_INVALID_CONSTANT'] : undefined)
  if (wrong !== undefined) return refuse('upstream_protocol', { provider, reason: wrong }, {}, error)
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'UND_ERR_ABORTED' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return refuse('upstream_cut', { provider }, {}, error)
  return refuse('upstream_unreachable', { provider, reason: wordsFor(code) }, {}, error)
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

/** The vendor was reached; what it sent cannot be read. */
const wrongReplies: Readonly<Record<string, string>> = {
  HPE_INVALID_CONSTANT: 'its reply is not valid HTTP',
  UND_ERR_HEADERS_OVERFLOW: 'its headers are too long',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its length is not what it said',
  Z_DATA_ERROR: 'its compressed body is damaged',
  Z_BUF_ERROR: 'its compressed body is damaged',
}
const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at its address',
  ENOTFOUND: 'its name is not known to this network',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted here',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted here',
}
const wordsFor = (code: string): string => causes[code] ?? `the connection failed (${code.slice(0, 60)})`
