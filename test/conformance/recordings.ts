// Finds the recorded replies of test/fixtures/wire and cuts streams in every way a network can.
// Promises: a new file or folder is found without being listed anywhere.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { ReplyEvent } from '../../gateway/contract/chat.ts'
import { wireIds, type WireId } from '../../gateway/contract/request.ts'
import type { ReplyReader } from '../../gateway/contract/wire.ts'
import { encodeRecorded } from '../kit/event-stream.ts'

export interface Recording {
  readonly provider: string
  readonly wire: WireId
  readonly name: string
  readonly kind: 'stream' | 'whole' | 'error'
  readonly bytes: Uint8Array
}

const root = path.join(import.meta.dirname, '../fixtures/wire')

export function readRecordings(): readonly Recording[] {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return folders.flatMap((folder) => readdirSync(path.join(root, folder.name)).map((file) => readRecording(folder.name, file)))
}

function readRecording(provider: string, file: string): Recording {
  const [wireName, name, kind] = file.split('.')
  const wire = wireIds.find((id) => id === wireName)
  if (wire === undefined || name === undefined || (kind !== 'stream' && kind !== 'whole' && kind !== 'error'))
    throw new Error(`${file} is not named <wire>.<case>.<kind>`)
  const bytes = readFileSync(path.join(root, provider, file))
  return { provider, wire, name: `${provider}/${file}`, kind, bytes: file.endsWith('.events.json') ? encodeRecorded(bytes) : bytes }
}

/** The pieces of `bytes` cut at the given places. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const edges = [0, ...[...places].sort((left, right) => left - right), bytes.length]
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
}

export function readAll(reader: ReplyReader, pieces: readonly Uint8Array[]): readonly ReplyEvent[] {
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()]
}

export const textOfBytes = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString('utf8')
/** The same stream with other line ends. */
export const withLineEnds = (bytes: Uint8Array, lineEnd: string): Uint8Array => Buffer.from(Buffer.from(bytes).toString('utf8').replaceAll('\n', lineEnd))
export const seed = Number(process.env['TOLLGATE_TEST_SEED'] ?? '') || Math.trunc(performance.timeOrigin) % 0x7fffffff
