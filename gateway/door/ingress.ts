// The first thing every request meets: is this line of HTTP something we answer at all?
// Promises: exactly one Host from an exact list, an origin-form target, a path with one reading; decided on raw headers, before routing.
// Leaves alone: who is calling (credential.ts), what is served (router.ts).

import type { IncomingMessage } from 'node:http'
import { refuse } from '../contract/errors.ts'
import type { LanNames } from '../contract/lan.ts'

export interface Target {
  readonly method: string
  /** As sent, still percent-encoded; starts with a slash, no dot segments, no backslash. */
  readonly path: string
  readonly query: URLSearchParams
}
export interface HostRules {
  /** Loopback names and the configured ones, lower case, with port where one is needed. */
  allows(host: string): boolean
  /** Pages come by TLS, too: one of this name that came in plain was sent by somebody else. */
  readonly secure?: true
}

/** @throws GatewayError request_target_refused, host_not_allowed, origin_not_allowed, websocket_refused */
export function checkIngress(request: IncomingMessage, hosts: HostRules): Target {
  const host = oneHost(request)
  if (!hosts.allows(host)) throw refuse('host_not_allowed')
  const method = request.method ?? ''
  checkOrigin(request, host, hosts.secure === true)
  checkUpgrade(request)
  return { method, ...parseTarget(request.url ?? '') }
}

export function createHostRules(options: { readonly port: () => number; readonly bind: string; readonly hosts: readonly string[] }): HostRules {
  const loopback = ['127.0.0.1', 'localhost', '[::1]']
  const configured = new Set(options.hosts.map((host) => host.toLowerCase()))
  const bound = options.bind.includes(':') ? `[${options.bind}]` : options.bind
  return {
    allows(host) {
      const asked = readHost(host)
      if (asked === null) return false
      const { name, port = 80 } = asked
      if (configured.has(name) || configured.has(host)) return true
      return port === options.port() && (loopback.includes(name) || name === bound)
    },
  }
}

/** Names change while it listens: an address comes and goes. Those of this machine alone are not among them. */
export function createLanHostRules(options: { readonly port: () => number; readonly names: () => LanNames }): HostRules {
  return {
    secure: true,
    allows(host) {
      const asked = readHost(host)
      if (asked === null || (asked.port ?? 443) !== options.port()) return false
      const { dns, addresses } = options.names()
      return dns.includes(asked.name) || addresses.includes(asked.name.replace(/^\[|\]$/g, ''))
    },
  }
}

/** null: no host at all. */
function readHost(host: string): { readonly name: string; readonly port?: number } | null {
  const [, name, port] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/.exec(host) ?? []
  if (name === undefined) return null
  return port === undefined ? { name } : { name, port: Number(port) }
}

/** Node keeps the first of several Host headers and accepts them all; the raw list shows every one. */
function oneHost(request: IncomingMessage): string {
  const hosts: string[] = []
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === 'host') hosts.push(request.rawHeaders[index + 1] ?? '')
  }
  const [only] = hosts
  if (hosts.length !== 1 || only === undefined) throw refuse('host_not_allowed')
  return only.toLowerCase()
}

/** Browsers name the page that sends; only our own pages may. Programs send no Origin. */
function checkOrigin(request: IncomingMessage, host: string, secure: boolean): void {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw refuse('origin_not_allowed')
  if (origin === undefined) return
  if ((secure || origin.toLowerCase() !== `http://${host}`) && origin.toLowerCase() !== `https://${host}`) throw refuse('origin_not_allowed')
}

/**
 * Codex tries a WebSocket first at a provider named openai; told so with this status it goes on over HTTP at once, with any other it tries for seconds
 * (observed, as known 2026-11-21). Offers of HTTP/2 (`h2c`) may be ignored, and are.
 */
function checkUpgrade(request: IncomingMessage): void {
  if (/\bwebsocket\b/i.test(request.headers.upgrade ?? '')) throw refuse('websocket_refused', {}, { headers: { upgrade: 'HTTP/1.1', connection: 'close' } })
}

function parseTarget(target: string): { path: string; query: URLSearchParams } {
  if (!target.startsWith('/')) throw refuse('request_target_refused', { reason: 'it is not a path' })
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  if (!/^[\x21-\x7e]*$/.test(path)) throw refuse('request_target_refused', { reason: 'it holds characters that must be encoded' })
  if (/[\\#]|%5c|%2e|%00|%0[ad]/i.test(path)) throw refuse('request_target_refused', { reason: 'it holds an encoded dot, a backslash or a control character' })
  // Also between slashes that are encoded: somebody behind us may decode them first.
  if (/(?:\/|%2f)\.{1,2}(?:\/|%2f|$)/i.test(path)) throw refuse('request_target_refused', { reason: 'it holds a dot segment' })
  return { path, query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)) }
}
