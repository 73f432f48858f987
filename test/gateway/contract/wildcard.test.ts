// Names with `*`: what matches, what each star stands for, and which of several patterns is tried first.
// Promises: the same as LiteLLM's regular expressions, in linear time.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bySpecificity, fillWildcard, matchWildcard } from '../../../gateway/contract/wildcard.ts'
import { seed } from '../../conformance/recordings.ts'

describe('a pattern', () => {
  it.each([
    ['openai/*', 'openai/gpt-4o', ['gpt-4o']],
    ['openai/*', 'openai/', ['']],
    ['openai/*', 'azure/gpt-4o', null],
    ['*', 'openai/gpt-4o', ['openai/gpt-4o']],
    ['azure/gpt-*', 'azure/gpt-4o', ['4o']],
    ['*/*-mini', 'a/b/c-mini', ['a/b', 'c']],
    ['a*a', 'a', null],
    ['gpt-4o', 'gpt-4o', []],
    ['gpt.4o*', 'gpt-4o', null],
  ] as const)('%s, held against %s, gives %j', (pattern, name, captures) => {
    expect(matchWildcard(pattern, name)).toEqual(captures)
  })

  it('means what LiteLLM’s regular expression means', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 })
    const pattern = fc.array(text, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.map((piece) => piece.slice(0, 2)).join('*'))
    fc.assert(
      fc.property(pattern, text, (stars, name) => {
        const groups = new RegExp(`^${stars.replaceAll('*', '(.*)')}$`).exec(name)
        expect(matchWildcard(stars, name)).toEqual(groups === null ? null : groups.slice(1))
        if (groups !== null) expect(fillWildcard(stars, groups.slice(1))).toBe(name)
      }),
      { seed, numRuns: 2000 },
    )
  })

  it('is answered at once, whatever it is', () => {
    const started = performance.now()
    expect(matchWildcard(`${'a*'.repeat(128)}b`, 'a'.repeat(256))).toBeNull()
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('is filled in order, and not with less than it needs', () => {
    expect(fillWildcard('x/*-*', ['1', '2'])).toBe('x/1-2')
    expect(fillWildcard('fixed', ['1'])).toBe('fixed')
    expect(fillWildcard('*/*', ['1'])).toBeNull()
  })

  it('comes before those that say less', () => {
    expect(['*', 'openai/*', 'openai/gpt-*', 'azure/*', '*/*pe*/*'].sort(bySpecificity)).toEqual(['openai/gpt-*', 'openai/*', '*/*pe*/*', 'azure/*', '*'])
  })
})
