// Reads the repository's own source for the house tests: paths, text, script parts and syntax trees.
// Promises: only files that are ours (no packages, no build results, no fixtures); each is parsed once.
// Leaves alone: what the rules make of it.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

export interface SourceFile {
  /** From the repository's top, with forward slashes. */
  readonly path: string
  readonly text: string
  /** Syntax tree of the script; a Svelte file's script parts, kept at their own lines. */
  readonly tree: ts.SourceFile
}

export const root = path.resolve(import.meta.dirname, '../..')
const skippedFolders = new Set(['node_modules', 'dist', '.git', '.cache', 'test-results', 'playwright-report', '.library'])
const sourceEndings = ['.ts', '.svelte', '.mjs', '.js']

/** Every file of ours, as paths from the top. Fixtures are data and are left out. */
export function listFiles(folder = ''): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const place = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return skippedFolders.has(entry.name) || place === 'test/fixtures' ? [] : listFiles(place)
    return entry.isFile() ? [place] : []
  })
}

export function readText(file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
}

let cached: readonly SourceFile[] | null = null
export function readSources(): readonly SourceFile[] {
  cached ??= listFiles()
    .filter((file) => sourceEndings.some((ending) => file.endsWith(ending)))
    .map((file) => toSource(file, readText(file)))
  return cached
}

/** Also for the rules' own tests: a snippet becomes a source file under a made-up path. */
export function toSource(file: string, text: string): SourceFile {
  const script = file.endsWith('.svelte') ? scriptOnly(text) : text
  return { path: file, text, tree: ts.createSourceFile(file, script, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS) }
}

// Blanks everything outside <script> … </script>, so that positions and line numbers stay true.
function scriptOnly(text: string): string {
  let kept = ''
  let at = 0
  for (const match of text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)) {
    const start = match.index + match[0].indexOf('>') + 1
    const end = start + (match[1] ?? '').length
    kept += blank(text.slice(at, start)) + text.slice(start, end)
    at = end
  }
  return kept + blank(text.slice(at))
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

export function lineOf(file: SourceFile, node: ts.Node): number {
  return file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree)).line + 1
}

/** Visits every node below, depth first. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}
