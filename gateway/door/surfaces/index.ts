// The shelf of surfaces: one line each, and nothing else.
// Promises: every surface of the contract is here (the type says so). Leaves alone: what a surface says.

import type { SurfaceId } from '../../contract/request.ts'
import { admin } from './admin.ts'
import { anthropic } from './anthropic.ts'
import { bedrock } from './bedrock.ts'
import { cohere } from './cohere.ts'
import { gemini } from './gemini.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import type { InferenceRoute, Surface } from './surface.ts'

export const surfaces: Readonly<Record<SurfaceId, Surface>> = { openai, anthropic, gemini, ollama, cohere, bedrock, admin }

export const inferenceRoutes = (bodyBytesMax: number): readonly InferenceRoute[] => Object.values(surfaces).flatMap((surface) => surface.routes(bodyBytesMax))

/** Whose client asks, going by the longest beginning of the path. */
export function surfaceAt(path: string): SurfaceId {
  let best: { readonly id: SurfaceId; readonly length: number } = { id: 'admin', length: -1 }
  for (const { id, prefixes } of Object.values(surfaces))
    for (const prefix of prefixes) if (begins(path, prefix) && prefix.length > best.length) best = { id, length: prefix.length }
  return best.id
}

/** Whose client asks where several do. */
export function speakerAt(id: SurfaceId, headers: Readonly<Record<string, unknown>>): SurfaceId {
  if (surfaces[id].shared !== true) return id
  const marked = Object.values(surfaces).find(({ marks = [] }) => marks.some((name) => headers[name] !== undefined))
  return marked?.id ?? id
}

/** A client of the surface whose address this is, not of the vendor whose prefix looks the same. */
export function isOwnClient(path: string, query: URLSearchParams): boolean {
  const { queryMark } = surfaces[surfaceAt(path)]
  return queryMark !== undefined && query.has(queryMark)
}

/** A request's id, under each name that somebody looks for. */
export function idHeaders(id: SurfaceId, requestId: string): Readonly<Record<string, string>> {
  const { idHeader } = surfaces[id]
  return { 'x-request-id': requestId, 'x-litellm-call-id': requestId, ...(idHeader === undefined ? {} : { [idHeader]: requestId }) }
}

const begins = (path: string, prefix: string): boolean => prefix === '' || path === prefix || path.startsWith(`${prefix}/`)
