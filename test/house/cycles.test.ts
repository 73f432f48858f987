// No file reaches itself through its imports.
// Promises: held against the whole repository, and against a made-up cycle that must be found.

import { expect, it } from 'vitest'
import { findCycles } from './cycles.ts'
import { readSources, toSource } from './source-files.ts'

it('no import cycle exists', () => {
  expect(findCycles(readSources())).toEqual([])
})

it('a cycle of three is found and written out once', () => {
  const files = [
    toSource('a/one.ts', `import { two } from './two.ts'\nimport { free } from './free.ts'`),
    toSource('a/two.ts', `import { three } from '../b/three.ts'`),
    toSource('b/three.ts', `import type { One } from '../a/one.ts'`),
    toSource('a/free.ts', 'export const free = 1'),
  ]
  expect(findCycles(files)).toEqual(['a/one.ts → a/two.ts → b/three.ts → a/one.ts'])
})

it('two files that share a third are no cycle', () => {
  expect(
    findCycles([toSource('one.ts', `import './three.ts'\nimport './two.ts'`), toSource('two.ts', `import './three.ts'`), toSource('three.ts', '')]),
  ).toEqual([])
})
