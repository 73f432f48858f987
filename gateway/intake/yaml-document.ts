// Reads a YAML text into JSON values that still know their lines.
// Promises: bounded (size, depth, alias expansion), no duplicate keys, no `__proto__`, no values JSON does not have, no code.
// Leaves alone: what the keys mean.

import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml'
import { isJsonObject, type JsonObject } from '../contract/json.ts'
import { unreadable, type ConfigRefusal } from './config-refusal.ts'
import type { Path } from './notes.ts'

export interface YamlDocument {
  readonly root: JsonObject
  /** 1-based line of the key or item at the path, or of its nearest ancestor in the text (merged keys have no line of their own). */
  lineOf(path: Path): number
}

export const yamlBytesMax = 1024 * 1024
const depthMax = 40
/** How often one anchor may be repeated, nested repetitions multiplied. Covers a block shared by every model; "billion laughs" needs millions. */
const aliasesMax = 1000

/** @throws ConfigRefusal with line and column */
export function parseYaml(text: string, file: string): YamlDocument {
  if (Buffer.byteLength(text) > yamlBytesMax) throw unreadable(file, `it is larger than ${String(yamlBytesMax)} bytes`)
  const lines = new LineCounter()
  const positionOf = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  // YAML 1.2 core with merge keys: LiteLLM's loader is 1.1, whose extra booleans (yes, on) are read where a boolean is expected.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false, merge: true, strict: true })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) throw unreadable(file, lowerFirst(fault.message), positionOf(fault.pos[0]))
  refuseOddities(document, file, positionOf)
  const root = toValue(document, file)
  if (isDeeper(root, depthMax)) throw unreadable(file, `it nests deeper than ${String(depthMax)} levels`)
  if (!isJsonObject(root)) throw unreadable(file, 'its top level must be a mapping with keys such as model_list', { line: 1, column: 1 })
  return { root, lineOf: (path) => positionOf(offsetOf(document, path)).line }
}

function toValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: aliasesMax }) ?? {}
  } catch (cause) {
    if (cause instanceof ReferenceError) throw unreadable(file, `it repeats anchors more than ${String(aliasesMax)} times`)
    throw cause
  }
}

/** Keys and values that YAML has and JSON or we do not. */
function refuseOddities(document: Document.Parsed, file: string, positionOf: (offset: number) => { line: number; column: number }): void {
  const fault = (node: Node | null, text: string): ConfigRefusal => unreadable(file, text, positionOf(node?.range?.[0] ?? 0))
  // Collected on the way: asking each alias to resolve itself walks the whole document again.
  const anchors = new Set<string>()
  visit(document, {
    Collection(_position, node) {
      if (node.anchor !== undefined) anchors.add(node.anchor)
    },
    Pair(_position, pair) {
      const key: unknown = pair.key
      if (!isScalar(key) || typeof key.value === 'object')
        throw fault(isScalar(key) || isMap(key) || isSeq(key) || isAlias(key) ? key : null, 'a key must be plain text')
      if (key.value === '__proto__') throw fault(key, 'the key __proto__ is not allowed')
    },
    Alias(_position, alias) {
      if (!anchors.has(alias.source)) throw fault(alias, `there is no anchor called ${alias.source}`)
    },
    Scalar(_position, scalar) {
      if (scalar.anchor !== undefined) anchors.add(scalar.anchor)
      if (typeof scalar.value === 'number' && !Number.isFinite(scalar.value)) throw fault(scalar, 'a number must be finite')
    },
  })
}

function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents
  let offset = 0
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === part)
      if (pair === undefined) return offset
      offset = startOf(pair.key, offset)
      node = pair.value
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part]
      offset = startOf(node, offset)
    } else return offset
  }
  return offset
}

const startOf = (node: unknown, otherwise: number): number =>
  isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range?.[0] ?? otherwise) : otherwise

/** Also ends on an anchor inside itself, which the parser turns into a circular value. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '')
