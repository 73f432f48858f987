// The real OpenAI SDK draws, speaks, listens and judges through the gateway, at a mock and at a vendor of our own.
// Promises: what the SDK reads is what the upstream said; each call has its row. Leaves alone: bytes and money to the last digit (media-….test.ts).

import { LLMock } from '@copilotkit/aimock'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { imageUsage, picture, sound, startMediaVendor, subtitles, transcript, wave, type MediaVendor } from '../kit/media-vendor.ts'

const entry = (name: string, origin: string, prices: string): string => `
  - model_name: ${name}
    litellm_params: { model: openai/${name}, api_base: "${origin}/v1", api_key: os.environ/VENDOR_KEY, ${prices} }`
const config = (mock: string, vendor: string): string =>
  `model_list:${[
    entry('mock-image', mock, 'output_cost_per_image: 0.04'),
    entry('mock-speech', mock, 'input_cost_per_character: 0.000015'),
    entry('mock-hear', mock, 'input_cost_per_second: 0.0001'),
    entry('mock-judge', mock, 'input_cost_per_request: 0.0001'),
    entry('image', vendor, 'output_cost_per_image: 0.04'),
    entry('speech', vendor, 'input_cost_per_character: 0.000015'),
    entry('hear', vendor, 'input_cost_per_second: 0.0001'),
    entry('judge', vendor, 'input_cost_per_request: 0.0001'),
  ].join('')}\n`

describe('the OpenAI SDK', () => {
  const mock = new LLMock({ port: 0, logLevel: 'silent' })
  let vendor: MediaVendor
  let house: House
  let client: OpenAI
  beforeAll(async () => {
    mock
      .onImage('a cat', { images: [{ b64Json: picture }, { b64Json: picture }] })
      .onSpeech('say it', { audio: Buffer.concat(sound).toString('base64'), format: 'mp3' })
      .onTranscription({ transcription: { text: transcript, language: 'german', duration: 3 } })
      .onTranslation({ transcription: { text: 'Hello' } })
      .onModerate(/bad/, { flagged: true, categories: { violence: true } })
    await mock.start()
    vendor = await startMediaVendor()
    house = await startHouse({ config: config(mock.url, vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
    const { key } = await house.key({ max_budget: 100 })
    client = new OpenAI({ baseURL: house.baseUrl, apiKey: key, maxRetries: 0 })
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
    await mock.stop()
  })
  const rowOf = async (response: Response): Promise<unknown> => await house.closedRow(response.headers.get('x-request-id') ?? '')
  const talk = async (): Promise<File> => await toFile(wave(3), 'talk.wav', { type: 'audio/wav' })

  it('draws at the mock', async () => {
    const { data, response } = await client.images.generate({ model: 'mock-image', prompt: 'a cat', n: 2 }).withResponse()
    expect(data.data?.map((image) => image.b64_json)).toEqual([picture, picture])
    expect(await rowOf(response)).toMatchObject({ operation: 'image', end: 'answered', costUsd: '0.080000000' })
    const edited = await client.images.edit({
      model: 'mock-image',
      prompt: 'a cat',
      image: await toFile(Buffer.from(picture, 'base64'), 'a.png', { type: 'image/png' }),
    })
    expect(edited.data).toHaveLength(2)
  })
  it('speaks at the mock', async () => {
    const response = await client.audio.speech.create({ model: 'mock-speech', input: 'say it', voice: 'alloy' })
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.concat(sound))).toBe(true)
    expect(await rowOf(response)).toMatchObject({ operation: 'speech', end: 'answered', costUsd: '0.000090000' })
  })
  /** Announced to end (openai 7.55.0), and spoken by many until then. */
  interface Translations {
    create(body: { readonly model: string; readonly file: File }): PromiseLike<{ readonly text: string }>
  }
  it('listens at the mock, in its own language and in English', async () => {
    const { data, response } = await client.audio.transcriptions.create({ model: 'mock-hear', file: await talk() }).withResponse()
    expect(data.text).toBe(transcript)
    expect(await rowOf(response)).toMatchObject({ operation: 'transcription', end: 'answered', costUsd: '0.000300000' })
    const translations: Translations = client.audio.translations
    expect((await translations.create({ model: 'mock-hear', file: await talk() })).text).toBe('Hello')
  })
  it('judges at the mock', async () => {
    const { data, response } = await client.moderations.create({ model: 'mock-judge', input: 'something bad' }).withResponse()
    expect(data.results[0]?.flagged).toBe(true)
    expect(await rowOf(response)).toMatchObject({ operation: 'moderation', end: 'answered', costUsd: '0.000100000' })
  })

  it('draws in steps, from a prompt and from pictures', async () => {
    const events: string[] = []
    const made = await client.images.generate({ model: 'image', prompt: 'a cat', stream: true, partial_images: 2 })
    for await (const event of made) events.push(event.type)
    const images = [await toFile(Buffer.from('a'), 'a.png'), await toFile(Buffer.from('b'), 'b.png')]
    for await (const event of await client.images.edit({ model: 'image', prompt: 'more', image: images, stream: true })) {
      events.push(event.type)
      if (event.type === 'image_edit.completed') expect(event.usage).toEqual(imageUsage)
    }
    const kinds = ['image_generation', 'image_edit'].flatMap((kind) => [`${kind}.partial_image`, `${kind}.partial_image`, `${kind}.completed`])
    expect(events).toEqual(kinds)
  })
  it('speaks while it is made, and as events', async () => {
    const spoken = await client.audio.speech.create({ model: 'speech', input: 'hello', voice: 'coral', response_format: 'mp3' })
    expect(spoken.headers.get('content-type')).toBe('audio/mpeg')
    expect(Buffer.from(await spoken.arrayBuffer()).equals(Buffer.concat(sound))).toBe(true)
    const told = await client.audio.speech.create({ model: 'speech', input: 'hello', voice: 'coral', stream_format: 'sse' })
    const deltas = [...(await told.text()).matchAll(/"audio":"([^"]+)"/g)].map(([, audio = '']) => Buffer.from(audio, 'base64'))
    expect(Buffer.concat(deltas).equals(Buffer.concat(sound))).toBe(true)
    expect(await rowOf(told)).toMatchObject({ stream: true, costUsd: '0.000075000' })
  })
  it('listens in every format, streamed too', async () => {
    const asked = { model: 'hear', language: 'de', timestamp_granularities: ['word' as const] }
    expect(await client.audio.transcriptions.create({ ...asked, file: await talk(), response_format: 'srt' })).toBe(subtitles)
    expect(await client.audio.transcriptions.create({ ...asked, file: await talk(), response_format: 'vtt' })).toBe(`WEBVTT\n\n${subtitles}`)
    expect(await client.audio.transcriptions.create({ ...asked, file: await talk(), response_format: 'text' })).toBe(`${transcript}\n`)
    const verbose = await client.audio.transcriptions.create({ ...asked, file: await talk(), response_format: 'verbose_json' })
    expect(verbose).toMatchObject({ text: transcript, duration: 2.6, usage: { seconds: 3 } })
    let said = ''
    let end: string | null = null
    for await (const event of await client.audio.transcriptions.create({ ...asked, file: await talk(), stream: true })) {
      if (event.type === 'transcript.text.delta') said += event.delta
      if (event.type === 'transcript.text.done') end = event.text
    }
    expect([said, end]).toEqual([transcript, transcript])
    expect(vendor.received.at(-1)?.fields).toMatchObject({ model: 'hear', stream: 'true', file: wave(3).length, 'timestamp_granularities[]': 'word' })
  })
  it('hears once what it sends twice under one Idempotency-Key, though each time the form has another boundary', async () => {
    const before = vendor.received.length
    const once = { headers: { 'Idempotency-Key': 'one-talk' } }
    const [first, again] = [
      await client.audio.transcriptions.create({ model: 'hear', file: await talk() }, once),
      await client.audio.transcriptions.create({ model: 'hear', file: await talk() }, once),
    ]
    expect(again).toEqual(first)
    expect(vendor.received).toHaveLength(before + 1)
    await expect(client.audio.transcriptions.create({ model: 'hear', file: await talk(), language: 'en' }, once)).rejects.toMatchObject({ status: 409 })
  })
  it('judges texts and pictures', async () => {
    const input = [
      { type: 'text' as const, text: 'a' },
      { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AAAA' } },
    ]
    const judged = await client.moderations.create({ model: 'judge', input })
    expect(judged.results[0]?.flagged).toBe(false)
    expect(vendor.received.at(-1)?.fields).toEqual({ model: 'judge', input })
  })
  it('reads a refusal as its own error', async () => {
    vendor.behave(() => ({ status: 400, body: '{"error":{"message":"Invalid voice","type":"invalid_request_error","param":"voice","code":"bad_voice"}}' }))
    await expect(client.audio.speech.create({ model: 'speech', input: 'a', voice: 'nobody' })).rejects.toMatchObject({
      status: 400,
      code: 'bad_voice',
      param: 'voice',
    })
    vendor.behave(() => ({}))
    await expect(client.images.generate({ model: 'hear-nothing', prompt: 'a' })).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })
})
