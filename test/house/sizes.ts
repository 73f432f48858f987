// Measures files, functions and parameter lists.
// Promises: a function's length is its own source lines, first to last; blocks passed to `describe` are groups, not functions.
// Leaves alone: which exceptions are granted (sizes.test.ts).

import ts from 'typescript'
import { lineOf, walk, type SourceFile } from './source-files.ts'

export const fileLinesMax = 300
export const functionLinesMax = 70
export const parametersMax = 3

export interface Measure {
  /** `gateway/flow.ts` or `gateway/flow.ts:48 createFlow`. */
  readonly subject: string
  readonly size: number
}

export function measureFile(file: SourceFile): Measure {
  return { subject: file.path, size: file.text.replace(/\n$/, '').split('\n').length }
}

export function measureFunctions(file: SourceFile): { readonly lengths: readonly Measure[]; readonly parameters: readonly Measure[] } {
  const lengths: Measure[] = []
  const parameters: Measure[] = []
  walk(file.tree, (node) => {
    if (!isFunction(node) || node.body === undefined || isTestGroup(node)) return
    const first = lineOf(file, node)
    const last = file.tree.getLineAndCharacterOfPosition(node.getEnd()).line + 1
    const subject = `${file.path}:${first} ${nameOf(node)}`
    lengths.push({ subject, size: last - first + 1 })
    if (!isTableRow(node)) parameters.push({ subject, size: node.parameters.filter((parameter) => parameter.name.getText(file.tree) !== 'this').length })
  })
  return { lengths, parameters }
}

export function largest(measures: readonly Measure[], count: number): readonly Measure[] {
  return [...measures].sort((left, right) => right.size - left.size).slice(0, count)
}

type AnyFunction = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | ts.MethodDeclaration | ts.ConstructorDeclaration | ts.AccessorDeclaration

function isFunction(node: ts.Node): node is AnyFunction {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isAccessor(node)
  )
}

// describe(…), describe.each(…)(…), test.describe(…), describe.skipIf(…)(…)
function isTestGroup(node: AnyFunction): boolean {
  return ts.isCallExpression(node.parent) && /^(test\.)?describe\b/.test(node.parent.expression.getText())
}

// it.each(table)('…', (a, b, c, d) => …): the table's columns, not a signature anyone calls.
function isTableRow(node: AnyFunction): boolean {
  return ts.isCallExpression(node.parent) && /^(?:it|test|describe)\.(?:each|for)\b/.test(node.parent.expression.getText())
}

function nameOf(node: AnyFunction): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor'
  if (node.name !== undefined) return node.name.getText()
  const parent = node.parent
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.name.getText()
  return '(anonymous)'
}
