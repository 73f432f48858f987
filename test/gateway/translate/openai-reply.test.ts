// OpenAI-style replies: usage, streams read and written, the passing tap's particulars.
// Promises: quirks of real servers, one row each.

import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { WriterOptions } from '../../../gateway/contract/wire.ts'
import { createChatReader, readChatWhole } from '../../../gateway/translate/openai-chat/read-reply.ts'
import { createChatWriter, writeChatWhole } from '../../../gateway/translate/openai-chat/write-reply.ts'
import { createOpenaiTap, readOpenaiFacts } from '../../../gateway/translate/openai-tap.ts'
import { readOpenaiUsage, writeOpenaiUsage } from '../../../gateway/translate/openai-usage.ts'
import { failOpenai, readVendorError } from '../../../gateway/translate/vendor-error.ts'
import { readAll, textOfBytes } from '../../conformance/recordings.ts'

describe('usage', () => {
  it.each<[string, JsonObject, object]>([
    ['plain', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }, { input: 10, output: 5 }],
    ['with details', { prompt_tokens: 100, completion_tokens: 50, prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10, audio_tokens: 5 }, completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 4 } }, { input: 25, cacheRead: 60, cacheWrite: 10, inputAudio: 5, output: 16, reasoning: 30, outputAudio: 4 }],
    ['DeepSeek’s cache', { prompt_tokens: 30, completion_tokens: 2, prompt_cache_hit_tokens: 20, prompt_cache_miss_tokens: 10 }, { input: 10, cacheRead: 20, output: 2 }],
    ['details above their total', { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 99, audio_tokens: 4 }, completion_tokens_details: { reasoning_tokens: 9 } }, { input: 0, cacheRead: 10, output: 0, reasoning: 5 }],
    ['reasoning beside the total', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 22, completion_tokens_details: { reasoning_tokens: 7 } }, { input: 10, output: 5, reasoning: 7 }],
    ['embeddings', { prompt_tokens: 8, total_tokens: 8 }, { input: 8 }],
    ['a total alone', { total_tokens: 8 }, { input: 8 }],
    ['absurd numbers', { prompt_tokens: 1e300, completion_tokens: 5 }, { input: 0, output: 5 }],
  ])('%s', (_, usage, meters) => {
    expect(readOpenaiUsage(usage)).toEqual({ meters, provenance: 'reported' })
  })

  it.each([[null], [undefined], ['12'], [{}], [{ prompt_tokens: '12' }], [{ prompt_tokens: -1 }], [[]]])('%j says nothing', (usage) => {
    expect(readOpenaiUsage(usage)).toBeNull()
  })

  it('writes what it would read, with the names Roo Code looks for', () => {
    const meters = { input: 25, cacheRead: 60, cacheWrite: 10, cacheWrite1h: 5, output: 16, reasoning: 30 }
    const written = writeOpenaiUsage({ meters, provenance: 'reported' })
    expect(written).toMatchObject({ prompt_tokens: 100, completion_tokens: 46, total_tokens: 146, cache_read_input_tokens: 60, cache_creation_input_tokens: 15 })
    expect(readOpenaiUsage(written)?.meters).toEqual({ input: 25, cacheRead: 60, cacheWrite: 15, output: 16, reasoning: 30 })
  })
})

const chunks = (...values: readonly unknown[]): Uint8Array => Buffer.from(values.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join(''))
const delta = (value: object, finish: string | null = null): object => ({ id: 'c1', model: 'm', choices: [{ index: 0, delta: value, finish_reason: finish }] })
const read = (bytes: Uint8Array): readonly ReplyEvent[] => readAll(createChatReader(), [bytes])
const calls = (events: readonly ReplyEvent[]): readonly unknown[] => events.filter((event) => event.type === 'tool-start' || event.type === 'tool-delta')

describe('reading a stream', () => {
  it('numbers calls from 0 when a vendor starts at 1, leaves indices away, or uses one for all', () => {
    const one = (index: number | undefined, id: string, name: string): object => delta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '{}' } }] })
    const expected = [
      { type: 'tool-start', index: 0, id: 'a', name: 'f' }, { type: 'tool-delta', index: 0, argumentsText: '{}' },
      { type: 'tool-start', index: 1, id: 'b', name: 'g' }, { type: 'tool-delta', index: 1, argumentsText: '{}' },
    ]
    expect(calls(read(chunks(one(1, 'a', 'f'), one(2, 'b', 'g'), '[DONE]')))).toEqual(expected)
    expect(calls(read(chunks(one(undefined, 'a', 'f'), one(undefined, 'b', 'g'), '[DONE]')))).toEqual(expected)
    expect(calls(read(chunks(one(0, 'a', 'f'), one(0, 'b', 'g'), '[DONE]')))).toEqual(expected)
  })

  it('makes the same id every time for a call that has none, and takes arguments given as an object', () => {
    const bytes = chunks(delta({ tool_calls: [{ index: 0, function: { name: 'f', arguments: { a: 1 } } }] }), '[DONE]')
    const [start, args] = calls(read(bytes)) as [{ id: string }, { argumentsText: string }]
    expect(start.id).toMatch(/^call_[a-z0-9]+$/)
    expect(calls(read(bytes))).toEqual([start, args])
    expect(args.argumentsText).toBe('{"a":1}')
  })

  it('finishes with tool-calls when a vendor says "stop" after a call', () => {
    expect(read(chunks(delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f' } }] }), delta({}, 'stop'), '[DONE]'))).toContainEqual({ type: 'finish', reason: 'tool-calls' })
  })

  it.each<[string, Uint8Array, ReplyEvent]>([
    ['a plain error text', chunks(delta({ content: 'a' }), { error: 'boom' }), { type: 'error', message: 'boom', code: null }],
    ['a numbered error', chunks({ error: { message: 'no', code: 503 } }), { type: 'error', message: 'no', code: '503' }],
    ['a stream without any ending', chunks(delta({ content: 'a' })), { type: 'error', message: 'The provider broke off its reply.', code: 'upstream_cut' }],
    ['an end mark without a reason', chunks(delta({ content: 'a' }), '[DONE]'), { type: 'finish', reason: 'stop' }],
    ['broken JSON', chunks(delta({ content: 'a' }), '{"choices":'), { type: 'error', message: 'The provider sent a stream event that is not valid JSON: {"choices":', code: 'upstream_protocol' }],
    ['an unknown reason', chunks(delta({}, 'end_turn'), '[DONE]'), { type: 'finish', reason: 'stop' }],
    ['a filter', chunks(delta({}, 'content_filter'), '[DONE]'), { type: 'finish', reason: 'content-filter' }],
    ['OpenRouter’s reasoning', chunks(delta({ reasoning: 'hm' }), '[DONE]'), { type: 'reasoning-delta', text: 'hm' }],
    ['a refusal', chunks(delta({ refusal: 'no' }), '[DONE]'), { type: 'refusal-delta', text: 'no' }],
    ['letters that are no UTF-8', Buffer.concat([Buffer.from('data: {"choices":[{"delta":{"content":"'), Uint8Array.of(0xff), Buffer.from('"}}]}\n\ndata: [DONE]\n\n')]), { type: 'text-delta', text: '\uFFFD' }],
  ])('understands %s', (_, bytes, event) => {
    expect(read(bytes)).toContainEqual(event)
  })

  it('names a whole reply without choices', () => {
    expect(readChatWhole({ id: 'x', choices: [] }).at(-1)).toMatchObject({ type: 'error', code: 'upstream_protocol' })
  })
})

const options: WriterOptions = { id: '01X', model: 'pub', createdS: 1, request: {} }
function write(events: readonly ReplyEvent[], request: JsonObject = {}): readonly unknown[] {
  const writer = createChatWriter({ ...options, request })
  const text = textOfBytes([...events.map((event) => writer.write(event)), writer.end(), writer.end()])
  return text.split('\n\n').slice(0, -1).map((line) => (line === 'data: [DONE]' || line.startsWith(':') ? line : (JSON.parse(line.slice(6)) as unknown)))
}
const envelope = { id: 'chatcmpl-01X', object: 'chat.completion.chunk', created: 1, model: 'pub', system_fingerprint: null }
const chunk = (value: object, finish: string | null = null): object => ({ ...envelope, choices: [{ index: 0, delta: value, logprobs: null, finish_reason: finish }] })
const usage = { meters: { input: 3, output: 2 }, provenance: 'reported' } as const

describe('writing a stream', () => {
  it('says the role first, numbers tools, finishes once and ends once', () => {
    const lines = write([
      { type: 'reply-start', upstreamId: 'u', model: 'm' }, { type: 'keepalive' }, { type: 'reasoning-delta', text: 'hm' }, { type: 'reasoning-end', signature: 'sig' }, { type: 'text-delta', text: 'a' },
      { type: 'tool-start', index: 0, id: 'i', name: 'f' }, { type: 'tool-delta', index: 0, argumentsText: '{}' }, { type: 'usage', usage }, { type: 'finish', reason: 'tool-calls' }, { type: 'finish', reason: 'stop' }, { type: 'reply-end' },
    ])
    expect(lines).toEqual([
      ': keepalive', chunk({ role: 'assistant', content: '' }), chunk({ reasoning_content: 'hm', reasoning: 'hm' }), chunk({ thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'sig' }] }), chunk({ content: 'a' }),
      chunk({ tool_calls: [{ index: 0, id: 'i', type: 'function', function: { name: 'f', arguments: '' } }] }), chunk({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }), chunk({}, 'tool_calls'), 'data: [DONE]',
    ])
  })

  it('sends usage only to a caller who asked, in an event of its own', () => {
    const lines = write([{ type: 'text-delta', text: 'a' }, { type: 'finish', reason: 'length' }, { type: 'usage', usage }], { stream_options: { include_usage: true } })
    expect(lines.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } })
    expect(lines.slice(0, -2).every((line) => (line as { usage: unknown }).usage === null)).toBe(true)
  })

  it('writes nothing before there is something to say, so that an early error keeps its status', () => {
    const writer = createChatWriter(options)
    expect(writer.write({ type: 'reply-start', upstreamId: null, model: null })).toHaveLength(0)
    expect(writer.write({ type: 'text-delta', text: '' })).toHaveLength(0)
  })

  it('ends with an error event in the form clients look for, and with nothing after it', () => {
    const writer = createChatWriter(options)
    writer.write({ type: 'text-delta', text: 'a' })
    const error = { message: 'gone', type: 'server_error', code: 'upstream_cut' }
    expect(textOfBytes([writer.fail(error), writer.write({ type: 'text-delta', text: 'b' }), writer.end(), writer.fail(error)])).toBe(
      'data: {"error":{"message":"gone","type":"server_error","param":null,"code":"upstream_cut"}}\n\ndata: [DONE]\n\n',
    )
    expect(textOfBytes([failOpenai(error)])).toContain('"param":null')
  })

  it('gives a whole reply null content beside calls alone, and its reasoning in both spellings', () => {
    const whole = writeChatWhole([{ type: 'reasoning-delta', text: 'hm' }, { type: 'tool-start', index: 0, id: 'i', name: 'f' }, { type: 'tool-delta', index: 0, argumentsText: '{"a":1}' }, { type: 'usage', usage }, { type: 'finish', reason: 'tool-calls' }], options)
    expect(whole).toMatchObject({
      id: 'chatcmpl-01X', object: 'chat.completion', created: 1, model: 'pub', system_fingerprint: null, usage: { prompt_tokens_details: { cached_tokens: 0 } },
      choices: [{ index: 0, finish_reason: 'tool_calls', message: { role: 'assistant', content: null, refusal: null, reasoning_content: 'hm', reasoning: 'hm', tool_calls: [{ id: 'i', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }] } }],
    })
    expect(writeChatWhole([{ type: 'finish', reason: 'stop' }], options)).toMatchObject({ choices: [{ message: { content: '' } }] })
  })
})

describe('tapping a passing stream', () => {
  const tap = (bytes: Uint8Array, stripUsage = true): { out: string; seen: ReturnType<typeof createOpenaiTap>['seen'] } => {
    const made = createOpenaiTap({ stripUsage })
    return { out: textOfBytes([...made.push(bytes), made.end()]), seen: made.seen }
  }

  it('holds the end mark back and drops what follows it', () => {
    const made = createOpenaiTap({ stripUsage: false })
    expect(textOfBytes(made.push(chunks(delta({ content: 'a' }), '[DONE]', delta({ content: 'late' }))))).not.toMatch(/DONE|late/)
    expect(textOfBytes([made.end()])).toBe('data: [DONE]\n\n')
    expect(made.seen.finished).toBe(true)
  })

  it('counts text, reasoning, arguments and refusals, and neither envelopes nor empty deltas', () => {
    const { seen } = tap(chunks(delta({ role: 'assistant', content: '' }), delta({ content: 'a"b\\' }), delta({ reasoning_content: 'xyz' }), delta({ tool_calls: [{ index: 0, function: { arguments: '{"a' } }] }), delta({}, 'stop'), '[DONE]'))
    expect(seen).toMatchObject({ deltas: 3, deltaBytes: 6 + 3 + 4, finished: true, usage: null, upstreamId: 'c1', model: 'm' })
  })

  it('keeps usage that rides on a chunk with choices, and the last one wins', () => {
    const bytes = chunks({ ...delta({ content: 'a' }), usage: { prompt_tokens: 1, completion_tokens: 1 } }, { ...delta({}, 'stop'), usage: { prompt_tokens: 1, completion_tokens: 2 } }, '[DONE]')
    expect(tap(bytes)).toMatchObject({ out: textOfBytes([bytes]), seen: { usage: { meters: { input: 1, output: 2 } } } })
  })

  it('takes an event without choices for the usage event as well', () => {
    expect(tap(chunks({ id: 'c', usage: { prompt_tokens: 1, completion_tokens: 2 } }, '[DONE]')).out).toBe('data: [DONE]\n\n')
  })

  it('shows a vendor’s error and passes it on', () => {
    const bytes = chunks(delta({ content: 'a' }), { error: { message: 'overloaded', type: 'server_error', code: null } })
    expect(tap(bytes)).toMatchObject({ out: textOfBytes([bytes]), seen: { error: { message: 'overloaded', type: 'server_error' }, finished: false } })
  })

  it('is not misled by words in the text', () => {
    const bytes = chunks(delta({ content: '"usage":{"prompt_tokens":1} "error":{} [DONE] \\' }), delta({ content: 'usage' }), '[DONE]')
    expect(tap(bytes)).toMatchObject({ out: textOfBytes([bytes]), seen: { usage: null, error: null, deltas: 2 } })
  })

  it('invents no end mark and loses no unfinished event', () => {
    expect(tap(Buffer.from('data: {"id":"c","choices":[')).out).toBe('data: {"id":"c","choices":[')
    expect(tap(new Uint8Array()).out).toBe('')
  })

  it('reads the facts of a whole reply', () => {
    expect(readOpenaiFacts({ id: 'c', model: 'm', choices: [{ message: { content: 'héllo', tool_calls: [{ function: { arguments: '{}' } }] } }], usage: { prompt_tokens: 1, completion_tokens: 2 } })).toMatchObject({
      upstreamId: 'c', model: 'm', deltas: 1, deltaBytes: 8, usage: { meters: { input: 1, output: 2 } }, finished: true, error: null,
    })
  })
})

it.each<[unknown, object]>([
  [{ error: { message: 'm', type: 't', param: 'p', code: 'c' } }, { message: 'm', type: 't', param: 'p', code: 'c' }],
  [[{ error: { code: 400, message: 'm', status: 'INVALID_ARGUMENT' } }], { message: 'm', code: '400' }],
  [{ detail: 'Not Found' }, { message: 'Not Found' }],
  [{ detail: [{ loc: ['body', 'messages'], msg: 'Field required' }] }, { message: 'body.messages: Field required' }],
  ['<html>Bad Gateway</html>', { message: '<html>Bad Gateway</html>' }],
  [{}, { message: 'status 502 without a message' }],
  [null, { message: 'status 502 without a message' }],
])('an error body %j says %j', (body, expected) => {
  expect(readVendorError(502, body)).toMatchObject(expected)
})
