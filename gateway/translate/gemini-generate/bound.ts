// What bounds the cost of a generateContent request before any model sees it.
// Promises: whatever could cost more than its bytes show is counted or named, in either spelling; never throws, whatever the body holds.
// Leaves alone: prices; whether the vendor will accept the request.

import { isJsonObject, listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { RequestBound } from '../../contract/wire.ts'
import { boundChoices, boundOutput } from '../openai-chat/bound.ts'
import type { Tally } from '../tally.ts'
import { memberOf, spellingsOf } from './members.ts'

export function boundGemini(body: JsonObject): RequestBound {
  const tally: Tally = { mediaBytes: 0, images: 0, files: 0, unbounded: [] }
  // Both spellings may be sent; which of them counts is the vendor's secret, so all of it counts.
  for (const name of spellingsOf('systemInstruction')) countParts(objectOf(body[name]), name, tally)
  listOf(body['contents']).forEach((content, index) => countParts(objectOf(content), `contents[${index}]`, tally))
  listOf(body['tools']).forEach((tool, index) => nameHostedTools(objectOf(tool) ?? {}, `tools[${index}]`, tally))
  if (memberOf(body, 'cachedContent') !== undefined) tally.unbounded.push('cachedContent')
  const tier = textOf(memberOf(body, 'serviceTier'))?.toLowerCase()
  // Only these are priced at or below the standard rate (https://ai.google.dev/gemini-api/docs/pricing, as known 2026-11-21).
  if (tier !== undefined && !['unspecified', 'standard', 'flex'].includes(tier)) tally.unbounded.push(`serviceTier (${tier})`)
  return { ...tally, ...boundConfig(body, tally) }
}

function boundConfig(body: JsonObject, { unbounded }: Tally): { outputTokensMax: number | undefined; choices: number } {
  const caps: (number | undefined)[] = []
  let choices = 1
  for (const config of spellingsOf('generationConfig').map((name) => body[name])) {
    if (!isJsonObject(config)) continue
    for (const modality of spellingsOf('responseModalities').flatMap((name) => listOf(config[name])))
      if (modality !== 'TEXT') unbounded.push(`responseModalities (${textOf(modality) ?? 'not TEXT'})`)
    if (isJsonObject(memberOf(config, 'speechConfig'))) unbounded.push('speechConfig')
    caps.push(boundOutput(config, spellingsOf('maxOutputTokens')))
    choices = Math.max(choices, boundChoices(config, spellingsOf('candidateCount'), unbounded))
  }
  const known = caps.filter((cap) => cap !== undefined)
  return { outputTokensMax: known.length === 0 || known.length < caps.length ? undefined : Math.max(...known), choices }
}

/** Searches, pages and code that the vendor runs bring tokens or fees that the request does not show. */
function nameHostedTools(tool: JsonObject, at: string, tally: Tally): void {
  const known = spellingsOf('functionDeclarations')
  for (const [name, value] of Object.entries(tool)) if (value !== null && value !== undefined && !known.includes(name)) tally.unbounded.push(`${at}.${name}`)
}

function countParts(content: JsonObject | undefined, at: string, tally: Tally): void {
  const given = content?.['parts']
  const parts = isJsonObject(given) ? [given] : listOf(given)
  parts.forEach((part, index) => countPart(objectOf(part) ?? {}, `${at}.parts[${index}]`, tally))
}

function countPart(part: JsonObject, at: string, tally: Tally): void {
  for (const name of spellingsOf('fileData')) if (isJsonObject(part[name])) tally.unbounded.push(`${at}.${name}`)
  for (const name of spellingsOf('inlineData')) countMedia(objectOf(part[name]), `${at}.${name}`, tally)
  // A function may answer with media as well.
  for (const name of spellingsOf('functionResponse')) countParts(objectOf(part[name]), `${at}.${name}`, tally)
}

function countMedia(media: JsonObject | undefined, at: string, tally: Tally): void {
  if (media === undefined) return
  const type = textOf(memberOf(media, 'mimeType'))?.toLowerCase() ?? 'no type'
  // Text in base64 has more bytes than the text, so it may count as what it looks like.
  if (type.startsWith('text/')) return
  if (type.startsWith('image/')) tally.images += 1
  else if (type === 'application/pdf') tally.files += 1
  else tally.unbounded.push(`${at} (${type})`)
  tally.mediaBytes += textOf(media['data'])?.length ?? 0
}
