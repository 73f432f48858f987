// What the two images routes have in common: what a request can cost, and what a reply shows.
// Promises: what is counted is what was asked for or what came back, in images and in pixels; the vendor's own tokens where it reports them.
// Leaves alone: pictures themselves. Source: https://platform.openai.com/docs/api-reference/images, as known 2026-11-21.

import { isJsonObject, listOf, objectOf, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { RequestBound, StreamFacts, UnitBound } from '../../contract/wire.ts'
import { createSeen, type Seen } from '../tap.ts'
import { readVendorError } from '../vendor-error.ts'
import type { MediaWire } from './media-wire.ts'
import { readMediaUsage } from './read-usage.ts'

export const imageRoutes: Omit<MediaWire, 'id'> = { operation: 'image', bound, note, readFacts }

function bound(body: JsonObject): RequestBound {
  const count = countIn(body['n'] ?? 1)
  const choices = count ?? 1
  const given = [...asList(body['image']), ...asList(body['images']), ...asList(body['mask'])]
  const unbounded = count === undefined ? ['n'] : []
  // What draws it is another model, with a bill of its own.
  if (body['output_format'] === 'svg') unbounded.push('output_format (svg)')
  const ids = given.flatMap((image, index) => (textOf(objectOf(image)?.['file_id']) === undefined ? [] : [`images[${String(index)}] (file_id)`]))
  return {
    mediaBytes: given.reduce<number>((sum, image) => sum + bytesOf(image), 0),
    images: given.length,
    files: 0,
    outputTokensMax: undefined,
    choices,
    unbounded: [...unbounded, ...ids],
    units: unitsFor(choices, body['size']),
  }
}

/** Where a size is left to the vendor it is taken to be the usual one, which bounds nothing. */
const usualPixels = 1024 * 1024

function unitsFor(images: number, size: unknown): UnitBound {
  const pixels = pixelsOf(size)
  if (pixels === undefined) return { most: { images }, about: { images, pixels: images * usualPixels }, guessed: ['pixels'], tokens: {} }
  const sold = { images, pixels: images * pixels }
  return { most: sold, about: sold, guessed: [], tokens: {} }
}

function pixelsOf(size: unknown): number | undefined {
  const [, width, height] = /^(\d{2,5})x(\d{2,5})$/.exec(textOf(size) ?? '') ?? []
  return width === undefined || height === undefined ? undefined : Number(width) * Number(height)
}

const imagesMax = 1000
/** A form has its numbers as text. */
function countIn(value: Json): number | undefined {
  const count = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  return typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= imagesMax ? count : undefined
}

const asList = (value: Json | undefined): readonly unknown[] => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value])

/** A file's bytes, or those of base64 in the body. */
function bytesOf(image: unknown): number {
  if (!isJsonObject(image)) return 0
  if (typeof image['bytes'] === 'number') return image['bytes']
  const url = textOf(image['image_url']) ?? ''
  return url.startsWith('data:') ? url.length : 0
}

/** `image_generation.…` and `image_edit.…`; a picture in parts comes before the whole one. */
function note(seen: Seen, event: JsonObject): boolean {
  if (textOf(event['type'])?.endsWith('.completed') !== true) return false
  const before = seen.usage?.meters.images ?? 0
  take(seen, { usage: event['usage'], images: before + 1, size: event['size'] })
  return true
}

/** Tokens add up: each picture has a report of its own. */
function take(seen: Seen, made: { readonly usage: Json | undefined; readonly images: number; readonly size: Json | undefined }): void {
  const tokens = readMediaUsage(made.usage, 'outputImage')
  const earlier = seen.usage?.meters ?? {}
  const pixels = pixelsOf(made.size)
  const meters: Record<string, number> = { ...earlier, images: made.images, ...(pixels === undefined ? {} : { pixels: pixels * made.images }) }
  for (const [name, count] of Object.entries(tokens ?? {})) meters[name] = (meters[name] ?? 0) + count
  seen.usage = { meters, provenance: tokens === null && seen.usage?.provenance !== 'reported' ? 'counted' : 'reported' }
}

function readFacts(body: unknown): StreamFacts {
  const reply = objectOf(body) ?? {}
  const seen: Seen = { ...createSeen(), finished: true }
  if (reply['error'] !== undefined && reply['error'] !== null) seen.error = readVendorError(0, reply)
  else if (!Array.isArray(reply['data'])) seen.error = { ...readVendorError(0, {}), message: 'The provider sent a reply without images.' }
  else {
    take(seen, { usage: reply['usage'], images: listOf(reply['data']).length, size: reply['size'] })
    if (isJsonObject(reply['svg_usage'])) addDrawing(seen, reply['svg_usage'])
  }
  return seen
}

/** The model that wrote an SVG has prices of its own, which nobody knows here: at this model's, it is an estimate. */
function addDrawing(seen: Seen, usage: JsonObject): void {
  const { usage: before } = seen
  take(seen, { usage, images: before?.meters.images ?? 0, size: undefined })
  if (seen.usage !== null) seen.usage = { ...seen.usage, provenance: 'estimated' }
}
