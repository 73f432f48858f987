// What a passing stream shows while its bytes go by.
// Promises: bytes stay; facts are read without being misled by text.

import { describe, expect, it } from 'vitest'
import { createChatReader } from '../../../gateway/translate/openai-chat/read-reply.ts'
import { createOpenaiTap, readOpenaiFacts } from '../../../gateway/translate/openai-tap.ts'
import { createTextTally, type TextTally } from '../../../gateway/kit/text-tally.ts'
import { readAll, textOfBytes } from '../../conformance/recordings.ts'

const chunks = (...values: readonly unknown[]): Uint8Array =>
  Buffer.from(values.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join(''))
const delta = (value: object, finish: string | null = null): object => ({ id: 'c1', model: 'm', choices: [{ index: 0, delta: value, finish_reason: finish }] })
describe('tapping a passing stream', () => {
  const tap = (bytes: Uint8Array, stripUsage = true): { out: string; seen: ReturnType<typeof createOpenaiTap>['seen']; text: TextTally } => {
    const text = createTextTally()
    const made = createOpenaiTap({ stripUsage, text })
    return { out: textOfBytes([...made.push(bytes), made.end()]), seen: made.seen, text }
  }

  it('holds the end mark back and drops what follows it', () => {
    const made = createOpenaiTap({ stripUsage: false, text: createTextTally() })
    expect(textOfBytes(made.push(chunks(delta({ content: 'a' }), '[DONE]', delta({ content: 'late' }))))).not.toMatch(/DONE|late/)
    expect(textOfBytes([made.end()])).toBe('data: [DONE]\n\n')
    expect(made.seen.finished).toBe(true)
  })

  it('counts text, reasoning, arguments and refusals, and neither envelopes nor empty deltas', () => {
    const { seen, text } = tap(
      chunks(
        delta({ role: 'assistant', content: '' }),
        delta({ content: 'a"b\\é' }),
        delta({ reasoning_content: 'xyz' }),
        delta({ tool_calls: [{ index: 0, function: { arguments: '{"a' } }] }),
        delta({}, 'stop'),
        '[DONE]',
      ),
    )
    expect(seen).toMatchObject({ finished: true, usage: null, upstreamId: 'c1', model: 'm' })
    // As it is read, not as it is escaped.
    expect(text).toMatchObject({ deltas: 3, bytes: 6 + 3 + 3 })
  })

  it('keeps usage that rides on a chunk with choices, and the last one wins', () => {
    const bytes = chunks(
      { ...delta({ content: 'a' }), usage: { prompt_tokens: 1, completion_tokens: 1 } },
      { ...delta({}, 'stop'), usage: { prompt_tokens: 1, completion_tokens: 2 } },
      '[DONE]',
    )
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
    expect(tap(bytes)).toMatchObject({ out: textOfBytes([bytes]), seen: { usage: null, error: null }, text: { deltas: 2 } })
  })

  it('invents no end mark and loses no unfinished event', () => {
    expect(tap(Buffer.from('data: {"id":"c","choices":[')).out).toBe('data: {"id":"c","choices":[')
    expect(tap(new Uint8Array()).out).toBe('')
  })

  it.each([[42], [null], ['here you are'], [[]], [{}]])('finds no reply in %j', (body) => {
    expect(readOpenaiFacts(body, createTextTally())).toMatchObject({ usage: null, error: { message: 'The provider sent no reply of this format.' } })
  })

  it('decodes escapes as they stand, also where they are cut or damaged', () => {
    const bytes = Buffer.from('data: {"choices":[{"delta":{"content":"\\u00e9\\n"}}]}\n\ndata: {"choices":[{"delta":{"content":"\\u00zz"}}]}\n\n')
    expect(tap(bytes).text).toMatchObject({ deltas: 2, bytes: 3 + 6 })
  })

  it('tells text that came after the last report from text that came with it', () => {
    const reported = { ...delta({ content: 'ab' }), usage: { prompt_tokens: 1, completion_tokens: 1 } }
    expect(tap(chunks(reported))).toMatchObject({ seen: { textBytesAtUsage: 2 }, text: { bytes: 2 } })
    const alone = { id: 'c1', choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }
    expect(tap(chunks(delta({ content: 'ab' }), alone, '[DONE]'))).toMatchObject({ seen: { textBytesAtUsage: 2 }, text: { bytes: 2 } })
    expect(tap(chunks(reported, delta({ content: 'cde' })))).toMatchObject({ seen: { textBytesAtUsage: 2 }, text: { bytes: 5 } })
  })

  it('does not take a report of nothing for a correction', () => {
    const zero = { id: 'c', choices: [], usage: { prompt_tokens: 0, completion_tokens: 0 } }
    const good = { id: 'c', choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } }
    expect(tap(chunks(delta({ content: 'a' }), good, zero, '[DONE]')).seen.usage?.meters).toEqual({ input: 3, output: 4 })
    expect(tap(chunks(delta({ content: 'a' }), zero, good, '[DONE]')).seen.usage?.meters).toEqual({ input: 3, output: 4 })
  })

  it('finds usage in the choice that ends, as a translation does', () => {
    const usage = { prompt_tokens: 30, completion_tokens: 2, total_tokens: 32, cached_tokens: 20 }
    const meters = { input: 10, cacheRead: 20, output: 2 }
    const last = { id: 'c1', choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }], usage: null }
    const stream = chunks(delta({ content: 'ab' }), last, '[DONE]')
    expect(tap(stream)).toMatchObject({ out: textOfBytes([stream]), seen: { usage: { meters }, textBytesAtUsage: 2, finished: true } })
    expect(readAll(createChatReader(), [stream])).toContainEqual({ type: 'usage', usage: { meters, provenance: 'reported' } })
  })

  it('takes one of several choices for no report of all', () => {
    const usage = { prompt_tokens: 30, completion_tokens: 2 }
    const second = { id: 'c1', choices: [{ index: 1, delta: {}, finish_reason: 'stop', usage }] }
    const both = {
      id: 'c1',
      choices: [
        { index: 0, usage },
        { index: 1, usage },
      ],
    }
    for (const chunk of [second, both]) expect(tap(chunks(delta({ content: 'ab' }), chunk, '[DONE]')).seen.usage).toBeNull()
  })

  it('reads the facts of a whole reply', () => {
    const text = createTextTally()
    const body = {
      id: 'c',
      model: 'm',
      choices: [{ message: { content: 'héllo', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] } }],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    }
    expect(readOpenaiFacts(body, text)).toMatchObject({
      upstreamId: 'c',
      model: 'm',
      textBytesAtUsage: 9,
      usage: { meters: { input: 1, output: 2 } },
      finished: true,
      error: null,
    })
    expect(text.bytes).toBe(9)
  })
})
