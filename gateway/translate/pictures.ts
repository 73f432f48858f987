// Conversations whose replies may hold pictures, or whole files that a vendor's tool has read: who asks for them, and how long an event may be that brings one.
// Promises: everybody else's events stay as short as text is, so that an upstream without line ends takes little memory. Leaves alone: what a picture shows.

import { listOf, objectOf, textOf, type JsonObject } from '../contract/json.ts'
import { frameLimits, type FrameLimits } from './splitter.ts'
import { memberOf } from './gemini-generate/members.ts'

export interface ReaderOptions {
  readonly pictures?: boolean | undefined
}
/** How long the events of a reply may be. */
export const framesFor = ({ pictures }: ReaderOptions): FrameLimits => (pictures === true ? pictureFrames : frameLimits)

const mib = 1024 * 1024
/** A picture is one line of one event: as base64 of up to 4,096 pixels square it takes some ten megabytes. */
export const pictureFrames: FrameLimits = { lineBytesMax: 32 * mib, eventBytesMax: 32 * mib }

/** Of the vendor's own, by type: what they draw, read or print comes back in one event (Anthropic's fetched PDF as base64, OpenAI's plots as data URLs). */
const bringing = /^(?:image_generation|code_interpreter|file_search|mcp|web_fetch_|code_execution_)/

function brings(tool: JsonObject): boolean {
  return bringing.test(textOf(tool['type']) ?? '') || objectOf(memberOf(tool, 'codeExecution')) !== undefined
}

/** By a field of the dialect's own, or by a model that is named for it and makes them unasked (`gemini-2.5-flash-image`, `gpt-image-1`). */
export function mayBringPictures(body: JsonObject, model: string): boolean {
  const config = objectOf(memberOf(body, 'generationConfig')) ?? {}
  const modalities = [...listOf(body['modalities']), ...listOf(memberOf(config, 'responseModalities'))]
  return (
    modalities.some((modality) => textOf(modality)?.toLowerCase() === 'image') ||
    listOf(body['tools']).some((tool) => brings(objectOf(tool) ?? {})) ||
    listOf(body['mcp_servers']).length > 0 ||
    /image/i.test(model)
  )
}
