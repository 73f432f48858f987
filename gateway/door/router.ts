// Matches a method and a path to a declared route; what is matched is what is authorised and dispatched.
// Promises: one reading of a path; `%2F` only in a parameter declared as `{name*}`; an undeclared or incomplete route stops the start.
// Leaves alone: HTTP, handlers.

import { refuse } from '../contract/errors.ts'
import type { RouteDeclaration } from '../contract/route.ts'

export interface Match<Route extends RouteDeclaration> {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}
export interface Router<Route extends RouteDeclaration> {
  /** @throws GatewayError not_found, method_not_allowed, request_target_refused */
  match(method: string, path: string): Match<Route>
  /** Is there a route at this path, whatever the method? */
  knows(path: string): boolean
}

interface Parameter {
  readonly name: string
  /** `{name*}`: it may hold slashes, encoded or not. */
  readonly wide: boolean
}
interface Pattern<Route> {
  readonly expression: RegExp
  readonly names: readonly Parameter[]
  readonly byMethod: ReadonlyMap<string, Route>
}

export function createRouter<Route extends RouteDeclaration>(routes: readonly Route[]): Router<Route> {
  const exact = new Map<string, Map<string, Route>>()
  const patterns = new Map<string, { expression: RegExp; names: Parameter[]; byMethod: Map<string, Route> }>()
  for (const route of routes) {
    assertDeclared(route)
    const target = route.path.includes('{') ? patternFor(patterns, route.path).byMethod : entryFor(exact, route.path)
    if (target.has(route.method)) throw new Error(`route declared twice: ${route.method} ${route.path}`)
    target.set(route.method, route)
  }
  const find = (path: string): { byMethod: ReadonlyMap<string, Route>; params: Record<string, string> } | null => {
    const byMethod = exact.get(path)
    if (byMethod !== undefined) return { byMethod, params: {} }
    for (const pattern of patterns.values()) {
      const params = matchPattern(pattern, path)
      if (params !== null) return { byMethod: pattern.byMethod, params }
    }
    return null
  }
  return {
    knows: (path) => find(path) !== null,
    match(method, path) {
      const found = find(path)
      if (found === null) throw refuse('not_found', { method: method.slice(0, 20), path: path.slice(0, 200) })
      const route = found.byMethod.get(method === 'HEAD' ? 'GET' : method)
      if (route === undefined)
        throw refuse(
          'method_not_allowed',
          { method: method.slice(0, 20), path: path.slice(0, 200) },
          { headers: { allow: [...found.byMethod.keys()].join(', ') } },
        )
      return { route, params: found.params }
    },
  }
}

/** `/v1//chat`, `/v1/v1/chat`, `/chat`, `/v1/v1beta/models`: the spellings clients make of one base URL, as the path they mean. Source: what SDKs append to a base URL, observed 2026. */
export function normaliseInferencePath(path: string): string {
  const single = path.replace(/\/{2,}/g, '/').replace(/^(?:\/v1)+(?=\/|$)/, '/v1')
  const google = /^(?:\/v1)?(?:\/v1beta)+(\/.*)?$/.exec(single)
  if (google !== null) return `/v1beta${google[1] ?? ''}`
  return single.startsWith('/v1/') || single === '/v1' ? single : `/v1${single}`
}

const googleMethod = /^(?:\/v1(?:alpha|beta)?)*(\/models\/.+:(?:generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents))$/

const googleModels = /^(?:\/v1(?:alpha|beta)?)*(\/models(?:\/.+)?)$/

/**
 * Google's methods under any version of its API, and under none, as LiteLLM serves them too; null: none of them. `/v1` is the default of
 * `@google/genai` from 3.0 on (observed 2026-11-21) and is OpenAI's in every other path, so its list of models is Google's only for a client that
 * brings its key as Google's do.
 */
export function toGooglePath(path: string, googleKey: boolean): string | null {
  const single = path.replace(/\/{2,}/g, '/')
  const found = googleMethod.exec(single) ?? (googleKey ? googleModels.exec(single) : null)
  return found === null ? null : `/v1beta${found[1] ?? ''}`
}

function assertDeclared(route: RouteDeclaration): void {
  const complete =
    route.auth !== undefined && route.surface !== undefined && route.reply !== undefined && route.limits?.bodyBytesMax !== undefined && route.summary !== ''
  if (!complete) throw new Error(`route without a full declaration: ${route.method} ${route.path}`)
  if (route.method !== 'GET' && route.method !== 'DELETE' && route.body === undefined)
    throw new Error(`route that writes without a body schema: ${route.method} ${route.path}`)
}

function entryFor<Route>(map: Map<string, Map<string, Route>>, path: string): Map<string, Route> {
  const known = map.get(path) ?? new Map<string, Route>()
  map.set(path, known)
  return known
}

function patternFor<Route>(
  map: Map<string, { expression: RegExp; names: Parameter[]; byMethod: Map<string, Route> }>,
  path: string,
): { byMethod: Map<string, Route> } {
  const known = map.get(path)
  if (known !== undefined) return known
  const names: Parameter[] = []
  const source = path
    .split(/(\{\w+\*?\})/)
    .map((part) => {
      const name = /^\{(\w+)(\*?)\}$/.exec(part)
      if (name === null) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      names.push({ name: name[1] ?? '', wide: name[2] === '*' })
      return name[2] === '*' ? '(.+)' : '([^/]+)'
    })
    .join('')
  const created = { expression: new RegExp(`^${source}$`), names, byMethod: new Map<string, Route>() }
  map.set(path, created)
  return created
}

function matchPattern<Route>(pattern: Pattern<Route>, path: string): Record<string, string> | null {
  const match = pattern.expression.exec(path)
  if (match === null) return null
  const params: Record<string, string> = {}
  pattern.names.forEach(({ name, wide }, index) => {
    const raw = match[index + 1] ?? ''
    if (!wide && /%2f/i.test(raw)) throw refuse('request_target_refused', { reason: 'it holds an encoded slash' })
    params[name] = decode(raw)
  })
  return params
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    throw refuse('request_target_refused', { reason: 'its percent-encoding is broken' }, {}, error)
  }
}
