// Pictures, sound and moderation cost what was used times its price, to the nano-dollar; hard budgets hold the most there can be.
// Promises: costs are computed by hand from the vendor's own figures. Leaves alone: bytes (media-bytes.test.ts).

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { House } from '../kit/house.ts'
import { field, form, recording, startMediaScene, type MediaScene } from '../kit/media-scene.ts'
import { imageUsage, wave, type MediaVendor } from '../kit/media-vendor.ts'

describe('what pictures, sound and moderation cost', () => {
  let scene: MediaScene
  let vendor: MediaVendor
  let house: House
  let key: string
  const send: MediaScene['send'] = async (...args) => await scene.send(...args)
  beforeAll(async () => {
    scene = await startMediaScene()
    ;({ vendor, house, key } = scene)
  })
  afterAll(async () => {
    await scene.stop()
  })
  beforeEach(() => vendor.behave(() => ({})))

  it('believes a vendor that says how many seconds it heard', async () => {
    const { id } = await send('/audio/translations', form([field('model', 'hear'), recording(wave(9)), field('response_format', 'verbose_json')]))
    expect(await house.closedRow(id)).toMatchObject({ costUsd: '0.000300000', provenance: 'reported', unpriced: false })
  })
  it('believes no more seconds than the recording has, and no more tokens than a model can hear', async () => {
    const heard = async (model: string, usage: object): Promise<unknown> => {
      vendor.behave(() => ({ body: JSON.stringify({ text: 'Guten Tag', usage }) }))
      const { id } = await send('/audio/transcriptions', form([field('model', model), recording(wave(2))]), scene.openKey)
      return await house.closedRow(id)
    }
    expect(await heard('hear', { type: 'duration', seconds: 2000 })).toMatchObject({ costUsd: '0.000200000', provenance: 'counted' })
    const tokens = { type: 'tokens', input_tokens: 900_000_000, output_tokens: 7, input_token_details: { audio_tokens: 900_000_000 } }
    // 20 × 6 + 7 × 10 micro-dollars, and the form's few words.
    const row = (await heard('hear-tokens', tokens)) as Awaited<ReturnType<House['closedRow']>>
    expect(row).toMatchObject({ provenance: 'counted', completionTokens: 7 })
    expect(Number(row.costUsd)).toBeGreaterThanOrEqual(0.00019)
    expect(Number(row.costUsd)).toBeLessThan(0.001)
  })
  it('bills a short recording as the vendor does that has a least one', async () => {
    const heard = async (seconds: number): Promise<unknown> => {
      const { id } = await send('/audio/transcriptions', form([field('model', 'hear-least'), recording(wave(seconds)), field('response_format', 'text')]))
      return await house.closedRow(id)
    }
    // Ten seconds at Groq.
    expect(await heard(2)).toMatchObject({ costUsd: '0.001000000', provenance: 'counted' })
    expect(await heard(30)).toMatchObject({ costUsd: '0.003000000' })
  })
  it('flags the length of a recording that nobody tells', async () => {
    const { id } = await send(
      '/audio/transcriptions',
      form([field('model', 'hear'), recording(Buffer.alloc(80_000), 'x.webm'), field('response_format', 'text')]),
      scene.openKey,
    )
    expect(await house.closedRow(id)).toMatchObject({ costUsd: '0.001000000', provenance: 'estimated' })
  })
  it('refuses such a recording on a hard budget, and names it', async () => {
    const before = vendor.received.length
    const { response, bytes } = await send('/audio/transcriptions', form([field('model', 'hear'), recording(Buffer.alloc(80_000), 'x.webm')]))
    expect(response.status).toBe(403)
    expect(bytes.toString()).toContain('duration (hear is priced by the second)')
    expect(vendor.received).toHaveLength(before)
  })
  it('books tokens that a transcript took, apart by what they were', async () => {
    const { id } = await send('/audio/transcriptions', form([field('model', 'hear-tokens'), recording(wave(3)), field('stream', 'true')]), scene.openKey)
    // 4 × 2.5 + 27 × 6 + 7 × 10 micro-dollars.
    expect(await house.closedRow(id)).toMatchObject({ stream: true, promptTokens: 31, completionTokens: 7, costUsd: '0.000242000', provenance: 'reported' })
  })

  it('settles speech whose caller leaves in the middle', async () => {
    vendor.behave(() => ({ pieceDelayMs: 100 }))
    const controller = new AbortController()
    const response = await fetch(`${house.baseUrl}/audio/speech`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'speak', input: 'abcdefgh', voice: 'alloy' }),
      signal: controller.signal,
    })
    await response.body?.getReader().read()
    controller.abort()
    expect(await house.closedRow(response.headers.get('x-request-id') ?? '')).toMatchObject({ end: 'cut', status: 499, costUsd: '0.000120000' })
  })
  it('takes the tokens of speech from its events', async () => {
    const { bytes, id } = await send('/audio/speech', { model: 'speak-tokens', input: 'abc', voice: 'alloy', stream_format: 'sse' }, scene.openKey)
    expect(bytes.toString()).toContain('speech.audio.done')
    // 12 × 0.6 + 90 × 12 micro-dollars.
    expect(await house.closedRow(id)).toMatchObject({ stream: true, costUsd: '0.001087200', provenance: 'reported' })
  })
  it('estimates them where sound comes without a word', async () => {
    const { id } = await send('/audio/speech', { model: 'speak-tokens', input: 'x'.repeat(150), voice: 'alloy' }, scene.openKey)
    const row = await house.closedRow(id)
    expect(row).toMatchObject({ provenance: 'estimated', unpriced: false })
    expect(Number(row.costUsd)).toBeGreaterThan(200 * 0.000012)
  })

  it('sells pictures by the picture, by their tokens, by their pixels', async () => {
    const prompt = 'a cat'
    const byPicture = await send('/images/generations', { model: 'draw', prompt, n: 3 })
    expect(JSON.parse(byPicture.bytes.toString())).toMatchObject({ usage: imageUsage })
    expect(await house.closedRow(byPicture.id)).toMatchObject({ operation: 'image', costUsd: '0.120000000', provenance: 'counted', unpriced: false })
    const byToken = await send('/images/generations', { model: 'draw-tokens', prompt }, scene.openKey)
    // 40 × 5 + 10 × 10 + 1056 × 40 micro-dollars.
    expect(await house.closedRow(byToken.id)).toMatchObject({ costUsd: '0.042540000', provenance: 'reported', promptTokens: 50, completionTokens: 1056 })
    const byPixel = await send('/images/generations', { model: 'draw-pixels', prompt, n: 2, size: '1024x1536' })
    expect(await house.closedRow(byPixel.id)).toMatchObject({ costUsd: '0.059768832', unpriced: false })
    const unsized = await send('/images/generations', { model: 'draw-pixels', prompt })
    expect(unsized.response.status).toBe(403)
    expect(unsized.bytes.toString()).toContain('size (draw-pixels is priced by the pixel)')
  })
  it('refuses, on a hard budget, pictures whose tokens nothing bounds', async () => {
    const { response, bytes } = await send('/images/generations', { model: 'draw-tokens', prompt: 'a' })
    expect(response.status).toBe(403)
    expect(bytes.toString()).toContain('output (the most that draw-tokens makes is not known)')
  })
  it('holds a picture’s whole price before it is asked for', async () => {
    const poor = await house.key({ max_budget: 0.1 })
    const before = vendor.received.length
    const refused = await send('/images/generations', { model: 'draw', prompt: 'a', n: 3 }, poor.key)
    expect(refused.response.status).toBe(429)
    expect(vendor.received).toHaveLength(before)
    const paid = await send('/images/generations', { model: 'draw', prompt: 'a', n: 2 }, poor.key)
    expect(paid.response.status).toBe(200)
  })
  it('counts a moderation as one call, and OpenAI’s own as free, also on a hard budget', async () => {
    const judged = await send('/moderations', { model: 'judge', input: ['a', 'b'] })
    expect(await house.closedRow(judged.id)).toMatchObject({ operation: 'moderation', costUsd: '0.001000000' })
    const unnamed = await send('/moderations', { input: 'a' })
    expect(unnamed.request.fields).toEqual({ model: 'omni-moderation-latest-vendor', input: 'a' })
    expect(await house.closedRow(unnamed.id)).toMatchObject({ costUsd: '0.000000000', unpriced: false })
  })
})
