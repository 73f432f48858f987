// The whole bundled list, read once: every price is exact, and nothing in it is dropped without a decision.
// Unit prices are compared with the list's own numbers, not with its totals.

import { waitForUpdate, type Provider } from '@pydantic/genai-prices'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseUnitPrice } from '../../../gateway/contract/money.ts'
import { loadBundledPrices, type BundledPrices } from '../../../gateway/prices/bundled.ts'

const noon = Date.UTC(2026, 10, 21, 12)
let vendors: readonly Provider[] = []
let bundled: BundledPrices
beforeAll(async () => {
  vendors = (await waitForUpdate()) ?? []
  bundled = await loadBundledPrices()
})

describe('the bundled list', () => {
  test('a flat input price of every model arrives exactly', () => {
    let compared = 0
    for (const vendor of vendors) {
      for (const model of vendor.models) {
        const listed = Array.isArray(model.prices) ? undefined : model.prices['input_mtok']
        const found = bundled.find(vendor.id, model.id, noon)
        // An id does not always match its own model; only those that do are compared.
        if (typeof listed !== 'number' || found?.note.endsWith(` ${vendor.id}/${model.id}`) !== true) continue
        expect((found.prices.input?.pico ?? 0n) * 1_000_000n, `${vendor.id}/${model.id}`).toBe(parseUnitPrice(listed.toPrecision(12)))
        compared += 1
      }
    }
    expect(compared).toBeGreaterThan(1000)
  })

  test('every price key in it is one that is metered, or one whose models were decided about', () => {
    const metered = [
      'input_mtok',
      'cache_read_mtok',
      'cache_write_mtok',
      'cache_write_1h_mtok',
      'input_audio_mtok',
      'cache_audio_read_mtok',
      'output_mtok',
      'output_reasoning_mtok',
      'output_audio_mtok',
      'requests_kcount',
      'audio_hours',
      'input_audio_hours',
    ]
    const tools = ['web_searches_kcount', 'storage_searches_kcount']
    const unpriced = [
      'input_image_mtok',
      'cache_image_read_mtok',
      'output_image_mtok',
      'input_video_mtok',
      'output_video_mtok',
      'output_citation_mtok',
      'input_document_kpages',
      'input_annotated_document_kpages',
      'input_text_messages_kcount',
    ]
    const listed = new Set(
      vendors.flatMap((vendor) =>
        vendor.models.flatMap((model) =>
          (Array.isArray(model.prices) ? model.prices.map((entry) => entry.prices) : [model.prices]).flatMap((prices) => Object.keys(prices)),
        ),
      ),
    )
    expect([...listed].filter((key) => ![...metered, ...tools, ...unpriced].includes(key))).toEqual([])
  })

  test('noise of the list’s own arithmetic is not a price; a third of a cent rounds up', () => {
    // Listed as 0.18000000000000002 and 0.08333333333333334 dollars per million.
    expect(bundled.find('huggingface_together', 'Qwen/Qwen3-VL-8B-Instruct', noon)?.prices.input?.pico).toBe(180_000n)
    expect(bundled.find('openrouter', 'google/gemini-3-flash-preview', noon)?.prices.cacheWrite?.pico).toBe(83_334n)
  })

  test('an hour of audio is a price per second, rounded up', () => {
    // https://platform.openai.com/docs/pricing, as known 2026-11-21. whisper-1: 0.006 a minute, which is 0.36 an hour and 0.0001 a second.
    expect(bundled.find('openai', 'whisper-1', noon)?.prices.seconds?.pico).toBe(100_000_000n)
  })

  test('Claude’s writes for an hour cost twice its input at resellers too', () => {
    const hour = (vendor: string, model: string): bigint | undefined => bundled.find(vendor, model, noon)?.prices.cacheWrite1h?.pico
    expect(hour('aws', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0')).toBe(6_600_000n)
    expect(hour('aws', 'global.anthropic.claude-opus-4-6-v1:0')).toBe(10_000_000n)
    // As listed.
    expect(hour('aws', 'global.anthropic.claude-opus-5-5')).toBe(8_000_000n)
    expect(hour('openrouter', 'anthropic/claude-sonnet-4.5')).toBe(6_000_000n)
    expect(hour('aws', 'amazon.nova-pro-v1:0')).toBeUndefined()
    for (const { id, models } of vendors.filter(({ id: vendor }) => vendor === 'anthropic'))
      for (const model of models) {
        const prices = bundled.find(id, model.id, noon)?.prices
        if (prices?.cacheWrite1h !== undefined) expect(prices.cacheWrite1h.pico, model.id).toBe((prices.input?.pico ?? 0n) * 2n)
      }
  })

  test('a model whose sound or searches the list does not price has no price from it', () => {
    for (const model of ['gpt-4o-audio-preview', 'gpt-4o-mini-audio-preview', 'gpt-4o-search-preview']) {
      expect(bundled.find('openai', model, noon), model).toBeNull()
      expect(bundled.isUnmetered('openai', model, noon), model).toBe(true)
    }
    expect(bundled.find('openrouter', 'openai/gpt-audio', noon)).toBeNull()
    expect(bundled.find('openai', 'gpt-audio', noon)?.prices.inputAudio?.pico).toBe(32_000_000n)
    expect(bundled.find('google', 'gemini-2.5-flash-native-audio-latest', noon)?.prices.outputAudio?.pico).toBe(12_000_000n)
  })
})
