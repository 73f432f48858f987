// What an update says about itself, read strictly: known fields only, names that stay inside a folder, sizes within bounds.
// Promises: takes only bytes whose signature was checked, and still trusts none of them. Leaves alone: whether it fits this installation (judge.ts).

import { isJsonObject, listOf, numberOf, textOf, type JsonObject } from '../../gateway/contract/json.ts'
import { bundleBytesMax, filesMax, notesLengthMax, pathDepthMax, pathLengthMax } from './limits.ts'
import { UpdateRefusal } from './refusal.ts'
import { parseVersion } from './version.ts'

/** tree: the app's folder · file: an AppImage · installer: a program of the system's own that does the rest. */
const kinds = ['tree', 'file', 'installer'] as const
export type UpdateKind = (typeof kinds)[number]

export interface PayloadFile {
  /** Relative, with forward slashes. */
  readonly path: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
  readonly executable: boolean
}
export interface Manifest {
  readonly version: string
  readonly platform: string
  readonly arch: string
  readonly kind: UpdateKind
  /** Of the ledger, after this version has started. */
  readonly ledgerSchema: number
  readonly notes: string
  /** In the order of their bytes. */
  readonly files: readonly PayloadFile[]
}

const manifestFields = ['product', 'version', 'platform', 'arch', 'kind', 'ledgerSchema', 'notes', 'files']
const fileFields = ['path', 'bytes', 'sha256', 'executable']

/** @throws UpdateRefusal */
export function parseManifest(text: string): Manifest {
  const found = parseObject(text)
  checkFields(found, manifestFields)
  if (found['product'] !== 'tollgate') throw new UpdateRefusal('This file is an update for another program.')
  const version = textOf(found['version']) ?? ''
  if (parseVersion(version) === null) throw damaged('its version is none')
  const kind = kinds.find((known) => known === found['kind'])
  if (kind === undefined) throw damaged('it does not say how it is installed')
  const [platform, arch, notes] = ['platform', 'arch', 'notes'].map((field) => textOf(found[field]))
  if (platform === undefined || arch === undefined || notes === undefined || notes.length > notesLengthMax) throw damaged('a text is missing or too long')
  const ledgerSchema = numberOf(found['ledgerSchema'])
  if (ledgerSchema === undefined || !Number.isSafeInteger(ledgerSchema) || ledgerSchema < 1) throw damaged('the schema of its ledger is missing')
  return { version, platform, arch, kind, ledgerSchema, notes, files: parseFiles(found['files'], kind) }
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value)) return value
  } catch (error) {
    throw new UpdateRefusal(damaged('its list of contents is no JSON').message, { cause: error })
  }
  throw damaged('its list of contents is no object')
}

function parseFiles(value: unknown, kind: UpdateKind): readonly PayloadFile[] {
  const files = listOf(value).map(parseFile)
  if (files.length === 0 || files.length > filesMax || (kind !== 'tree' && files.length !== 1)) throw damaged('it has no files, or too many')
  // Windows and macOS do not tell upper from lower case.
  if (new Set(files.map((file) => file.path.toLowerCase())).size !== files.length) throw damaged('a file is in it twice')
  if (files.reduce((sum, file) => sum + file.bytes, 0) > bundleBytesMax) throw new UpdateRefusal('This update is larger than any update may be.')
  return files
}

function parseFile(value: unknown): PayloadFile {
  if (!isJsonObject(value)) throw damaged('an entry is no file')
  // A link, an owner or a mode would be a field of its own: there is none for them.
  checkFields(value, fileFields)
  const [path, sha256, bytes, executable] = [textOf(value['path']), textOf(value['sha256']), numberOf(value['bytes']), value['executable']]
  if (path === undefined || !isPlainPath(path)) throw damaged('a file would be written outside its folder')
  if (sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) throw damaged('a file has no checksum')
  if (bytes === undefined || !Number.isSafeInteger(bytes) || bytes < 0) throw damaged('a file has no size')
  if (typeof executable !== 'boolean') throw damaged('a file is neither program nor data')
  return { path, bytes, sha256, executable }
}

/** Names that mean the same on every system: no root, no way up, no drive, no device, nothing that Windows trims. */
function isPlainPath(path: string): boolean {
  const parts = path.split('/')
  if (path.length > pathLengthMax || parts.length > pathDepthMax) return false
  return parts.every((part) => /^[\w.@+()[\], -]+$/.test(part) && !/^\.{1,2}$|[. ]$|^ /.test(part) && !windowsDevice.test(part))
}
const windowsDevice = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

function checkFields(value: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(value).find((field) => !known.includes(field))
  if (unknown !== undefined) throw damaged(`it has a field that this version does not know (${JSON.stringify(unknown.slice(0, 40))})`)
}

const damaged = (why: string): UpdateRefusal => new UpdateRefusal(`This update file is damaged or was not made for this version: ${why}.`)
