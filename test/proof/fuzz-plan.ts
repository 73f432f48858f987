// One fuzzed request from a seed and a number: sound ones changed a little, sound ones changed badly, other routes, and bytes that are no HTTP.
// Promises: the same for the same seed and number, whichever others run. Leaves alone: sending and judging (fuzz.ts).

import { gzipSync } from 'node:zlib'
import { embeddings, type Dialect } from '../kit/misbehaving-vendor/misbehaviour.ts'
import { createSeeded, type Chance } from '../kit/random.ts'
import { mangleHttp } from './fuzz-http.ts'
import { changeBadly, changeBytes, changeGently } from './fuzz-json.ts'
import type { FuzzedRequest, Ground } from './fuzz-request.ts'
import { modelFor } from './siege.ts'
import { speakers } from './speakers.ts'

const chatDialects = (Object.keys(modelFor) as Dialect[]).filter((dialect) => !embeddings.includes(dialect)) as [Dialect, ...Dialect[]]
const embeddingDialects = embeddings as readonly [Dialect, ...Dialect[]]
const json = { 'content-type': 'application/json' }

export function planRequest(seed: number, index: number, ground: Ground): FuzzedRequest {
  const chance = createSeeded(seed * 1_000_003 + index)
  const kind = chance.between(1, 100)
  if (kind <= 10) return planOther(chance, index, ground)
  const sound = planSound(chance, index, ground)
  if (kind <= 55) return sound(changeGently)
  if (kind <= 75) return sound(changeBadly)
  if (kind <= 86)
    return bytewise(
      chance,
      sound((body) => body),
    )
  if (kind <= 97) return withOddHeaders(chance, sound(changeGently))
  return { ...sound(changeGently), raw: mangleHttp(chance, sound(changeGently)) }
}

type Change = (body: Record<string, unknown>, chance: Chance) => unknown

function planSound(chance: Chance, index: number, { keys }: Ground): (change: Change) => FuzzedRequest {
  const speaker = chance.pick(speakers)
  const budgeted = chance.pick([true, false])
  const dialect = chance.pick(speaker.operation === 'embedding' ? embeddingDialects : chatDialects)
  const stream = chance.pick(speaker.forms as [boolean, ...boolean[]])
  const asking = { model: modelFor[dialect], stream, text: `fuzz ${index}`, picture: !budgeted && chance.between(1, 4) === 1 }
  return (change) => ({
    index,
    method: 'POST',
    path: `${speaker.path(asking)}${speaker.route.includes('stream') && chance.between(1, 3) > 1 ? '?alt=sse' : ''}`,
    headers: { ...json, authorization: `Bearer ${keys[budgeted ? 'budgeted' : 'free']}` },
    body: Buffer.from(JSON.stringify(change(speaker.body(asking), chance)) ?? ''),
    surface: speaker.surface,
    raw: null,
  })
}

function bytewise(chance: Chance, request: FuzzedRequest): FuzzedRequest {
  const bytes = changeBytes(request.body ?? new Uint8Array(), chance)
  if (chance.between(1, 5) > 1) return { ...request, body: bytes }
  const packed = gzipSync(bytes)
  return { ...request, headers: { ...request.headers, 'content-encoding': 'gzip' }, body: chance.between(1, 2) === 1 ? packed : changeBytes(packed, chance) }
}

const oddHeaders: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['authorization', 'Bearer sk-nobody'],
  ['authorization', 'Basic !!!'],
  ['authorization', `Bearer ${'x'.repeat(9000)}`],
  ['x-api-key', 'sk-other'],
  ['x-goog-api-key', 'sk-other'],
  ['content-type', 'text/plain'],
  ['content-type', 'application/json; charset=utf-7'],
  ['content-type', ''],
  ['content-encoding', 'br'],
  ['content-encoding', 'gzip, gzip'],
  ['content-encoding', 'gzip'],
  ['idempotency-key', 'the same for many'],
  ['idempotency-key', 'k'.repeat(300)],
  ['origin', 'https://elsewhere.example'],
  ['x-litellm-tags', ',,,a,\u00e9'],
  ['x-litellm-end-user-id', 'u'.repeat(5000)],
  ['anthropic-version', 'yesterday'],
  ['anthropic-beta', 'a,b,c'],
  ['traceparent', '00-zz'],
  ['user-agent', ''],
  ['accept', 'image/png'],
  ['x-forwarded-for', '127.0.0.1, ::1'],
  ['x-long', 'l'.repeat(30_000)],
]

function withOddHeaders(chance: Chance, request: FuzzedRequest): FuzzedRequest {
  const odd = Array.from({ length: chance.between(1, 2) }, () => chance.pick(oddHeaders))
  // `anthropic-version` makes its sender a client of that surface where several share an address.
  return { ...request, surface: null, headers: { ...request.headers, ...Object.fromEntries(odd) } }
}

const wildTexts = [
  '',
  '0',
  '-1',
  'null',
  'NaN',
  '%00',
  '%2F',
  '..',
  'a'.repeat(300),
  '%F0%9F%8C%8D',
  '1e308',
  '2026-11-21',
  '%27%20OR%201=1%20--',
  '{}',
] as const

function planOther(chance: Chance, index: number, { routes, keys, adminKey }: Ground): FuzzedRequest {
  const [method, pattern] = chance.pick(routes as [readonly [string, string], ...(readonly [string, string])[]])
  const path = pattern.replace(/\{[^}]+\}/g, () => encodeURIComponent(decodeURIComponent(chance.pick(wildTexts))) || 'x')
  const query = Array.from(
    { length: chance.between(0, 3) },
    () => `${chance.pick(['limit', 'before', 'key', 'start_date', 'user_id', 'q'])}=${chance.pick(wildTexts)}`,
  )
  // What could change the ground that the others stand on is asked by somebody who may not, or in a way that names nothing.
  const reads = method === 'GET' || method === 'HEAD'
  const authorization = `Bearer ${reads && chance.between(1, 2) === 1 ? adminKey : chance.pick([keys.free, 'sk-nobody', keys.budgeted])}`
  const body = reads ? null : Buffer.from(chance.pick(['{}', '[]', 'null', '', '{"a":', '{"key":1}', '{"models":[null]}', '{"max_budget":"x"}']))
  return {
    index,
    method,
    path: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: { ...(reads ? {} : json), authorization },
    body,
    surface: null,
    raw: null,
  }
}
