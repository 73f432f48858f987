// Files and pictures as Converse takes them: bytes in the body, under names of few characters.
// Promises: names the vendor accepts, each once in a request and the same however the conversation goes on; what it cannot take is refused by name.
// Leaves alone: which model reads what (the vendor says). Nothing is fetched.
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html, …_ImageBlock, …_AudioBlock, as known 2026-11-21.

import type { ContentPart, MediaSource } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import { invalid } from '../fields.ts'

const imageFormats: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
}
const documentFormats: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
}

/** @throws GatewayError invalid_request */
export function writeImage(source: MediaSource, at: string): JsonObject {
  const { mediaType, data } = bytesIn(source, at)
  return { image: { format: formatOf(mediaType, imageFormats, at), source: { bytes: data } } }
}

/** @throws GatewayError invalid_request */
export function writeAudio({ data, format }: Extract<ContentPart, { type: 'audio' }>): JsonObject {
  return { audio: { format, source: { bytes: data } } }
}

export interface DocumentWriter {
  /** @throws GatewayError invalid_request */
  write(file: Extract<ContentPart, { type: 'file' }>, at: string): JsonObject
}

export function createDocumentWriter(): DocumentWriter {
  /** Each name that stands already, and how many files came with it. */
  const taken = new Map<string, number>()
  return {
    write(file, at) {
      const { mediaType, data } = bytesIn(file.source, at)
      const format = formatOf(mediaType, documentFormats, at)
      const name = takeName(cleanName(file.name), taken)
      return { document: { format, name, source: { bytes: data } } }
    },
  }
}

function bytesIn(source: MediaSource, at: string): Extract<MediaSource, { kind: 'base64' }> {
  if (source.kind === 'url') throw invalid(at, "is an address; this model's provider takes data only")
  return source
}

function formatOf(mediaType: string, formats: Readonly<Record<string, string>>, at: string): string {
  const essence = mediaType.split(';')[0]?.trim().toLowerCase() ?? ''
  const format = Object.hasOwn(formats, essence) ? formats[essence] : undefined
  if (format === undefined) throw invalid(at, `is ${essence}; this model's provider takes ${[...new Set(Object.values(formats))].join(', ')}`)
  return format
}

const nameLengthMax = 180

/** Letters, digits, single blanks, hyphens, parentheses and square brackets. */
function cleanName(name: string | undefined): string {
  const clean = (name ?? '')
    .replace(/[^a-zA-Z0-9\-()[\]]+/g, ' ')
    .trim()
    .slice(0, nameLengthMax)
    .trim()
  return clean === '' ? 'document' : clean
}

/** The vendor refuses a name that comes twice (reported in github.com/aws-samples/sample-apj-sup-sa/pull/137). */
function takeName(name: string, taken: Map<string, number>): string {
  for (let count = (taken.get(name) ?? 0) + 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name} (${count})`
    if (count > 1 && taken.has(candidate)) continue
    taken.set(name, count)
    if (candidate !== name) taken.set(candidate, 1)
    return candidate
  }
}
