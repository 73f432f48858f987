// When packages count as installed, and when sources count as changed.
// Promises: the comparison is the one npm start makes; no package is installed here.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../scripts/steps/build.mjs'
import { agrees } from '../../scripts/steps/install.mjs'
import { root } from '../../scripts/steps/tools.mjs'

const wanted = {
  '': {},
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/a-mac': { version: '1.0.0', integrity: 'sha512-m', optional: true },
}

describe('an install', () => {
  it('is complete without the packages of other platforms', () => {
    expect(agrees(wanted, { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } })).toBe(true)
  })

  it.each([
    ['a package is missing', {}],
    ['a version differs', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['a digest differs', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } }],
    [
      'an optional package is an old one',
      { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' }, 'node_modules/a-mac': { version: '0.9.0', integrity: 'sha512-m' } },
    ],
  ])('is stale when %s', (_what, present) => {
    expect(agrees(wanted, present)).toBe(false)
  })
})

describe('the digest of sources', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'digest-'))
    writeFileSync(join(folder, 'a.ts'), 'one')
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  const digest = (): string => digestOf([relative(root, folder)])

  it('stays when a file is written again with the same content', () => {
    const before = digest()
    writeFileSync(join(folder, 'a.ts'), 'one')
    expect(digest()).toBe(before)
  })

  it('changes with a content, a name, and a new file, but not with a README', () => {
    const seen = new Set([digest()])
    writeFileSync(join(folder, 'README.md'), 'text')
    expect(seen.has(digest())).toBe(true)
    writeFileSync(join(folder, 'a.ts'), 'two')
    seen.add(digest())
    writeFileSync(join(folder, 'b.ts'), 'two')
    seen.add(digest())
    rmSync(join(folder, 'a.ts'))
    seen.add(digest())
    expect(seen.size).toBe(4)
  })
})
