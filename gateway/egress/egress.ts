// The one way out: undici pools to configured origins.
// Promises: the address that was checked is the one connected to; no redirects, no pipelining; identity or gzip only, both capped; every wait has an end.
// Leaves alone: which deployment is dialled and what its reply means.

import errors from 'undici/lib/core/errors.js'
import type { Egress, EgressRequest } from '../contract/egress.ts'
import { GatewayError, refuse } from '../contract/errors.ts'
import { staysHere } from '../kit/header-rules.ts'
import { isForbiddenHost } from './address.ts'
import { exchange, type RawHead } from './exchange.ts'
import { createPools, type PoolTools } from './pools.ts'
import { openBody } from './reply-body.ts'
import { ProxyFault } from './tunnel.ts'

export function createEgress(tools: PoolTools): Egress {
  const lines = new Map<string, Line>()
  const pools = createPools(tools)
  const lineFor = ({ baseUrl, title, certificate = null }: EgressRequest): Line => {
    const key = certificate === null ? baseUrl : `${baseUrl} ${certificate}`
    const known = lines.get(key)
    if (known !== undefined) return known
    const url = new URL(baseUrl)
    if (isForbiddenHost(url.hostname)) throw refuse('egress_refused', { provider: title, reason: 'it is a link-local, multicast or unspecified address' })
    const line = { url, origin: url.origin, prefix: url.pathname === '/' ? '' : url.pathname, certificate }
    // Read again when they are needed again: a caller's words can be part of an address.
    if (lines.size >= tools.limits.upstreamOriginsMax) lines.clear()
    lines.set(key, line)
    return line
  }
  return {
    async send(request) {
      const { url, origin, prefix, certificate } = lineFor(request)
      const pool = pools.get(url, certificate)
      try {
        const raw = await exchange(
          pool,
          {
            origin,
            path: prefix + request.path,
            method: request.method,
            // A gateway's own name and no compression: a bomb cannot be sent where none is asked for.
            headers: { 'user-agent': 'tollgate', accept: '*/*', ...travelling(request.headers), 'accept-encoding': 'identity' },
            body: request.body,
            headersTimeout: request.headersTimeoutMs,
            bodyTimeout: request.idleTimeoutMs,
          },
          { signal: request.signal, onSent: () => request.onSent?.() },
        )
        return { status: raw.status, headers: flatten(raw.headers), body: worded(openBody(raw, request, tools.limits), request), abort: raw.abort }
      } catch (error) {
        throw toGatewayError(error, request)
      }
    },
    async close() {
      await pools.close()
      lines.clear()
    },
  }
}

/** A base URL, read once. */
interface Line {
  readonly url: URL
  readonly origin: string
  readonly prefix: string
  readonly certificate: string | null
}

/** Whoever made them: some headers belong to this connection, or to nobody. */
function travelling(headers: EgressRequest['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !staysHere(name.toLowerCase())))
}

async function* worded(body: AsyncIterable<Uint8Array>, request: EgressRequest): AsyncGenerator<Uint8Array> {
  try {
    yield* body
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
  if (error instanceof ProxyFault) return refuse('upstream_unreachable', { provider, reason: wordsForProxy(error) }, {}, error)
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
function wordsForProxy({ status, cause }: ProxyFault): string {
  if (status === 407) return 'the outbound proxy did not accept the credential it was given'
  return status === null ? `the outbound proxy could not be reached (${codeOf(cause).slice(0, 60)})` : `the outbound proxy answered with status ${status}`
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
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it asks for a client certificate',
  // undici checks headers before it connects: a key that was pasted with a typographic dash or an invisible sign, mostly.
  UND_ERR_INVALID_ARG: 'its key, or another header set for it, holds a character no header can carry',
}
const wordsFor = (code: string): string => causes[code] ?? `the connection failed (${code.slice(0, 60)})`
