// What an images request can cost, and what its replies say it used. Tokens are kept apart by what they are of.

import { describe, expect, it } from 'vitest'
import { boundOf, edited, factsOf, tapped } from '../../kit/media-wires.ts'

const id = 'openai-images'
const usage = { input_tokens: 50, output_tokens: 100, total_tokens: 150, input_tokens_details: { text_tokens: 40, image_tokens: 10 } }

describe('an images request', () => {
  it('is bounded by its pictures and, where it says their size, their pixels', () => {
    expect(boundOf(id, { n: 3, size: '1024x1536' })).toMatchObject({
      choices: 3,
      outputTokensMax: undefined,
      unbounded: [],
      units: { most: { images: 3, pixels: 3 * 1024 * 1536 }, guessed: [] },
    })
    expect(boundOf(id, {}).units).toEqual({ most: { images: 1 }, about: { images: 1, pixels: 1024 * 1024 }, guessed: ['pixels'], tokens: {} })
    expect(boundOf(id, { size: 'auto' }).units?.most).toEqual({ images: 1 })
  })
  it.each([0, -1, 1.5, 1e9, 'many', [3], {}])('with n = %j has no bound', (n) => {
    expect(boundOf(id, { n }).unbounded).toEqual(['n'])
  })
  it('names what another model draws', () => {
    expect(boundOf(id, { output_format: 'svg' }).unbounded).toEqual(['output_format (svg)'])
  })
  it('passes with its model, and defaults that the caller left out', () => {
    expect(edited(id, { prompt: 'a', model: 'm', odd: { z: 1 } })).toBe('{"prompt":"a","model":"vendor/model","odd":{"z":1}}')
    expect(edited(id, { prompt: 'a', quality: 'low' }, { defaults: { quality: 'high', size: '1024x1024' } })).toBe(
      '{"model":"vendor/model","size":"1024x1024","prompt":"a","quality":"low"}',
    )
  })
})

describe('an images reply', () => {
  it('says its pictures, pixels and tokens apart', () => {
    expect(factsOf(id, { data: [{}, {}], size: '512x512', usage })).toMatchObject({
      error: null,
      usage: { meters: { images: 2, pixels: 2 * 512 * 512, input: 40, inputImage: 10, outputImage: 100 }, provenance: 'reported' },
    })
    expect(factsOf(id, { data: [{}] }).usage).toEqual({ meters: { images: 1 }, provenance: 'counted' })
    const detailed = { ...usage, output_tokens_details: { image_tokens: 90, text_tokens: 10 } }
    expect(factsOf(id, { data: [{}], usage: detailed }).usage?.meters).toMatchObject({ outputImage: 90, output: 10 })
    const cached = {
      ...usage,
      input_tokens_details: { text_tokens: 40, image_tokens: 10, cached_tokens: 12, cached_tokens_details: { image_tokens: 4, text_tokens: 8 } },
    }
    expect(factsOf(id, { data: [{}], usage: cached }).usage?.meters).toMatchObject({ cacheReadImage: 4, cacheRead: 8, inputImage: 6, input: 32 })
  })
  it('adds what another model drew, as an estimate', () => {
    expect(
      factsOf(id, { data: [{}], usage, svg_usage: { model: 'x', input_tokens: 5, output_tokens: 7, reasoning_tokens: 1, total_tokens: 12 } }).usage,
    ).toMatchObject({
      meters: { images: 1, input: 45, outputImage: 107 },
      provenance: 'estimated',
    })
  })
  it('without pictures is an error', () => {
    expect(factsOf(id, { created: 1 }).error?.message).toContain('without images')
    expect(factsOf(id, { error: { message: 'no' } }).error?.message).toBe('no')
  })
  it('in steps keeps only its last event back, and adds up pictures', () => {
    const completed = { type: 'image_generation.completed', usage }
    const { before, seen } = tapped(id, [{ type: 'image_generation.partial_image' }, completed, completed])
    expect(before).toBe(2)
    expect(seen).toMatchObject({ finished: true, usage: { meters: { images: 2, outputImage: 200, input: 80 } } })
    expect(tapped(id, [{ type: 'image_generation.partial_image' }]).seen.finished).toBe(false)
    expect(tapped(id, [{ type: 'error', error: { message: 'blocked', code: 'moderation_blocked' } }]).seen.error).toMatchObject({ message: 'blocked' })
  })
  it('may have a picture of many megabytes on one line', () => {
    const picture = 'A'.repeat(6 * 1024 * 1024)
    expect(
      tapped(id, [
        { type: 'image_generation.partial_image', b64_json: picture },
        { type: 'image_generation.completed', b64_json: picture, usage },
      ]).seen.finished,
    ).toBe(true)
  })
})
