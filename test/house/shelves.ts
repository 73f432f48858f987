// A shelf is a folder of plugs: each plug is one file, one line in the shelf's index.ts, and one test.
// Promises: one sentence per plug that is not registered exactly once or not tested, and per line without a plug.
// Leaves alone: what a plug does (test/conformance).

import path from 'node:path'
import type { SourceFile } from './source-files.ts'
import { readImports } from './import-rules.ts'

export interface Shelf {
  /** `gateway/providers`. */
  readonly folder: string
  /** Files there that are no plugs, each with its reason. */
  readonly parts: Readonly<Record<string, string>>
}

export function shelfViolations(shelf: Shelf, sources: readonly SourceFile[], tests: readonly SourceFile[]): readonly string[] {
  const files = sources.filter((file) => file.path.startsWith(`${shelf.folder}/`))
  const indexPath = `${shelf.folder}/index.ts`
  const plugs = files.map((file) => file.path).filter((file) => file !== indexPath && shelf.parts[path.posix.basename(file)] === undefined)
  const index = files.find((file) => file.path === indexPath)
  if (index === undefined) return plugs.map((plug) => `${plug}: the shelf has no index.ts to register it`)
  const registered = readImports(index).flatMap((found) => (found.target?.startsWith(`${shelf.folder}/`) === true ? [found.target] : []))
  return [
    ...plugs.filter((plug) => registered.filter((target) => target === plug).length !== 1).map((plug) => `${plug}: needs exactly one line in ${indexPath}`),
    ...registered.filter((target) => !files.some((file) => file.path === target)).map((target) => `${indexPath}: ${target} does not exist`),
    ...plugs.filter((plug) => !isTested(plug, tests)).map((plug) => `${plug}: no test imports it`),
  ]
}

/** A test of its own name, or any test that imports it. */
function isTested(plug: string, tests: readonly SourceFile[]): boolean {
  const mirrored = `test/${plug.replace(/\.ts$/, '.test.ts')}`
  return tests.some((test) => test.path === mirrored || readImports(test).some((found) => found.target === plug))
}

/** Wires may be a file or a folder of their own: `ollama-embed.ts`, `ollama-chat/ollama-chat.ts`. The shelf's other files are parts that wires share. */
export function wireViolations(id: string, sources: readonly SourceFile[], tests: readonly SourceFile[]): readonly string[] {
  const folder = 'gateway/translate'
  const index = sources.find((file) => file.path === `${folder}/index.ts`)
  const places = [`${folder}/${id}.ts`, `${folder}/${id}/${id}.ts`]
  const lines = index === undefined ? 0 : readImports(index).filter((found) => found.target !== null && places.includes(found.target)).length
  const tested = tests.some((test) => test.path.startsWith(`test/${folder}/`) && test.path.includes(id))
  return [...(lines === 1 ? [] : [`${id}: needs exactly one line in ${folder}/index.ts`]), ...(tested ? [] : [`${id}: no test is named after it`])]
}
