// Transcriptions: bounded by how long a recording plays, billed by what the vendor heard.

import { describe, expect, it } from 'vitest'
import { field, recording } from '../../kit/media-scene.ts'
import { wave } from '../../kit/media-vendor.ts'
import { boundOf, factsOf, tapped } from '../../kit/media-wires.ts'

const id = 'openai-transcriptions'
const file = { name: 'talk.wav', type: 'audio/wav', bytes: 1 }

describe('a recording', () => {
  it('in PCM is bounded and known', () => {
    expect(boundOf(id, { file }, [field('prompt', 'x'), recording(wave(4))])).toMatchObject({
      mediaBytes: wave(4).length,
      units: { most: { seconds: 4 }, about: { seconds: 4 }, guessed: [], tokens: { inputAudio: 40 }, fillsWindow: true },
    })
  })
  it('in another format is guessed', () => {
    expect(boundOf(id, { file }, [recording(Buffer.alloc(80_000))]).units).toMatchObject({ most: {}, about: { seconds: 10 }, guessed: ['seconds'] })
  })
  it.each([[{}], [{ file: 'text' }], [{ file: [file, file] }]])('must be there, and be one: %j', (body) => {
    expect(() => boundOf(id, body, [field('a', 'b')])).toThrow('file must be one recording')
  })
})

describe('a reply', () => {
  it('says seconds or tokens', () => {
    expect(factsOf(id, { text: 'hé', usage: { type: 'duration', seconds: 9 } })).toMatchObject({
      text: 3,
      usage: { meters: { seconds: 9 }, provenance: 'reported' },
    })
    expect(factsOf(id, { text: '', duration: '2.5' }).usage?.meters).toEqual({ seconds: 2.5 })
    const usage = { type: 'tokens', input_tokens: 14, output_tokens: 3, input_token_details: { text_tokens: 4, audio_tokens: 10 } }
    expect(factsOf(id, { text: 'x', usage }).usage?.meters).toEqual({ input: 4, inputAudio: 10, output: 3 })
  })
  it.each([
    [{ type: 'duration', seconds: -1 }],
    [{ type: 'duration', seconds: 1e300 }],
    [{ type: 'tokens', input_tokens: 'x', output_tokens: 1 }],
    [null],
    ['x'],
  ])('with the usage %j reports nothing', (usage) => {
    expect(factsOf(id, { text: 'x', usage }).usage).toBeNull()
  })
  it('says seconds beside tokens, as Mistral does', () => {
    const usage = { prompt_audio_seconds: 203, prompt_tokens: 4, completion_tokens: 635, total_tokens: 3264 }
    expect(factsOf(id, { text: 'x', usage }).usage?.meters).toEqual({ seconds: 203, input: 4, output: 635 })
  })
  it('without text is an error', () => {
    expect(factsOf(id, { language: 'en' }).error?.message).toContain('without a transcript')
  })
  it('in pieces counts its text once', () => {
    const done = { type: 'transcript.text.done', text: 'ab', usage: { type: 'tokens', input_tokens: 1, output_tokens: 2 } }
    expect(tapped(id, [{ type: 'transcript.text.delta', delta: 'ab' }, done]).seen).toMatchObject({ textBytesAtUsage: 2, finished: true })
    expect(tapped(id, [done]).seen).toMatchObject({ textBytesAtUsage: 2, usage: { meters: { input: 1, output: 2 } } })
  })
})
