// Dated limits: who wins when several names match, what an admin overrides, and that the resource itself is sound.
// Numbers of the resource are checked against the derivations it states.

import { describe, expect, test } from 'vitest'
import { createFacts } from '../../../gateway/prices/facts.ts'
import resource from '../../../resources/models.json' with { type: 'json' }

const dated = { checked: '2026-11-21', source: 'https://example.org/limits' }
const small = createFacts({
  models: [
    { vendor: 'v', names: ['m-*'], outputTokensMax: 1, ...dated },
    {
      vendor: 'v',
      names: ['M-large*', 'm-large-2'],
      outputTokensMax: 2,
      contextTokensMax: 20,
      imageTokensMax: 5,
      fileTokensMax: 6,
      capabilities: ['images'],
      ...dated,
    },
    { vendor: 'v', names: ['m-large-2-exact'], outputTokensMax: 3, ...dated },
    { vendor: 'w', names: ['m-*'], outputTokensMax: 4, ...dated },
  ],
})

describe('which entry counts', () => {
  test.each([
    ['v', 'm-1', 1],
    ['v', 'm-large-3', 2],
    ['v', 'M-LARGE-9', 2],
    ['v', 'm-large-2-exact', 3],
    ['v', 'm-large-2-exactly', 2],
    ['w', 'm-large-3', 4],
    ['v', 'other', 4096],
    ['nobody', 'm-1', 4096],
    [null, 'm-1', 4096],
  ])('%s/%s writes at most %i tokens', (vendor, model, most) => {
    expect(small(vendor, model, {}).outputTokensMax).toBe(most)
  })

  test('what is unknown has its stated default', () => {
    expect(small(null, 'x', {})).toEqual({
      ...{ contextTokensMax: null, outputTokensMax: 4096, imageTokensMax: null, fileTokensMax: null, capabilities: [] },
      outputTokensAssumed: true,
    })
    expect(small('v', 'm-large', {})).toEqual({ contextTokensMax: 20, outputTokensMax: 2, imageTokensMax: 5, fileTokensMax: 6, capabilities: ['images'] })
  })
})

describe('model_info', () => {
  test('overrides what the resource says; the newer field wins over the older', () => {
    expect(small('v', 'm-1', { max_tokens: 50 }).outputTokensMax).toBe(50)
    expect(small('v', 'm-1', { max_tokens: 50, max_output_tokens: '60', max_input_tokens: 70 })).toMatchObject({ outputTokensMax: 60, contextTokensMax: 70 })
    expect(small('v', 'm-1', { max_tokens: null, max_output_tokens: null }).outputTokensMax).toBe(1)
  })

  test('of zero says nothing, as LiteLLM’s map means it', () => {
    expect(small('v', 'm-1', { max_output_tokens: 0, max_tokens: 50, max_input_tokens: 0 })).toEqual(small('v', 'm-1', { max_tokens: 50 }))
  })

  test.each([[-1], [1.5], ['many'], [true], [{}]])('refuses %j as a limit, naming the field', (value) => {
    expect(() => small('v', 'm-1', { max_output_tokens: value })).toThrow(/model_info\.max_output_tokens/)
  })
})

describe('the resource', () => {
  const facts = createFacts(resource)

  test('no name stands twice, and every entry says whence and when', () => {
    const names = resource.models.flatMap((entry) => entry.names.map((name) => `${entry.vendor}/${name}`))
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    for (const entry of resource.models) {
      expect(entry.source).toMatch(/^https:\/\//)
      expect(Number.isNaN(Date.parse(entry.checked))).toBe(false)
      if (!('imageTokensMax' in entry)) continue
      expect(entry.imageSource).toMatch(/^https:\/\//)
      expect(entry.imageDerivation).toMatch(/\d/)
    }
  })

  test('image maxima follow from the rules they quote', () => {
    // https://developers.openai.com/api/docs/guides/images-vision, as known 2026-11-21: base and tile tokens; patches and their factors.
    expect(facts('openai', 'gpt-4o', {}).imageTokensMax).toBe(85 + 8 * 170)
    expect(facts('openai', 'gpt-4o-mini', {}).imageTokensMax).toBe(2833 + 8 * 5667)
    expect(facts('openai', 'o3', {}).imageTokensMax).toBe(75 + 8 * 150)
    expect(facts('openai', 'gpt-5', {}).imageTokensMax).toBe(70 + 8 * 140)
    expect(facts('openai', 'gpt-4.1-mini', {}).imageTokensMax).toBe(Math.ceil(6144 * 1.62))
    // https://platform.claude.com/docs/en/build-with-claude/vision, as known 2026-11-21.
    expect(facts('anthropic', 'claude-opus-4-7', {}).imageTokensMax).toBe(4784)
  })

  test('Gemini’s models have their limits, and no image maximum that nobody published', () => {
    expect(facts('google', 'gemini-2.5-pro', {})).toMatchObject({ contextTokensMax: 1048576, outputTokensMax: 65536, imageTokensMax: null })
    expect(facts('google', 'gemini-2.0-flash', {}).outputTokensMax).toBe(8192)
  })

  test('a newer model without an entry gets the cautious default, not its ancestor’s limits', () => {
    expect(facts('openai', 'gpt-4o-realtime-preview', {})).toMatchObject({ outputTokensMax: 4096, imageTokensMax: null })
    expect(facts('anthropic', 'claude-opus-9', {}).outputTokensMax).toBe(4096)
  })

  test.each([
    [{}, /no models/],
    [{ models: [7] }, /not an object/],
    [{ models: [{ vendor: 'v', names: [], ...dated }] }, /lacks its vendor or names/],
    [{ models: [{ vendor: 'v', names: ['m'] }] }, /lacks its source or date/],
    [{ models: [{ vendor: 'v', names: ['m'], outputTokensMax: '5', ...dated }] }, /outputTokensMax is not a count/],
  ])('a malformed one stops the start: %j', (broken, problem) => {
    expect(() => createFacts(broken)).toThrow(problem)
  })
})
