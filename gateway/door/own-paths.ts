// Paths of the administrator's own, as routes beside the declared ones.
// Promises: a path that the gateway or a vendor's prefix already answers is never one of them; a changed list counts from the next request on.
// Leaves alone: where they lead (intake/own-passage), what may travel (pass-through.ts).

import { prefixOf, type OwnPath } from '../contract/own-path.ts'
import { createRouter, normaliseInferencePath, toGooglePath, type Router } from './router.ts'
import { rawRoute } from './surfaces/passages.ts'
import type { InferenceRoute } from './surfaces/surface.ts'

export type OwnRoutes = Pick<Router<InferenceRoute>, 'knows' | 'match'>

export function createOwnRoutes(list: () => readonly OwnPath[], bodyBytesMax: number): OwnRoutes {
  let known: readonly OwnPath[] | null = null
  let router = createRouter<InferenceRoute>([])
  const current = (): Router<InferenceRoute> => {
    const now = list()
    if (now !== known) router = createRouter(now.flatMap((own) => routesOf(own, bodyBytesMax)))
    known = now
    return router
  }
  return { knows: (path) => current().knows(path), match: (method, path) => current().match(method, path) }
}

function routesOf(own: OwnPath, bodyBytesMax: number): readonly InferenceRoute[] {
  const prefix = prefixOf(own)
  const paths = own.includesBelow ? [own.path, `${own.path}/{rest*}`] : [own.path]
  const like = { surface: 'openai' as const, wire: 'openai-chat' as const, bodyBytesMax, summary: `Handed on to an address of the administrator's.`, prefix }
  // What the body names is the target's business; keys, budgets and rows know the path.
  return paths.flatMap((path) => own.methods.map((method) => ({ ...rawRoute(method, { ...like, path }), asked: () => ({ model: prefix, stream: true }) })))
}

export interface TakenBy {
  readonly router: { knows(path: string): boolean }
  readonly paths: readonly string[]
  /** First segments that lead to vendors. */
  readonly prefixes: readonly string[]
}

/** The rest of a sentence; null: it is free. */
export function whyTaken({ path, includesBelow }: Pick<OwnPath, 'path' | 'includesBelow'>, { router, paths, prefixes }: TakenBy): string | null {
  const first = path.split('/')[1] ?? ''
  if (prefixes.includes(first)) return `${path} begins with /${first}, which leads to a vendor's own paths`
  if (first === 'ui') return `${path} is the control panel's`
  if (router.knows(path) || toGooglePath(path, true) !== null || router.knows(normaliseInferencePath(path))) return `${path} is one of the gateway's own paths`
  const below = includesBelow ? paths.find((one) => one.startsWith(`${path}/`)) : undefined
  return below === undefined ? null : `${path} has the gateway's own path ${below} below it`
}
