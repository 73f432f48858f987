// A vendor's own paths behind its prefix: those whose wire we know, and everything else as it comes.
// Promises: what a provider declares (`passPrefixes`) is what is served; an address that belongs to another surface stays that surface's.
// Leaves alone: where a prefix leads (intake/passages), what may travel (pass-through.ts).

import type { Provider } from '../../contract/provider.ts'
import { passingMethods, streamedOperations, wireIds, type Operation, type PassingMethod, type SurfaceId, type WireId } from '../../contract/request.ts'
import type { InferenceRoute } from './surface.ts'

export interface PassageFacts {
  readonly prefix: string
  readonly title: string
  readonly wires: readonly WireId[]
}

/** Of every provider that has a prefix. */
export const passagesOf = (providers: readonly Pick<Provider, 'passPrefixes' | 'title' | 'wires'>[]): readonly PassageFacts[] =>
  providers.flatMap(({ passPrefixes = [], title, wires }) =>
    passPrefixes.map((prefix) => ({ prefix, title, wires: wireIds.filter((id) => wires[id] !== undefined) })),
  )

/** `known`: the surfaces' own routes, whose bodies these are too. */
export function passageRoutes(passages: readonly PassageFacts[], known: readonly InferenceRoute[], bodyBytesMax: number): readonly InferenceRoute[] {
  const taken = new Set(known.map((route) => route.path))
  return passages.flatMap((passage) => {
    const own = known.filter((route) => passage.wires.includes(route.wire) && read.includes(route.operation) && /^\/v\d/.test(route.path))
    const spoken = own.flatMap((route) => spellings(route, passage)).filter((route) => !taken.has(route.path))
    return [...spoken, ...rawRoutes(passage, own[0], bodyBytesMax)]
  })
}

/** Text in and out; pictures and sound are handed on as they come. */
const read: readonly Operation[] = ['chat', 'completion', 'embedding']

/** With the version of the API in the path, and, as OpenAI's clients are set up, without it. */
function spellings(route: InferenceRoute, { prefix, title }: PassageFacts): readonly InferenceRoute[] {
  const bare = route.surface === 'openai' ? [route.path.replace(/^\/v1/, '')] : []
  return [route.path, ...bare].map((path) => ({
    ...route,
    path: `/${prefix}${path}`,
    summary: `${route.summary} At ${title}, by its own path.`,
    operation: 'pass-through',
    tag: 'pass-through',
    passes: { prefix, raw: false, streams: streamedOperations.includes(route.operation) },
  }))
}

function rawRoutes({ prefix, title, wires }: PassageFacts, like: InferenceRoute | undefined, bodyBytesMax: number): readonly InferenceRoute[] {
  const surface: SurfaceId = like?.surface ?? 'openai'
  // The dialect of its errors; the body is not read by it.
  const facts = {
    path: `/${prefix}/{rest*}`,
    prefix,
    surface,
    wire: wires[0] ?? 'openai-chat',
    bodyBytesMax,
    summary: `Anything else of ${title}'s API, as it comes.`,
  }
  return passingMethods.map((method) => rawRoute(method, facts))
}

export interface RawFacts extends Pick<InferenceRoute, 'path' | 'surface' | 'wire' | 'summary'> {
  readonly prefix: string
  readonly bodyBytesMax: number
}

export function rawRoute(method: PassingMethod, { path, prefix, surface, wire, summary, bodyBytesMax }: RawFacts): InferenceRoute {
  return {
    ...{ method, path, auth: 'key', surface, summary, wire, tag: 'pass-through' },
    ...(method === 'GET' || method === 'DELETE' ? {} : { body: 'wire' as const }),
    reply: 'wire',
    limits: { bodyBytesMax },
    operation: 'pass-through',
    asked: (json) => ({ model: json['model'], stream: json['stream'] }),
    passes: { prefix, raw: true, streams: true },
  }
}
