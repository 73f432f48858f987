// Events as long as pictures: let through whole for those who asked for pictures, and for nobody else.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { Tap, Wire, WriterOptions } from '../../../gateway/contract/wire.ts'
import { createTextTally } from '../../../gateway/kit/text-tally.ts'
import { createMessagesTap } from '../../../gateway/translate/anthropic-messages/tap.ts'
import { readGeminiWhole } from '../../../gateway/translate/gemini-generate/read-reply.ts'
import { createGeminiTap } from '../../../gateway/translate/gemini-generate/tap.ts'
import { writeGemini } from '../../../gateway/translate/gemini-generate/write-request.ts'
import { wires } from '../../../gateway/translate/index.ts'
import { readChatWhole } from '../../../gateway/translate/openai-chat/read-reply.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'
import { createOpenaiTap } from '../../../gateway/translate/openai-tap.ts'
import { editResponses } from '../../../gateway/translate/openai-responses/edit.ts'
import { createResponsesTap } from '../../../gateway/translate/openai-responses/tap.ts'
import { mayBringPictures } from '../../../gateway/translate/pictures.ts'

describe('a picture may come', () => {
  it.each<[string, JsonObject, string]>([
    ['with Gemini’s modalities', { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } }, 'm'],
    ['with Gemini’s modalities in snakes', { generation_config: { response_modalities: ['Image'] } }, 'm'],
    ['with OpenRouter’s modalities', { modalities: ['image', 'text'] }, 'm'],
    ['with OpenAI’s tool', { tools: [{ type: 'web_search' }, { type: 'image_generation' }] }, 'm'],
    ['from a model that is named for it', {}, 'gemini-2.5-flash-image'],
    ['with a file that Anthropic fetches', { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] }, 'm'],
    ['from servers that Anthropic asks', { mcp_servers: [{ type: 'url', url: 'https://a.example', name: 'a' }] }, 'm'],
    ['with what OpenAI runs', { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] }, 'm'],
    ['with what Gemini runs', { tools: [{ code_execution: {} }] }, 'm'],
  ])('%s', (_name, body, model) => {
    expect(mayBringPictures(body, model)).toBe(true)
  })
  it.each<[string, JsonObject]>([
    ['text', { messages: [] }],
    ['sound', { modalities: ['text', 'audio'] }],
    ['tools of one’s own', { tools: [{ type: 'function', function: { name: 'image_generation' } }] }],
    ['a search', { tools: [{ type: 'web_search_20250305', name: 'web_search' }, { type: 'web_search' }, { googleSearch: {} }] }],
    ['nonsense', { modalities: 'image', tools: 'image_generation', generationConfig: 7 }],
  ])('and not for %s', (_name, body) => {
    expect(mayBringPictures(body, 'gpt-5')).toBe(false)
  })
})

const data = 'iVBORw0KGgo'.repeat(300_000)
const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`
const geminiUsage = { promptTokenCount: 5, candidatesTokenCount: 1290, totalTokenCount: 1295 }
const streams: readonly (readonly [string, (pictures: boolean) => Tap, string])[] = [
  [
    'Gemini',
    (pictures) => createGeminiTap({ text: createTextTally(), pictures }),
    event({ candidates: [{ content: { parts: [{ inlineData: { mimeType: 'image/png', data } }] } }], usageMetadata: geminiUsage }) +
      event({ candidates: [{ content: { parts: [] }, finishReason: 'STOP' }], usageMetadata: geminiUsage }),
  ],
  [
    'Responses',
    (pictures) => createResponsesTap({ text: createTextTally(), pictures }),
    event({ type: 'response.output_item.done', item: { type: 'image_generation_call', result: data } }) +
      event({ type: 'response.completed', response: { output: [], usage: { input_tokens: 5, output_tokens: 1290, total_tokens: 1295 } } }),
  ],
  [
    'Chat',
    (pictures) => createOpenaiTap({ stripUsage: false, text: createTextTally(), pictures }),
    event({ id: 'c', choices: [{ index: 0, delta: { images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }] } }] }) +
      event({ id: 'c', choices: [], usage: { prompt_tokens: 5, completion_tokens: 1290, total_tokens: 1295 } }),
  ],
  [
    'Messages',
    (pictures) => createMessagesTap({ text: createTextTally(), pictures }),
    event({ type: 'message_start', message: { id: 'm', usage: { input_tokens: 5, output_tokens: 1 } } }) +
      event({ type: 'content_block_start', index: 0, content_block: { type: 'web_fetch_tool_result', content: { content: { source: { data } } } } }) +
      event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }) +
      event({ type: 'message_stop' }),
  ],
]

describe.each(streams)('a stream of %s with a picture of three megabytes', (_name, createTap, text) => {
  const pieces = Array.from({ length: Math.ceil(text.length / 65_536) }, (_, index) => Buffer.from(text.slice(index * 65_536, (index + 1) * 65_536)))
  it('passes byte for byte, and its usage is read', () => {
    const tap = createTap(true)
    const out = [...pieces.flatMap((piece) => tap.push(piece)), tap.end()]
    expect(Buffer.concat(out).equals(Buffer.from(text))).toBe(true)
    expect(tap.seen.usage?.meters).toMatchObject({ input: 5 })
  })
  it('is one line too long for a call that asked for none', () => {
    const tap = createTap(false)
    expect(() => pieces.forEach((piece) => tap.push(piece))).toThrow(/longer than 1048576 bytes/)
  })
})

describe('a passing Responses call', () => {
  const input = 'x'.repeat(2_000_000)
  it.each<[string, JsonObject, boolean]>([
    ['long instructions', { instructions: input, input: 'hi' }, true],
    ['long tools', { tools: [{ type: 'function', name: 'f', description: input }], input: 'hi' }, true],
    ['a long input, which no event repeats', { instructions: 'Be brief.', input }, false],
  ])('may be answered in long events where it has %s', (_name, body, expected) => {
    const edits = { model: 'm', askUsage: true, quirks: {}, defaults: {} }
    expect(editResponses(Buffer.from(JSON.stringify({ model: 'm', ...body })), { model: 'm', ...body }, edits).pictures).toBe(expected)
  })
})

describe('a picture in a reply that is translated', () => {
  const inline = { mimeType: 'image/png', data: 'aGk=' }
  const part = (more: object = {}): object => ({ inlineData: inline, ...more })
  const body = (parts: readonly object[]): object => ({ candidates: [{ content: { parts }, finishReason: 'STOP' }] })
  const image = { image_url: { url: 'data:image/png;base64,aGk=' } }
  const picture = { type: 'picture', mediaType: 'image/png', data: 'aGk=' }
  const options: WriterOptions = { id: '1', model: 'm', createdS: 0, request: {} }

  it('is read as Gemini writes it, drafts and sound left out', () => {
    expect(readGeminiWhole(body([part(), { inline_data: { mime_type: 'image/png', data: 'aGk=' } }])).filter(({ type }) => type === 'picture')).toEqual([
      picture,
      picture,
    ])
    const others = [part({ thought: true }), { inlineData: { mimeType: 'audio/wav', data: 'aGk=' } }, { inlineData: { mimeType: 'image/png' } }]
    expect(readGeminiWhole(body(others)).filter(({ type }) => type === 'picture')).toEqual([])
  })
  it('is read as OpenRouter and LiteLLM write it, and not from an address', () => {
    const images = [image, { image_url: { url: 'https://vendor.example/a.png' } }, {}, 'x']
    const reply = { choices: [{ message: { content: 'Here.', images }, finish_reason: 'stop' }] }
    expect(readChatWhole(reply).filter(({ type }) => type === 'picture')).toEqual([picture])
  })
  it('is written in each dialect that has a form for it, streamed as whole', () => {
    const events = readGeminiWhole(body([{ text: 'Here.' }, part(), part()]))
    const streamed = (wire: Wire): string => {
      const writer = wire.inbound?.createWriter(options)
      return Buffer.concat([...events.map((event) => writer?.write(event) ?? new Uint8Array()), writer?.end() ?? new Uint8Array()]).toString()
    }
    const written = (wire: Wire): unknown => wire.inbound?.writeWhole(events, options)
    const [first, second] = [0, 1].map((index) => ({ type: 'image_url', index, ...image }))
    expect(written(wires['openai-chat'])).toMatchObject({ choices: [{ message: { content: 'Here.', images: [first, second] } }] })
    for (const one of [first, second]) expect(streamed(wires['openai-chat'])).toContain(`"delta":${JSON.stringify({ images: [one] })}`)
    expect(written(wires['gemini-generate'])).toMatchObject(body([{ text: 'Here.' }, part(), part()]))
    expect(streamed(wires['gemini-generate']).split(JSON.stringify(part()))).toHaveLength(3)
    expect(written(wires['ollama-chat'])).toMatchObject({ message: { content: 'Here.', images: ['aGk=', 'aGk='] } })
    expect(streamed(wires['ollama-chat']).split('"images":["aGk="]')).toHaveLength(3)
    const made = { type: 'image_generation_call', status: 'completed', result: 'aGk=' }
    expect(written(wires['openai-responses'])).toMatchObject({ output: [{ type: 'message' }, made, made] })
    expect(streamed(wires['openai-responses']).split('event: response.output_item.done')).toHaveLength(4)
    // Anthropic's replies have no pictures; what was said is not harmed.
    expect(written(wires['anthropic-messages'])).toMatchObject({ content: [{ type: 'text', text: 'Here.' }] })
  })
  it('is asked of Gemini by the modalities of a chat', () => {
    const ask = (modalities: readonly string[]) =>
      writeGemini(readChat({ model: 'm', messages: [{ role: 'user', content: 'x' }], modalities }), {
        model: 'gemini-3-pro',
        stream: true,
        outputTokensMax: 9,
        settings: {},
        quirks: {},
      })
    expect(ask(['text', 'image'])).toMatchObject({ body: { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } }, dropped: [], pictures: true })
    expect(ask(['text', 'audio'])).toMatchObject({ body: { generationConfig: { responseModalities: undefined } }, dropped: ['modalities'], pictures: false })
  })
})
