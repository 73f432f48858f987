// A multipart/form-data body as the fields it holds: text as text, files as facts about them.
// Promises: a form that two parsers could read differently is refused, and so is a text field that stands twice; bytes are not copied.
// Leaves alone: what a field means (translate/), where its value lies (kit/multipart.ts finds it again for whoever changes it).

import { isUtf8 } from 'node:buffer'
import type { Limits } from '../contract/config.ts'
import { refuse, type GatewayError } from '../contract/errors.ts'
import type { Json, JsonObject } from '../contract/json.ts'
import { boundaryOf, scanForm, type FormPart } from '../kit/multipart.ts'

type FormLimits = Pick<Limits, 'formPartsMax' | 'formHeaderBytesMax' | 'formFieldBytesMax'>

/** @throws GatewayError invalid_request */
export function parseForm(bytes: Uint8Array, contentType: string, limits: FormLimits): JsonObject {
  const boundary = boundaryOf(contentType)
  if (boundary === null) throw wrong('names no boundary, or one that cannot be used')
  const scan = scanForm(bytes, boundary, { partsMax: limits.formPartsMax, headerBytesMax: limits.formHeaderBytesMax })
  if (scan.kind === 'wrong') throw wrong(scan.reason)
  const fields = new Map<string, Json>()
  for (const part of scan.parts) {
    const list = part.name.endsWith('[]')
    const name = list ? part.name.slice(0, -2) : part.name
    const value = readValue(bytes, part, limits)
    const before = fields.get(name)
    if (refused.has(name)) throw wrong(`has a field called ${part.name}`)
    // Which of two equal names counts is each vendor's own matter. Files may stand side by side, and so may what is called a list.
    const repeats = list ? Array.isArray(before) : part.file !== null && typeof before === 'object'
    if (before !== undefined && !repeats) throw refuse('invalid_request', { reason: `The form names the field ${name} twice.` }, { param: name })
    fields.set(name, before === undefined ? (list ? [value] : value) : [...(Array.isArray(before) ? (before as readonly Json[]) : [before]), value])
  }
  return Object.fromEntries(fields)
}

const wrong = (reason: string): GatewayError => refuse('invalid_request', { reason: `The form ${reason}.` })

const refused = new Set(['', '__proto__'])

function readValue(bytes: Uint8Array, { name, start, end, file }: FormPart, limits: FormLimits): Json {
  if (file !== null) return { name: file.name, type: file.type, bytes: end - start }
  if (end - start > limits.formFieldBytesMax) throw wrong(`has a text field of more than ${String(limits.formFieldBytesMax)} bytes`)
  const value = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
  if (!isUtf8(value)) throw refuse('invalid_request', { reason: `The field ${name} is not UTF-8.` }, { param: name })
  return value.toString('utf8')
}
