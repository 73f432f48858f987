// A vendor's own path as it is called, made of the parameters that the route took from the one that came.
// Promises: what was matched and authorised is what is sent: each parameter decoded once, encoded once. No credential of the caller's in the query.
// Leaves alone: which paths there are (surfaces/passages), where they lead (intake/passages).

import { refuse } from '../contract/errors.ts'
import type { AskedPath } from '../contract/request.ts'
import { toSegment } from '../kit/path-segment.ts'
import type { Target } from './ingress.ts'
import type { AskedRule } from './surfaces/surface.ts'

/** Where clients put a key when they have no header for it. */
const credentials = new Set(['key', 'api_key', 'api-key', 'access_token', 'token'])

/** Without the question mark where there is nothing to say. */
export function withQuery(path: string, query: URLSearchParams, fixed: Readonly<Record<string, string>> = {}): string {
  const said = new URLSearchParams([...query].filter(([name]) => !credentials.has(name.toLowerCase())))
  for (const [name, value] of Object.entries(fixed)) said.set(name, value)
  return said.size === 0 ? path : `${path}?${said.toString()}`
}

/** @throws GatewayError request_target_refused */
export function toAskedPath(rule: AskedRule, params: Readonly<Record<string, string>>, { path, query }: Pick<Target, 'path' | 'query'>): AskedPath {
  const { template, base, restFrom, closed = [] } = rule
  const own = Object.entries(params).filter(([name]) => name !== 'model' && name !== 'rest')
  const below = restFrom === undefined ? fill(template, params) : `/${path.split('/').slice(restFrom).join('/')}`
  if (restFrom !== undefined && below.split('/').some((segment) => closed.includes(segment)))
    throw refuse('request_target_refused', { reason: `it holds ${closed.map((segment) => `/${segment}/`).join(' or ')} elsewhere than the vendor's paths do` })
  return { path: withQuery(below, query, rule.query), ...(base === undefined ? {} : { base }), place: Object.fromEntries(own) }
}

const fill = (template: string, params: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\*?\}/g, (_whole, name: string) => toSegment(params[name] ?? ''))
