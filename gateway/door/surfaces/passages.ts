// A vendor's own paths behind its prefix: those whose wire we know, and everything else as it comes.
// Promises: what a provider declares (`passPrefixes`, `passages`) is what is served; an address that belongs to another surface stays that surface's.
// Leaves alone: where a prefix leads (intake/passages), what may travel (pass-through.ts, asked-path.ts).

import type { Passage, Passages, Provider } from '../../contract/provider.ts'
import { passingMethods, streamedOperations, wireIds, type Operation, type PassingMethod, type SurfaceId, type WireId } from '../../contract/request.ts'
import type { AskedRule, InferenceRoute } from './surface.ts'

export interface PassageFacts {
  readonly prefix: string
  readonly title: string
  readonly wires: readonly WireId[]
  readonly own?: Passages
}

/** Of every provider that has a prefix. */
export const passagesOf = (providers: readonly Pick<Provider, 'passPrefixes' | 'passages' | 'title' | 'wires'>[]): readonly PassageFacts[] =>
  providers.flatMap(({ passPrefixes = [], title, wires, passages: own }) =>
    passPrefixes.map((prefix) => ({ prefix, title, wires: wireIds.filter((id) => wires[id] !== undefined), ...(own === undefined ? {} : { own }) })),
  )

/** `known`: the surfaces' own routes, whose bodies these are too. */
export function passageRoutes(passages: readonly PassageFacts[], known: readonly InferenceRoute[], bodyBytesMax: number): readonly InferenceRoute[] {
  const taken = new Set(known.map((route) => route.path))
  return passages.flatMap((passage) => {
    const declared = declaredRoutes(passage, bodyBytesMax)
    const shared = known.filter((route) => passage.wires.includes(route.wire) && read.includes(route.operation) && /^\/v\d/.test(route.path))
    const spoken = shared.filter((route) => isSpokenToo(route, passage)).flatMap((route) => spellings(route, passage))
    const first = new Set(declared.map((route) => route.path))
    const others = spoken.filter((route) => !taken.has(route.path) && !first.has(route.path))
    return [...declared, ...others, ...rawRoutes(passage, shared[0], bodyBytesMax)]
  })
}

/** What the vendor's own paths say already is not said in another vendor's. */
const isSpokenToo = ({ surface, wire }: InferenceRoute, { own }: PassageFacts): boolean =>
  own === undefined || (surface === own.surface && (own.bases === undefined || own.paths.every((path) => path.wire !== wire)))

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

/** What the vendor's clients write for a base URL, the longest first, as it is to be understood. */
function basesOf({ bases }: Passages): readonly { readonly text: string; readonly base?: AskedRule['base'] }[] {
  if (bases === undefined) return [{ text: '' }]
  const longest = [...bases].sort((left, right) => right.length - left.length)
  return longest.map((text) => ({ text, base: { version: /^\/(v\d\w*)/.exec(text)?.[1] ?? null } }))
}

function declaredRoutes({ prefix, title, own }: PassageFacts, bodyBytesMax: number): readonly InferenceRoute[] {
  if (own === undefined) return []
  return basesOf(own).flatMap(({ text, base }) =>
    own.paths.map((passage) => {
      const { path, wire, framedBy } = passage
      const query = framedBy === undefined ? {} : { query: { [framedBy.name]: framedBy.value } }
      const rule: AskedRule = { template: path, ...(base === undefined ? {} : { base }), ...query }
      const facts = { path: `/${prefix}${text}${path}`, prefix, surface: own.surface, bodyBytesMax, rule, asked: askedOf(passage) }
      const summary = `${path} of ${title}'s API.`
      if (wire === null) return rawRoute('POST', { ...facts, wire: fallbackWire, summary })
      const { passes, bodyTypes: _any, ...route } = rawRoute('POST', { ...facts, wire, summary })
      return {
        ...route,
        passes: { prefix, asked: passes?.asked ?? rule, raw: false, streams: true },
        ...(passage.untyped === true ? { bodyTypes: ['application/json', 'application/octet-stream'] as const } : {}),
        ...(passage.forwards === undefined ? {} : { forwards: passage.forwards }),
      }
    }),
  )
}

/** Of a body that is not read. */
const fallbackWire: WireId = 'openai-chat'

function askedOf({ streams, framedBy }: Passage): InferenceRoute['asked'] {
  return (json, params, query) => ({
    model: params['model'] ?? json['model'],
    stream: streams ?? json['stream'] ?? false,
    ...(framedBy === undefined || query.get(framedBy.name) === framedBy.value ? {} : { framing: 'json-array' }),
  })
}

function rawRoutes({ prefix, title, wires, own }: PassageFacts, like: InferenceRoute | undefined, bodyBytesMax: number): readonly InferenceRoute[] {
  const surface: SurfaceId = own?.surface ?? like?.surface ?? 'openai'
  const bases = own?.bases === undefined ? [{ text: '' }] : basesOf(own)
  const closed = literalsIn(own?.bases ?? [])
  return bases.flatMap(({ text, base }) => {
    const segments = text.split('/').length + 1
    // The dialect of its errors; the body is not read by it.
    const facts = {
      path: `/${prefix}${text}/{rest*}`,
      ...{ prefix, surface, bodyBytesMax },
      wire: wires[0] ?? fallbackWire,
      summary: `Anything else of ${title}'s API, as it comes.`,
      ...(base === undefined ? {} : { rule: { template: '/{rest*}', base, restFrom: segments, closed } }),
    }
    return passingMethods.map((method) => rawRoute(method, facts))
  })
}

/** What stands before a parameter in a base: a path that has it elsewhere means another place. */
const literalsIn = (bases: readonly string[]): readonly string[] => [
  ...new Set(bases.flatMap((text) => [...text.matchAll(/\/(\w+)\/\{/g)].flatMap(([, literal]) => literal ?? []))),
]

export interface RawFacts extends Pick<InferenceRoute, 'path' | 'surface' | 'wire' | 'summary'> {
  readonly prefix: string
  readonly bodyBytesMax: number
  readonly rule?: AskedRule
  readonly asked?: InferenceRoute['asked']
}

export function rawRoute(method: PassingMethod, { path, prefix, surface, wire, summary, bodyBytesMax, rule, asked }: RawFacts): InferenceRoute {
  return {
    ...{ method, path, auth: 'key', surface, summary, wire, tag: 'pass-through' },
    ...(method === 'GET' || method === 'DELETE' ? {} : { body: 'wire' as const }),
    reply: 'wire',
    limits: { bodyBytesMax },
    operation: 'pass-through',
    asked: asked ?? ((json) => ({ model: json['model'], stream: json['stream'] })),
    passes: { prefix, raw: true, streams: true, ...(rule === undefined ? {} : { asked: rule }) },
  }
}
