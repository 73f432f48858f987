// What bounds the cost of a Chat Completions request before any model sees it.
// Promises: whatever could cost more than its bytes show is counted or named; never throws, whatever the body holds.
// Leaves alone: prices; whether the vendor will accept the request.

import { isJsonObject, listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { RequestBound } from '../../contract/wire.ts'
import type { Tally } from '../tally.ts'

export function boundChat(body: JsonObject): RequestBound {
  const tally: Tally = { mediaBytes: 0, images: 0, files: 0, unbounded: [] }
  listOf(body['messages']).forEach((message, index) => countMessage(message, `messages[${index}]`, tally))
  listOf(body['tools']).forEach((tool, index) => nameHostedTool(tool, `tools[${index}]`, tally))
  nameFields(body, tally)
  const choices = boundChoices(body, ['n'], tally.unbounded)
  return { ...tally, outputTokensMax: boundOutput(body, ['max_completion_tokens', 'max_tokens']), choices }
}

/** The largest of the caps given, so that a vendor may read either; undefined = the model's own maximum. */
export function boundOutput(body: JsonObject, names: readonly string[]): number | undefined {
  const given = names.map((name) => body[name]).filter((value) => value !== undefined && value !== null)
  const counts = given.filter((value) => typeof value === 'number' && Number.isFinite(value) && value >= 1)
  if (given.length === 0 || counts.length < given.length) return undefined
  return Math.ceil(Math.max(...counts.map(Number)))
}

/** A count written as text is named, because some vendors read "5" as 5. */
export function boundChoices(body: JsonObject, names: readonly string[], unbounded: string[]): number {
  let most = 1
  for (const name of names) {
    const value = body[name]
    if (value === undefined || value === null) continue
    if (typeof value === 'number' && Number.isFinite(value)) most = Math.max(most, Math.ceil(value))
    else unbounded.push(`${name} (not a number)`)
  }
  return most
}

// Searches, plug-ins, presets and other models bring tokens or fees that the request does not show; so does spoken output.
const openEnded = ['web_search_options', 'search_parameters', 'enable_search', 'plugins', 'models', 'preset', 'fallbacks', 'prediction', 'audio']

export function nameFields(body: JsonObject, tally: { readonly unbounded: string[] }): void {
  for (const name of openEnded) {
    const value = body[name]
    if (value !== undefined && value !== null && value !== false) tally.unbounded.push(name)
  }
  for (const modality of listOf(body['modalities'])) if (modality !== 'text') tally.unbounded.push(`modalities (${textOf(modality) ?? 'not text'})`)
  const tier = textOf(body['service_tier'])
  // Only these tiers are priced at or below the standard rate (https://platform.openai.com/docs/pricing, as known 2026-11-21).
  if (tier !== undefined && !['auto', 'default', 'flex'].includes(tier)) tally.unbounded.push(`service_tier (${tier})`)
}

function nameHostedTool(value: unknown, at: string, tally: Tally): void {
  const type = objectOf(value)?.['type']
  if (type !== 'function' && type !== 'custom') tally.unbounded.push(`${at} (${textOf(type) ?? 'no type'})`)
}

function countMessage(value: unknown, at: string, tally: Tally): void {
  const message = objectOf(value)
  if (message === undefined) return
  if (isJsonObject(message['audio'])) tally.unbounded.push(`${at}.audio (earlier audio)`)
  listOf(message['content']).forEach((part, index) => countPart(objectOf(part) ?? {}, `${at}.content[${index}]`, tally))
}

function countPart(part: JsonObject, at: string, tally: Tally): void {
  const type = textOf(part['type']) ?? 'no type'
  if (type === 'text' || type === 'refusal') return
  if (type === 'image_url') {
    const image = part['image_url']
    const url = textOf(image) ?? textOf(objectOf(image)?.['url'])
    tally.images += 1
    // Some send documents this way, and some vendors take them.
    if (url !== undefined && /^data:(?!image\/|text\/)/i.test(url)) tally.files += 1
    tally.mediaBytes += payloadBytes(url, 'data:image/')
  } else if (type === 'file' && textOf(objectOf(part['file'])?.['file_data']) !== undefined) {
    tally.files += 1
    tally.mediaBytes += payloadBytes(textOf(objectOf(part['file'])?.['file_data']), 'data:')
  } else tally.unbounded.push(`${at} (${type === 'file' ? 'file_id' : type})`)
}

/** Length of the base64 part of a data URL; 0 for anything else, which then counts as text. */
export function payloadBytes(url: string | undefined, prefix: string): number {
  if (url === undefined || !url.startsWith(prefix)) return 0
  const marker = ';base64,'
  const at = url.slice(0, 300).indexOf(marker)
  return at < 0 ? 0 : url.length - at - marker.length
}
