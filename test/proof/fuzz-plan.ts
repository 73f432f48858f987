// One fuzzed request from a seed and a number: sound ones changed a little, sound ones changed badly, other routes, and bytes that are no HTTP.
// Promises: the same for the same seed and number, whichever others run. Leaves alone: sending and judging (fuzz.ts).

import { gzipSync } from 'node:zlib'
import type { VendorDialect } from '../kit/misbehaving-vendor/misbehaviour.ts'
import { formType } from '../kit/media-scene.ts'
import { createSeeded, type Chance } from '../kit/random.ts'
import { mangleHttp } from './fuzz-http.ts'
import { changeBadly, changeBytes, changeGently } from './fuzz-json.ts'
import type { FuzzedRequest, Ground } from './fuzz-request.ts'
import { houseSpeakers } from './house-speakers.ts'
import { packForm } from './speaker-media.ts'
import { furtherSpeakers, speakers, type Speaker } from './speakers.ts'

const json = { 'content-type': 'application/json' }
const typeFor = { json, form: { 'content-type': formType } } as const

type Several<Item> = readonly [Item, ...Item[]]
/** By row of the table, so that each surface is asked as often as every other, however many routes it has. */
const speakersByRow = [...Map.groupBy([...speakers, ...furtherSpeakers], ({ row }) => row).values()] as unknown as Several<Several<Speaker>>
/** Every second refuses a key with a budget before a vendor is asked. */
const budgetedOneIn = { open: 12, bounded: 2 } as const

export function planRequest(seed: number, index: number, ground: Ground): FuzzedRequest {
  const chance = createSeeded(seed * 1_000_003 + index)
  const kind = chance.between(1, 100)
  if (kind <= 7) return planOther(chance, index, ground)
  const sound = planSound(kind <= 12 ? chance.pick(houseSpeakers) : chance.pick(chance.pick(speakersByRow)), { chance, index, ground })
  if (kind <= 57) return sound(changeGently)
  if (kind <= 76) return sound(changeBadly)
  if (kind <= 86)
    return bytewise(
      chance,
      sound((body) => body),
    )
  if (kind <= 97) return withOddHeaders(chance, sound(changeGently))
  return { ...sound(changeGently), row: 'HTTP that is broken', reaches: null, raw: mangleHttp(chance, sound(changeGently)) }
}

type Change = (body: Record<string, unknown>, chance: Chance) => unknown

interface Planning {
  readonly chance: Chance
  readonly index: number
  readonly ground: Ground
}

function planSound(speaker: Speaker, { chance, index, ground }: Planning): (change: Change) => FuzzedRequest {
  const budgeted = chance.between(1, budgetedOneIn[speaker.open ? 'open' : 'bounded']) === 1
  const dialect = chance.pick(speaker.dialects as Several<VendorDialect>)
  const stream = chance.pick(speaker.forms as Several<boolean>)
  const keptId = chance.pick(['resp_none', ...ground.kept])
  const asking = { model: speaker.model(dialect), stream, text: `fuzz ${index}`, picture: !budgeted && chance.between(1, 4) === 1, keptId }
  return (change) => {
    const body = speaker.body(asking)
    return {
      index,
      method: speaker.method,
      path: `${speaker.path(asking)}${speaker.route.includes(':stream') && chance.between(1, 3) > 1 ? '?alt=sse' : ''}`,
      headers: { ...(body === null ? {} : typeFor[speaker.encoding]), authorization: `Bearer ${ground.keys[budgeted ? 'budgeted' : 'free']}` },
      body: body === null ? null : pack(speaker, change(body, chance)),
      row: speaker.row,
      reaches: speaker.reaches,
      surface: speaker.surface,
      raw: null,
    }
  }
}

const pack = ({ encoding }: Speaker, body: unknown): Buffer => (encoding === 'form' ? packForm(body) : Buffer.from(JSON.stringify(body) ?? ''))

function bytewise(chance: Chance, request: FuzzedRequest): FuzzedRequest {
  if (request.body === null) return request
  const bytes = changeBytes(request.body, chance)
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
    row: 'management and panel',
    reaches: null,
    surface: null,
    raw: null,
  }
}
