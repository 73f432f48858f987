// Pictures, sound and moderation keep their bytes on the way through, forms included; what cannot be a form is refused and loses nothing.
// Promises: both sides of the gateway are compared over real HTTP. Leaves alone: money (media-costs.test.ts), SDKs (real-clients-media.test.ts).

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { House } from '../kit/house.ts'
import { field, form, formType, recording, startMediaScene, type MediaScene } from '../kit/media-scene.ts'
import { sound, subtitles, transcript, wave, type MediaVendor } from '../kit/media-vendor.ts'

describe('pictures, sound and moderation', () => {
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

  it('passes a form byte for byte but for the value of its model, under its own boundary', async () => {
    const parts = (model: string): Buffer =>
      form([
        ['Content-Disposition: form-data; name="unknown_field"', '{"z": 1,\r\n "é": "--AaB03"}'],
        recording(Buffer.concat([wave(3), Buffer.from(`\r\n--AaB03x--od\r\n`)])),
        ['content-disposition: form-data; name=model', model],
        field('timestamp_granularities[]', 'word'),
        field('timestamp_granularities[]', 'segment'),
        field('empty', ''),
      ])
    const { response, bytes, request } = await send('/audio/transcriptions', parts('hear'))
    expect(response.status, bytes.toString()).toBe(200)
    expect(request.raw.equals(parts('hear-vendor'))).toBe(true)
    expect(request.headers['content-type']).toBe(formType)
    expect(request.headers['content-length']).toBe(String(parts('hear-vendor').length))
    expect(request.headers.authorization).toBe('Bearer sk-vendor')
  })

  it.each([
    ['text', 'text/plain; charset=utf-8', `${transcript}\n`],
    ['srt', 'text/plain; charset=utf-8', subtitles],
    ['vtt', 'text/vtt', `WEBVTT\n\n${subtitles}`],
  ])('hands a transcript on as %s', async (format, type, wanted) => {
    const { response, bytes, id } = await send('/audio/transcriptions', form([field('model', 'hear'), recording(wave(3)), field('response_format', format)]))
    expect(bytes.toString()).toBe(wanted)
    expect(response.headers.get('content-type')).toBe(type)
    // The vendor does not say how long it was; the file does.
    expect(await house.closedRow(id)).toMatchObject({ operation: 'transcription', end: 'answered', costUsd: '0.000300000', provenance: 'counted' })
  })

  it('hands sound on byte for byte, before all of it is there', async () => {
    vendor.behave(() => ({ pieceDelayMs: 150 }))
    const started = Date.now()
    const response = await fetch(`${house.baseUrl}/audio/speech`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'speak', input: 'Grüezi 👋', voice: 'alloy' }),
    })
    const headMs = Date.now() - started
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(bytes.equals(Buffer.concat(sound))).toBe(true)
    expect(Date.now() - started - headMs).toBeGreaterThan(300)
    expect(response.headers.get('content-type')).toBe('audio/mpeg')
    // Eight characters, one of them beyond the first plane.
    expect(await house.closedRow(response.headers.get('x-request-id') ?? '')).toMatchObject({
      operation: 'speech',
      costUsd: '0.000120000',
      provenance: 'counted',
      end: 'answered',
    })
  })
  it('never hands on a page of a proxy as sound', async () => {
    vendor.behave(() => ({ body: '<html>busy</html>', contentType: 'text/html' }))
    const { response, bytes } = await send('/audio/speech', { model: 'speak', input: 'a', voice: 'alloy' })
    expect(response.status).toBe(502)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(bytes.toString()).not.toContain('<html>')
  })
  it('breaks off for the caller what breaks off at the vendor', async () => {
    vendor.behave(() => ({ cutAfterPieces: 2, pieceDelayMs: 50 }))
    await expect(send('/audio/speech', { model: 'speak', input: 'abcd', voice: 'alloy' })).rejects.toThrow()
    const [row] = await house.rows('limit=1')
    expect(await house.closedRow(row?.requestId ?? '')).toMatchObject({ end: 'failed', costUsd: '0.000060000' })
  })
  it('passes edits as a form and as JSON, and their stream', async () => {
    const parts = (model: string): Buffer => form([field('model', model), field('prompt', 'more'), ['Content-Disposition: form-data; name="image[]"; filename="a.png"\r\nContent-Type: image/png', Buffer.from([1, 13, 10, 2])], field('stream', 'true'), field('n', '1')]) // prettier-ignore
    const streamed = await send('/images/edits', parts('draw'))
    expect(streamed.request.raw.equals(parts('draw-vendor'))).toBe(true)
    expect(streamed.response.headers.get('content-type')).toContain('text/event-stream')
    expect(streamed.bytes.toString().match(/partial_image"/g)).toHaveLength(2)
    expect(streamed.bytes.toString()).toContain('image_edit.completed')
    expect(await house.closedRow(streamed.id)).toMatchObject({ stream: true, costUsd: '0.040000000' })
    const whole = await send('/images/edits', { model: 'draw', prompt: 'more', images: [{ image_url: `data:image/png;base64,${'A'.repeat(40)}` }] })
    expect(whole.request.fields['images']).toEqual([{ image_url: `data:image/png;base64,${'A'.repeat(40)}` }])
    expect(await house.closedRow(whole.id)).toMatchObject({ costUsd: '0.040000000' })
  })

  const drawn = `event: image_generation.completed\ndata: {"type":"image_generation.completed","b64_json":"AAAA"}\n\n`
  it.each([
    ['is reset', { pieces: [drawn, ''], cutAfterPieces: 1, pieceDelayMs: 50 }],
    ['never ends', { pieces: [drawn], pieceDelayMs: 10_000 }],
  ])('hands on a picture that is finished, although its connection %s', async (_how, behaviour) => {
    vendor.behave(() => behaviour)
    const startedMs = performance.now()
    const { bytes, id } = await send('/images/generations', { model: 'draw', prompt: 'a', stream: true })
    expect(performance.now() - startedMs).toBeLessThan(5000)
    expect(bytes.toString()).toBe(drawn)
    expect(await house.closedRow(id)).toMatchObject({ end: 'answered', costUsd: '0.040000000' })
  })
  it.each(['generation', 'edit'])('hands on the first of two pictures of an image %s when the second never comes', async (kind) => {
    vendor.behave(() => ({ pieces: [drawn, ''], cutAfterPieces: 1, pieceDelayMs: 300 }))
    const path = kind === 'edit' ? '/images/edits' : '/images/generations'
    const { bytes, id } = await send(path, { model: 'draw', prompt: 'a', n: 2, stream: true, images: [{ image_url: 'data:image/png;base64,AAAA' }] })
    expect(bytes.toString().startsWith(drawn)).toBe(true)
    expect(bytes.toString().slice(drawn.length)).toMatch(/^data: {"error":.*\n\ndata: \[DONE\]\n\n$/)
    expect((await house.closedRow(id)).end).toBe('failed')
  })
  it('hands on the first of two pictures before the second is there', async () => {
    vendor.behave(() => ({ pieces: [drawn, drawn], pieceDelayMs: 1000 }))
    const startedMs = performance.now()
    const response = await fetch(`${house.baseUrl}/images/generations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'draw', prompt: 'a', n: 2, stream: true }),
    })
    expect(performance.now() - startedMs).toBeLessThan(900)
    expect(await response.text()).toBe(drawn + drawn)
  })
  it('waits for the second of two pictures', async () => {
    vendor.behave(() => ({ pieces: [drawn, drawn], pieceDelayMs: 2500 }))
    const { bytes, id } = await send('/images/generations', { model: 'draw', prompt: 'a', n: 2, stream: true })
    expect(bytes.toString()).toBe(drawn + drawn)
    expect(await house.closedRow(id)).toMatchObject({ end: 'answered', costUsd: '0.080000000' })
  })

  it('sends the same form again when the vendor fails', async () => {
    let calls = 0
    vendor.behave(() => ((calls += 1) === 1 ? { status: 500 } : {}))
    const body = form([field('model', 'hear'), recording(wave(2))])
    const { response, id } = await send('/audio/transcriptions', body)
    expect(response.status).toBe(200)
    const [first, second] = vendor.received.slice(-2)
    expect(first?.raw.equals(second?.raw ?? Buffer.alloc(0))).toBe(true)
    expect(await house.closedRow(id)).toMatchObject({ attempts: 2, end: 'answered' })
  })
  it('hands a vendor’s own refusal on as it was worded', async () => {
    const worded = '{"error": {"message":"Audio file might be corrupted", "type":"invalid_request_error","param":"file","code":null} }'
    vendor.behave(() => ({ status: 400, body: worded }))
    const { response, bytes } = await send('/audio/transcriptions', form([field('model', 'hear'), recording(wave(1))]))
    expect(response.status).toBe(400)
    expect(bytes.toString()).toBe(worded)
  })

  it('takes a form only where a route takes one, and loses nothing by a hostile one', async () => {
    const elsewhere = await fetch(`${house.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': formType },
      body: form([field('model', 'hear')]),
    })
    expect(elsewhere.status).toBe(415)
    const noForm = await send('/audio/transcriptions', { model: 'hear', file: 'x' })
    expect(noForm.response.status).toBe(415)
    const before = vendor.received.length
    for (const body of [
      form([field('model', 'hear'), field('model', 'draw'), recording(wave(1))]),
      form(Array.from({ length: 10_000 }, (_, index) => field(`f${String(index)}`, ''))),
      form([field('model', 'hear'), ['Content-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: multipart/mixed; boundary=b', 'x']]),
      form([field('model', 'hear'), [`X: ${'y'.repeat(100_000)}\r\nContent-Disposition: form-data; name="file"`, 'x']]),
      form([field('model', 'hear'), recording(wave(1))]).subarray(0, 500),
      form([field('model', 'hear')]),
    ]) {
      const { response, bytes } = await send('/audio/transcriptions', body)
      expect(response.status, bytes.toString().slice(0, 200)).toBe(400)
      expect(JSON.parse(bytes.toString())).toMatchObject({ error: { type: 'invalid_request_error' } })
    }
    expect(vendor.received).toHaveLength(before)
    const after = await send('/audio/transcriptions', form([field('model', 'hear'), recording(wave(1))]))
    expect(after.response.status).toBe(200)
  })
  it('speaks at Azure’s addresses too', async () => {
    const body = form([recording(wave(2))])
    const response = await fetch(`${house.gateway.origin}/openai/deployments/hear/audio/transcriptions?api-version=2024-10-21`, {
      method: 'POST',
      headers: { 'api-key': key, 'content-type': formType },
      body,
    })
    expect(response.status).toBe(200)
    expect(vendor.received.at(-1)?.fields).toMatchObject({ model: 'hear-vendor', file: wave(2).length })
    const newer = await fetch(`${house.gateway.origin}/openai/v1/images/generations`, {
      method: 'POST',
      headers: { 'api-key': key, 'content-type': 'application/json' },
      body: '{"model":"draw","prompt":"a"}',
    })
    expect(newer.status).toBe(200)
  })
  it('says what these routes take in /openapi.json, and LiteLLM’s word for them in its logs', async () => {
    const { paths } = (await house.get('/openapi.json')).json as unknown as {
      paths: Record<string, { post: { requestBody: { content: Record<string, unknown> } } }>
    }
    expect(Object.keys(paths['/v1/audio/transcriptions']?.post.requestBody.content ?? {})).toEqual(['multipart/form-data'])
    expect(Object.keys(paths['/v1/images/edits']?.post.requestBody.content ?? {})).toEqual(['multipart/form-data', 'application/json'])
    const { id } = await send('/images/edits', { model: 'draw', prompt: 'a', images: [] })
    await house.closedRow(id)
    const logs = (await house.get(`/spend/logs?request_id=${id}`)).json as unknown as readonly { call_type: string }[]
    expect(logs[0]?.call_type).toBe('aimage_edit')
  })
  it('refuses a model whose provider does none of it, before anything is sent', async () => {
    const { response, bytes } = await send('/images/generations', { model: 'claude', prompt: 'a' })
    expect(response.status).toBe(400)
    expect(bytes.toString()).toContain('The model claude does not serve image requests.')
    const nobody = await send('/images/generations', { model: 'nobody', prompt: 'a' })
    expect(nobody.response.status).toBe(404)
  })
})
