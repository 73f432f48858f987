// Nothing in the repository points outside it.
// Promises: held against every text file, and against lines that must fail.

import { expect, it } from 'vitest'
import { loneViolations } from './product-alone.ts'
import { listFiles, readText } from './source-files.ts'

const textEndings = /\.(?:ts|mjs|js|json|ya?ml|md|svelte|css|html|svg|txt|npmrc|gitignore|gitattributes|prettierignore|editorconfig)$/
const isText = (file: string): boolean => file !== 'package-lock.json' && (textEndings.test(file) || !/\.[^/]+$/.test(file))
const documentsIn = (files: readonly string[]): ReadonlySet<string> =>
  new Set(files.filter((file) => file.endsWith('.md')).map((file) => file.replace(/^.*\//, '')))

it('no file points outside the repository or leaves a loose end', () => {
  const files = listFiles()
  const documents = documentsIn(files)
  expect(files.filter(isText).length).toBeGreaterThan(50)
  expect(files.filter(isText).flatMap((file) => loneViolations(file, readText(file), documents))).toEqual([])
})

const known = new Set(['README.md'])
const absent = ['notes', 'md'].join('.')

it.each([
  '// TO' + 'DO: later',
  'see /wo' + 'rk/main',
  `from '../sha` + `red/x.ts'`,
  `as ${absent} 5.2 says`,
  'by decis' + 'ion 9',
  'https://registry.npm' + 'js.org/koa',
])('refuses %s', (line) => {
  expect(loneViolations('a.ts', line, known)).toHaveLength(1)
})

it.each([
  'a worker thread',
  'import type { Json } from "./shared.ts"',
  'network/work/loads',
  'see README.md',
  'docs/proxy/response_headers.md, as known 2026-11-21',
  '*.md',
])('accepts %s', (line) => {
  expect(loneViolations('a.ts', line, known)).toEqual([])
})
