// What a file's name, first lines and exports must look like.
// Promises: one sentence per thing that is wrong. Covers TypeScript, plain scripts and Svelte components.
// Leaves alone: sizes, imports, and what eslint can judge.

import path from 'node:path'
import ts from 'typescript'
import { lineOf, walk, type SourceFile } from './source-files.ts'

const emptyWords = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'manager',
  'managers',
  'service',
  'services',
  'handler',
  'handlers',
  'misc',
  'shared',
  'stuff',
])
const emptyTypeWord = /(?:Util|Utils|Helper|Helpers|Manager|Service|Handler|Base)$/
const sentencesMin = 2
const commentLinesMax = 5
/** Longer openings, granted for a picture. */
const openingExceptions: Readonly<Record<string, string>> = {
  'gateway/flow.ts': 'draws the corridor, the one picture everybody should see first',
}

export function nameViolations(file: string): readonly string[] {
  const name = path.posix.basename(file)
  const stem = name.replace(/\.(?:svelte\.ts|test\.ts|spec\.ts|config\.ts|config\.js|d\.ts|ts|mjs|js|svelte)$/, '')
  const folders = path.posix.dirname(file).split('/')
  const wrong: string[] = []
  if (name.endsWith('.svelte')) {
    if (!/^[A-Z][A-Za-z0-9]*$/.test(stem)) wrong.push(`${file}: a component's file is PascalCase`)
  } else if (!/^[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(stem)) wrong.push(`${file}: a file is kebab-case`)
  // `base-url` is a name for something; `handler-base` and `base.ts` are not.
  if (/(?:^|[-.])base$/i.test(stem)) wrong.push(`${file}: "base" says nothing about what is inside`)
  for (const word of [...folders, stem].flatMap((part) => part.split(/[-.]|(?<=[a-z])(?=[A-Z])/))) {
    if (emptyWords.has(word.toLowerCase())) wrong.push(`${file}: "${word}" says nothing about what is inside`)
  }
  return wrong
}

export function exportViolations(file: SourceFile): readonly string[] {
  const wrong: string[] = []
  // A tool asks for its configuration as a default; a declaration file describes somebody else's module.
  const isConfiguration = /\.config\.[jt]s$|\.d\.ts$/.test(file.path)
  walk(file.tree, (node) => {
    if (ts.isExportAssignment(node) && !isConfiguration) wrong.push(`${file.path}:${lineOf(file, node)}: no default exports`)
    if (!ts.isClassDeclaration(node) && !ts.isInterfaceDeclaration(node) && !ts.isTypeAliasDeclaration(node) && !ts.isFunctionDeclaration(node)) return
    const modifiers = ts.getModifiers(node) ?? []
    if (modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword) && !isConfiguration)
      wrong.push(`${file.path}:${lineOf(file, node)}: no default exports`)
    if (node.name !== undefined && emptyTypeWord.test(node.name.text))
      wrong.push(`${file.path}:${lineOf(file, node)}: "${node.name.text}" says nothing about what it is`)
  })
  return wrong
}

/**
 * Two to five comment lines at the very top: purpose, promises, what is left alone. One line will do when it holds two sentences.
 * A Svelte component may hold them in an HTML comment, and needs one sentence only: its properties are its contract.
 */
export function openingViolations(file: SourceFile): readonly string[] {
  const lines = openingComment(file.path, file.text)
  const most = openingExceptions[file.path] === undefined ? commentLinesMax : Number.POSITIVE_INFINITY
  const sentences = lines
    .join(' ')
    .split(/[.;:!?](?:\s|$)/)
    .filter((part) => part.trim() !== '').length
  const fewest = file.path.endsWith('.svelte') ? 1 : sentencesMin
  if (lines.length >= 1 && sentences >= fewest && lines.length <= most) return []
  return [
    `${file.path}: opens with ${lines.length} comment lines and ${sentences} sentences; up to ${commentLinesMax} lines say what it is for, what it promises, what it leaves alone`,
  ]
}

function openingComment(file: string, text: string): readonly string[] {
  const body = text.replace(/^#!.*\n/, '')
  if (file.endsWith('.svelte')) {
    const markup = /^<!--([\s\S]*?)-->/.exec(body)
    if (markup !== null) return (markup[1] ?? '').split('\n').filter((line) => line.trim() !== '')
    return leadingLines(body.replace(/^<script\b[^>]*>\n/, ''))
  }
  return leadingLines(body)
}

function leadingLines(text: string): readonly string[] {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => !line.trimStart().startsWith('//'))
  return (end < 0 ? lines : lines.slice(0, end)).map((line) => line.replace(/^\s*\/\/\s?/, ''))
}
