// Whether an answer is one that the gateway may give: a status it declares, and an error in the words of whoever asked.
// Promises: a sentence for what is wrong, null where nothing is. Leaves alone: answers below 400, which the journeys judge.

import { errorTable } from '../../gateway/contract/errors.ts'
import { objectOf } from '../../gateway/contract/json.ts'
import type { SurfaceId } from '../../gateway/contract/request.ts'

/** `internal` is declared, and is never right: something was thrown that nobody had foreseen. */
const declared = new Set<number>(Object.entries(errorTable).flatMap(([code, row]) => (code === 'internal' ? [] : [row.status])))

/** Headers too large or too late: nobody knows yet which dialect it would have been, and the connection ends with the bare status. */
const unread = new Set([408, 431])

export function faultOf(surface: SurfaceId, { status, text }: { readonly status: number; readonly text: string }): string | null {
  if (status < 400 || (unread.has(status) && text === '')) return null
  if (status >= 500 && !declared.has(status)) return `status ${status} is none that is declared: ${text.slice(0, 200)}`
  const body = parse(text)
  if (body === undefined) return `status ${status} without a JSON object: ${text.slice(0, 200)}`
  return isEnvelope[surface](body) ? null : `status ${status} in a form that ${surface} does not have: ${text.slice(0, 200)}`
}

/** In whosever words. */
export function faultOfAny(answer: { readonly status: number; readonly text: string }): string | null {
  const faults = (Object.keys(isEnvelope) as SurfaceId[]).map((surface) => faultOf(surface, answer))
  return faults.includes(null) ? null : (faults[0] ?? null)
}

type Fields = Readonly<Record<string, unknown>>
const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const errorIn = (body: Fields): Fields => objectOf(body['error']) ?? {}

const likeOpenai = (body: Fields): boolean => isText(errorIn(body)['message']) && isText(errorIn(body)['type'])
const isEnvelope: Readonly<Record<SurfaceId, (body: Fields) => boolean>> = {
  openai: likeOpenai,
  admin: likeOpenai,
  anthropic: (body) => body['type'] === 'error' && isText(errorIn(body)['type']) && isText(errorIn(body)['message']),
  gemini: (body) => typeof errorIn(body)['code'] === 'number' && isText(errorIn(body)['message']) && isText(errorIn(body)['status']),
  ollama: (body) => isText(body['error']),
  cohere: (body) => isText(body['message']),
  bedrock: (body) => isText(body['message']) && isText(body['__type']),
}

function parse(text: string): Fields | undefined {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return undefined
  }
}
