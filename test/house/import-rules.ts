// Who may import whom, as one table, and the functions that hold source files against it.
// Promises: every import of every file in gateway, main and renderer is judged; a folder without a row is a violation.
// Leaves alone: whether an import is used (tsc, knip), cycles (cycles.ts).

import { builtinModules } from 'node:module'
import path from 'node:path'
import ts from 'typescript'
import { lineOf, walk, type SourceFile } from './source-files.ts'

export interface Import {
  readonly specifier: string
  /** Path from the top when it is a file of ours, else null. */
  readonly target: string | null
  readonly line: number
  readonly typeOnly: boolean
}
interface FolderRule {
  /** Files this row is for: a folder (with its slash) or one file. The first row that fits counts. */
  readonly place: string
  /** Places of ours it may import, beside `own`. */
  readonly ours: readonly string[]
  /** own: the whole folder · room: the same first-level folder or file below it · none: not even siblings. */
  readonly siblings: 'own' | 'room' | 'none'
  readonly packages: readonly string[]
  readonly node: boolean
}

const contractAndKit = ['gateway/contract/', 'gateway/kit/']
const shelf = (name: string, ours: readonly string[] = []): FolderRule[] => [
  { place: `gateway/${name}/index.ts`, ours: [`gateway/${name}/`, 'gateway/contract/'], siblings: 'own', packages: [], node: false },
  { place: `gateway/${name}/`, ours: [...contractAndKit, ...ours], siblings: 'none', packages: [], node: false },
]

export const importTable: readonly FolderRule[] = [
  { place: 'gateway/contract/', ours: [], siblings: 'own', packages: ['zod'], node: false },
  { place: 'gateway/kit/', ours: [], siblings: 'own', packages: [], node: true },
  { place: 'gateway/translate/', ours: contractAndKit, siblings: 'own', packages: ['eventsource-parser'], node: false },
  ...shelf('providers', ['gateway/translate/']),
  ...shelf('guardrails'),
  ...shelf('sinks'),
  ...shelf('caches'),
  { place: 'gateway/rooms/', ours: contractAndKit, siblings: 'room', packages: [], node: false },
  { place: 'gateway/admin/', ours: contractAndKit, siblings: 'own', packages: ['zod', 'csv-stringify'], node: false },
  { place: 'gateway/prices/', ours: contractAndKit, siblings: 'own', packages: ['@pydantic/genai-prices', 'zod'], node: true },
  { place: 'gateway/limits/', ours: contractAndKit, siblings: 'own', packages: [], node: false },
  { place: 'gateway/intake/', ours: contractAndKit, siblings: 'own', packages: ['yaml', 'zod'], node: true },
  { place: 'gateway/ledger/', ours: contractAndKit, siblings: 'own', packages: ['better-sqlite3'], node: true },
  { place: 'gateway/vault/', ours: contractAndKit, siblings: 'own', packages: ['keytar'], node: true },
  { place: 'gateway/lan/', ours: contractAndKit, siblings: 'own', packages: ['@peculiar/x509'], node: true },
  { place: 'gateway/authorize/', ours: contractAndKit, siblings: 'own', packages: [], node: true },
  { place: 'gateway/egress/', ours: contractAndKit, siblings: 'own', packages: ['undici'], node: true },
  { place: 'gateway/door/', ours: [...contractAndKit, 'gateway/flow.ts'], siblings: 'own', packages: ['koa', 'zod'], node: true },
  { place: 'gateway/flow.ts', ours: ['gateway/contract/'], siblings: 'none', packages: [], node: false },
  {
    place: 'gateway/config.ts',
    ours: [...contractAndKit, 'gateway/intake/', 'gateway/lan/', 'gateway/help.ts'],
    siblings: 'none',
    packages: ['zod'],
    node: true,
  },
  { place: 'gateway/', ours: ['gateway/'], siblings: 'own', packages: [], node: true },
  // In the page's process, and known to the panel: names and types, no schemas.
  { place: 'main/ipc/contract.ts', ours: [], siblings: 'none', packages: [], node: false },
  { place: 'main/ipc/preload.ts', ours: ['main/ipc/contract.ts'], siblings: 'none', packages: ['electron'], node: false },
  { place: 'main/', ours: contractAndKit, siblings: 'own', packages: ['electron', 'zod'], node: true },
  {
    place: 'renderer/',
    ours: ['gateway/contract/', 'main/ipc/contract'],
    siblings: 'own',
    packages: ['svelte', 'bits-ui', '@lucide/svelte', 'chart.js'],
    node: false,
  },
]

/** Sentences, one per import the table does not allow. */
export function importViolations(file: SourceFile): readonly string[] {
  const governed = ['gateway/', 'main/', 'renderer/'].some((top) => file.path.startsWith(top))
  if (!governed) return []
  const rule = importTable.find((row) => file.path === row.place || (row.place.endsWith('/') && file.path.startsWith(row.place)))
  if (rule === undefined) return [`${file.path}: no row of the import table is for this place`]
  return readImports(file)
    .filter((found) => !isAllowed(file.path, found, rule))
    .map((found) => `${file.path}:${found.line} may not import ${found.specifier}`)
}

/** The panel takes types from the gateway's contract and nothing that would bring code along. */
export function valueImportsOfContract(file: SourceFile): readonly string[] {
  if (!file.path.startsWith('renderer/')) return []
  return readImports(file)
    .filter((found) => found.target?.startsWith('gateway/contract/') === true && !found.typeOnly)
    .map((found) => `${file.path}:${found.line} imports ${found.specifier} as a value; write import type`)
}

/** Static, re-exporting, dynamic and type imports, and `require`. A dynamic import of a computed name is given as `<computed>`. */
export function readImports(file: SourceFile): readonly Import[] {
  const found: Import[] = []
  const add = (specifier: ts.Expression | undefined, node: ts.Node, typeOnly: boolean): void => {
    const text = specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : '<computed>'
    found.push({ specifier: text, target: toTarget(file.path, text), line: lineOf(file, node), typeOnly })
  }
  walk(file.tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node, isTypeOnly(node))
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) add(node.moduleSpecifier, node, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
      add(node.argument.literal, node, true)
    else if (ts.isCallExpression(node) && isImportCall(node)) add(node.arguments[0], node, false)
  })
  return found
}

function isImportCall(node: ts.CallExpression): boolean {
  return node.expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(node.expression) && node.expression.text === 'require')
}

function isTypeOnly(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause
  if (clause === undefined) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const names = clause.namedBindings
  return (
    clause.name === undefined && names !== undefined && ts.isNamedImports(names) && names.elements.length > 0 && names.elements.every((name) => name.isTypeOnly)
  )
}

function toTarget(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier)) : null
}

function isAllowed(from: string, found: Import, rule: FolderRule): boolean {
  if (found.target !== null) return isOurs(from, found.target, rule)
  if (isBuiltin(found.specifier)) return rule.node
  return rule.packages.some((name) => found.specifier === name || found.specifier.startsWith(`${name}/`))
}

function isOurs(from: string, target: string, rule: FolderRule): boolean {
  if (rule.ours.some((place) => target === place || target.startsWith(place))) return true
  if (!rule.place.endsWith('/') || rule.siblings === 'none') return false
  if (rule.siblings === 'own') return target.startsWith(rule.place)
  // rooms/call/attempt.ts belongs to the room `call`; rooms/route.ts is the room `route`.
  return target.startsWith(rule.place) && roomOf(from, rule.place) === roomOf(target, rule.place)
}

const roomOf = (file: string, place: string): string => (file.slice(place.length).split('/')[0] ?? '').replace(/\.ts$/, '')
const isBuiltin = (specifier: string): boolean => specifier.startsWith('node:') || builtinModules.includes(specifier)
