// Finds import cycles, types included, since a cycle of types is a cycle of ideas.
// Promises: each group of files that reach one another is reported once, as a path that closes.
// Leaves alone: packages.

import type { SourceFile } from './source-files.ts'
import { readImports } from './import-rules.ts'

/** `a.ts → b.ts → a.ts` for each cycle found by walking depth first. */
export function findCycles(files: readonly SourceFile[]): readonly string[] {
  const edges = new Map(files.map((file) => [file.path, readImports(file).flatMap((found) => (found.target === null ? [] : [found.target]))]))
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(file)
    if (seenAt >= 0) {
      cycles.push([...trail.slice(seenAt), file].join(' → '))
      return
    }
    if (done.has(file)) return
    for (const target of edges.get(file) ?? []) visit(target, [...trail, file])
    done.add(file)
  }
  for (const file of edges.keys()) visit(file, [])
  return cycles
}
