// What people read agrees with the code: a README in every code folder, every error code explained, every skip justified.
// Promises: each rule is also fed something that must fail.
// Leaves alone: how well it is written.

import { expect, it } from 'vitest'
import { errorTable } from '../../gateway/contract/errors.ts'
import { isJsonObject, listOf, textOf } from '../../gateway/contract/json.ts'
import { listFiles, readSources, readText } from './source-files.ts'

const files = listFiles()

/** Folders that hold code and stand at the top or directly below gateway/. */
function foldersWithCode(paths: readonly string[]): readonly string[] {
  const code = paths.filter((file) => /\.(?:ts|mjs|svelte)$/.test(file) && file.includes('/'))
  const folders = code.flatMap((file) => {
    const [top = '', second = ''] = file.split('/')
    return top === 'gateway' && file.split('/').length > 2 ? [top, `${top}/${second}`] : [top]
  })
  return [...new Set(folders)].sort()
}
const withoutReadme = (paths: readonly string[]): readonly string[] => foldersWithCode(paths).filter((folder) => !paths.includes(`${folder}/README.md`))

it('every code folder has a README', () => {
  expect(withoutReadme(files)).toEqual([])
  expect(withoutReadme(['gateway/main.ts', 'gateway/README.md', 'gateway/door/door.ts', 'main/README.md'])).toEqual(['gateway/door'])
})

/** Rows `| \`code\` | status | blame | retryable | … |` of a Markdown table. */
function documentedErrors(text: string): ReadonlyMap<string, string> {
  const rows = [...text.matchAll(/^\| `([a-z_]+)` \| (\d{3}) \| (\w+) \| (yes|no) \|/gm)]
  return new Map(rows.map((row) => [row[1] ?? '', `${row[2] ?? ''} ${row[3] ?? ''} ${row[4] ?? ''}`]))
}

it('every error code is documented with its status, blame and whether a retry can help', () => {
  const table = new Map(Object.entries(errorTable).map(([code, row]) => [code, `${row.status} ${row.blame} ${row.retryable ? 'yes' : 'no'}`]))
  expect(documentedErrors(readText('gateway/contract/README.md'))).toEqual(table)
  expect(documentedErrors('| `conflict` | 400 | caller | yes | x |').get('conflict')).not.toBe(table.get('conflict'))
})

/** An entry names a test file, with or without a title below it, and says why in a sentence. */
function isJustified(skip: unknown): boolean {
  if (!isJsonObject(skip)) return false
  return /^test\/[\w/.-]+\.(?:test|spec)\.ts\b/.test(textOf(skip['test']) ?? '') && (textOf(skip['reason']) ?? '').split(' ').length > 3
}

it('every allowed skip names its test and a reason', () => {
  const allowed: unknown = JSON.parse(readText('test/allowed-skips.json'))
  expect(Array.isArray(allowed)).toBe(true)
  expect(listOf(allowed).filter((skip) => !isJustified(skip))).toEqual([])
  expect(isJustified({ test: 'test/gateway/vault/keychain.test.ts > saves', reason: 'macOS runners have no Secret Service' })).toBe(true)
  expect(isJustified({ test: 'test/gateway/vault/keychain.test.ts', reason: 'flaky' })).toBe(false)
  expect(isJustified({ test: '', reason: 'every test in the repository is slow' })).toBe(false)
})

/** `.only`, and a skip without a condition. `skipIf(condition)` and `test.skip(condition, reason)` stay possible. */
const looseSkips = (text: string): number =>
  [...text.matchAll(/\b(?:it|test|describe)\.(?:only|todo)\b|\b(?:it|describe)\.skip\(|\btest\.skip\(\s*['"`]/g)].length

it('no test is switched off or run alone', () => {
  const wrong = readSources().filter(
    (file) => /\.(?:test|spec)\.ts$/.test(file.path) && file.path !== 'test/house/documents.test.ts' && looseSkips(file.text) > 0,
  )
  expect(wrong.map((file) => file.path)).toEqual([])
  expect(looseSkips(`it.only('x')\ndescribe.skip('y')\ntest.skip('z', () => {})`)).toBe(3)
  expect(looseSkips(`it.skipIf(!parts.secretService)('x')\ntest.skip(!ready, 'needs a gateway')`)).toBe(0)
})

it('files linked from a README exist', () => {
  const documents = files.filter((file) => file.endsWith('.md'))
  expect(documents.flatMap((file) => brokenLinks(file, readText(file), files))).toEqual([])
  expect(brokenLinks('a/README.md', '[x](./gone.ts) [y](https://example.org) [z](../README.md#part) [w](#here)', ['README.md'])).toEqual([
    'a/README.md → ./gone.ts',
  ])
})

function brokenLinks(file: string, text: string, paths: readonly string[]): readonly string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '').filter((target) => !/^(?:[a-z]+:|#)/.test(target))
  return targets
    .filter((target) => {
      const place = new URL(target.split('#')[0] ?? '', `file:///${file}`).pathname.slice(1).replace(/\/$/, '')
      return place !== '' && !paths.some((known) => known === place || known.startsWith(`${place}/`))
    })
    .map((target) => `${file} → ${target}`)
}
