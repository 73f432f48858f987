// Every way to ask for inference: an address, a dialect's headers, and a body that is right in it.
// Promises: made from the routes that the gateway declares; one whose dialect has no words here is told by name (speakers.test.ts).
// Leaves alone: what is made of it (fuzz.ts, hostile.ts), what the gateway answers itself (house-speakers.ts).

import type { SurfaceId, WireId } from '../../gateway/contract/request.ts'
import type { InferenceRoute } from '../../gateway/door/surfaces/surface.ts'
import { chats, embeddings, type VendorDialect } from '../kit/misbehaving-vendor/misbehaviour.ts'
import { declaredRoutes } from './declared-routes.ts'
import { ownPaths, publicModel, vendorModelFor } from './siege-models.ts'
import * as bodies from './speaker-bodies.ts'
import type { Asking, Body } from './speaker-bodies.ts'
import * as media from './speaker-media.ts'

export interface Speaker {
  readonly method: string
  /** The route it asks, as the gateway declares it. */
  readonly route: string
  readonly surface: SurfaceId
  /** Where it stands in a table of answers. */
  readonly row: string
  /** The dialects of the vendor whose models may be named. */
  readonly dialects: readonly VendorDialect[]
  /** A vendor answers, not the gateway itself. */
  readonly reaches: boolean
  /** Whole, streamed, or whichever is asked for. */
  readonly forms: readonly boolean[]
  readonly encoding: 'json' | 'form'
  /** Nothing bounds what it costs, or it is about what a key of its own kept: a key with a budget cannot ask it. */
  readonly open: boolean
  model(dialect: VendorDialect): string
  path(asking: Asking): string
  /** null: none is sent. */
  body(asking: Asking): Body | null
}

const both = [false, true]
const whole = [false]
interface Words {
  readonly dialects: readonly VendorDialect[]
  readonly forms: readonly boolean[]
  readonly body: (asking: Asking) => Body
  readonly encoding?: 'form'
}
const rankers: readonly VendorDialect[] = ['cohere-rerank', 'jina-rerank', 'voyage-rerank', 'tei-rerank']
const words: Readonly<Partial<Record<WireId, Words>>> = {
  'openai-chat': { dialects: chats, forms: both, body: bodies.chat },
  'openai-completions': { dialects: chats, forms: both, body: bodies.completion },
  'openai-responses': { dialects: chats, forms: both, body: bodies.responses },
  'anthropic-messages': { dialects: chats, forms: both, body: bodies.messages },
  'gemini-generate': { dialects: chats, forms: whole, body: bodies.gemini },
  'ollama-chat': { dialects: chats, forms: both, body: bodies.ollama },
  'ollama-generate': { dialects: chats, forms: both, body: bodies.generate },
  'openai-embeddings': { dialects: embeddings, forms: whole, body: bodies.inputs },
  'gemini-embed': { dialects: embeddings, forms: whole, body: ({ text }) => bodies.embedded(text) },
  'ollama-embed': { dialects: embeddings, forms: whole, body: bodies.inputs },
  'openai-images': { dialects: ['openai-images'], forms: both, body: media.images },
  'openai-image-edits': { dialects: ['openai-images'], forms: both, body: media.imageEdits, encoding: 'form' },
  'openai-speech': { dialects: ['openai-speech'], forms: both, body: media.speech },
  'openai-transcriptions': { dialects: ['openai-transcriptions'], forms: both, body: media.transcription, encoding: 'form' },
  'openai-translations': { dialects: ['openai-transcriptions'], forms: whole, body: media.translation, encoding: 'form' },
  'openai-moderations': { dialects: ['openai-moderations'], forms: whole, body: media.moderation },
  'cohere-rerank': { dialects: rankers, forms: whole, body: media.ranking },
}
/** Where one dialect has several routes that differ in more than their address. */
const wordsAt: readonly (readonly [end: string, words: Partial<Words>])[] = [
  [':streamGenerateContent', { forms: [true] }],
  [
    ':batchEmbedContents',
    { body: ({ model, text }) => ({ requests: [text, 'and this'].map((one) => ({ model: `models/${model}`, ...bodies.embedded(one) })) }) },
  ],
  ['/api/embeddings', { body: ({ model, text }) => ({ model, prompt: text }) }],
]

/** null: nobody here knows how to ask it. */
export function speakerFor(route: InferenceRoute): Speaker | null {
  const { method, path, surface, passes } = route
  if (passes?.raw === true) return rawSpeaker(route, path.replace('{rest*}', 'anything'))
  const found = words[route.wire]
  if (found === undefined) return null
  const { dialects, forms, body, encoding = 'json' } = { ...found, ...wordsAt.find(([end]) => path.endsWith(end))?.[1] }
  // By a vendor's own path it is the vendor's own dialect, and the vendor's own name for the model.
  const own = dialects.find((dialect) => dialect === route.wire) ?? 'openai-chat'
  return {
    ...{ method, route: path, surface, forms, encoding, body, open: false, reaches: true },
    row: rowOf(route),
    dialects: passes === undefined ? dialects : [own],
    model: (dialect) => (passes === undefined ? publicModel(dialect) : (vendorModelFor[dialect] ?? '')),
    path: ({ model }) => path.replace(/\{model\*?\}/, encodeURIComponent(model)),
  }
}

function rowOf({ path, wire, passes }: InferenceRoute): string {
  if (passes !== undefined) return `/${passes.prefix}/*`
  const [, first] = path.split('/')
  if (first === 'cursor') return '/cursor'
  return path.startsWith('/openai/') ? '/openai, as at Azure' : wire
}

const writes = (method: string): boolean => method !== 'GET' && method !== 'DELETE'

/** A path whose meaning only the vendor knows. */
function rawSpeaker({ method, path: route, surface, passes }: Pick<InferenceRoute, 'method' | 'path' | 'surface' | 'passes'>, path: string): Speaker {
  return {
    ...{ method, route, surface, encoding: 'json', open: true, reaches: true },
    row: passes === undefined ? 'own paths' : `/${passes.prefix}/*`,
    dialects: ['any'],
    forms: writes(method) ? both : whole,
    model: () => '',
    path: () => path,
    body: ({ text, stream }) => (writes(method) ? { stream, text, things: [{ name: 'one', size: 1 }] } : null),
  }
}

const own: readonly Speaker[] = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).flatMap((method) => [
  { ...rawSpeaker({ method, path: ownPaths.sold, surface: 'openai' }, ownPaths.sold), open: false },
  rawSpeaker({ method, path: `${ownPaths.below}/{rest*}`, surface: 'openai' }, `${ownPaths.below}/anything`),
])

const isDeclaredByVendor = ({ passes }: InferenceRoute): boolean => passes?.asked !== undefined

/** Paths that vendors declare, in dialects of which the siege's vendor speaks few: asked with any body, and answered with nothing they know. */
function furtherSpeakerFor(route: InferenceRoute): Speaker {
  const { method, path } = route
  const filled = path
    .replace('{rest*}', 'anything')
    .replace(/\{model\*?\}/, 'vendor-anything')
    .replace(/\{\w+\}/g, 'somewhere')
  return { ...rawSpeaker({ ...route, method, path }, filled), reaches: false }
}

export const speakers: readonly Speaker[] = [...declaredRoutes().flatMap((route) => (isDeclaredByVendor(route) ? [] : (speakerFor(route) ?? []))), ...own]
/** For the fuzz alone. */
export const furtherSpeakers: readonly Speaker[] = declaredRoutes().filter(isDeclaredByVendor).map(furtherSpeakerFor)
