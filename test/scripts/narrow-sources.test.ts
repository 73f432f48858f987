// What a bundle holds beyond Latin-1 becomes escapes. Promises: the narrowed program says and matches what it did, and what cannot be narrowed is told.
// Leaves alone: the bundler.

import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { narrow } from '../../scripts/steps/narrow-sources.mjs'

const wide = /[\u0100-\uffff]/

describe('narrowed sources', () => {
  it.each([
    ['a string', `'it’s 3 × 4 … 🐬'`],
    ['a template', '`${1 + 1} — “two”`'],
    ['a pattern', String.raw`'a—b🐬c'.split(/[—🐬]/u).join()`],
    ['a range', String.raw`/[一-龥]/.test('好') && !/[一-龥]/.test('é')`],
    ['an escaped backslash before it', String.raw`'\\…'`],
    ['a comment', `1 // … and more`],
  ])('mean the same: %s', (_name, code) => {
    expect(narrow(code)).not.toMatch(wide)
    expect(runInNewContext(narrow(code))).toEqual(runInNewContext(code))
  })
  it('leave Latin-1 as it is', () => {
    expect(narrow(`'é × ÿ'`)).toBe(`'é × ÿ'`)
  })
  it('are refused where an escape would mean another thing', () => {
    expect(() => narrow(String.raw`/\…/`)).toThrow('U+2026')
  })
})
