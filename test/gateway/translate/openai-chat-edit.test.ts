// Edits in a Chat Completions body that otherwise passes.
// Promises: the declared members change and no other byte.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { PassEdits } from '../../../gateway/contract/wire.ts'
import { editChat } from '../../../gateway/translate/openai-chat/edit.ts'
import { seed } from '../../conformance/recordings.ts'

const edits: PassEdits = { model: 'gpt-x', askUsage: false, quirks: {}, defaults: {} }
function edit(text: string, change: Partial<PassEdits>): { text: string; stripUsage: boolean; same: boolean } {
  const raw = Buffer.from(text)
  const passed = editChat(raw, JSON.parse(text) as JsonObject, { ...edits, ...change })
  return { text: Buffer.from(passed.body).toString('utf8'), stripUsage: passed.stripUsage, same: passed.body === raw }
}

describe('editing in place', () => {
  it('gives the very same bytes back when nothing changes', () => {
    expect(edit('{ "model" : "gpt-x", "messages":[] }', {})).toMatchObject({ same: true, stripUsage: false })
  })

  it.each<[string, string, Partial<PassEdits>, string]>([
    ['the model name', '{ "x":1.0, "model" : "alias" ,"messages":[{"model":"alias"}]}', {}, '{ "x":1.0, "model" : "gpt-x" ,"messages":[{"model":"alias"}]}'],
    ['the cap the caller sent', '{"model":"gpt-x","max_completion_tokens":900}', { outputTokensMax: 50 }, '{"model":"gpt-x","max_completion_tokens":50}'],
    [
      'each cap above the budget',
      '{"model":"gpt-x","max_tokens":20,"max_completion_tokens":900}',
      { outputTokensMax: 50 },
      '{"model":"gpt-x","max_tokens":20,"max_completion_tokens":50}',
    ],
    ['a cap that means "endless" somewhere', '{"model":"gpt-x","max_tokens":-1}', { outputTokensMax: 50 }, '{"model":"gpt-x","max_tokens":50}'],
    ['a cap as text', '{"model":"gpt-x","max_tokens":"9"}', { outputTokensMax: 50 }, '{"model":"gpt-x","max_tokens":50}'],
    [
      'the vendor’s cap when none was sent',
      '{"model":"gpt-x"}',
      { outputTokensMax: 50, quirks: { outputCapField: 'max_completion_tokens' } },
      '{"max_completion_tokens":50,"model":"gpt-x"}',
    ],
    ['the usual cap when none was sent', '{"model":"gpt-x","max_tokens":null}', { outputTokensMax: 50 }, '{"model":"gpt-x","max_tokens":50}'],
    [
      'defaults that were left out',
      '{"model":"gpt-x","temperature":0}',
      { defaults: { temperature: 1, seed: 7, model: 'no', stream: true } },
      '{"seed":7,"model":"gpt-x","temperature":0}',
    ],
    [
      'no default cap over a caller’s own',
      '{"model":"gpt-x","max_completion_tokens":5}',
      { defaults: { max_tokens: 100 } },
      '{"model":"gpt-x","max_completion_tokens":5}',
    ],
    ['the lower of default and budget', '{"model":"gpt-x"}', { outputTokensMax: 50, defaults: { max_tokens: 10 } }, '{"max_tokens":10,"model":"gpt-x"}'],
    ['a member that is there twice', '{"model":"a","model":"b"}', {}, '{"model":"gpt-x","model":"gpt-x"}'],
  ])('changes %s and no other byte', (_, before, change, after) => {
    expect(edit(before, change).text).toBe(after)
  })

  it('asks for usage only in streams whose caller did not, and says so', () => {
    const ask = { askUsage: true }
    expect(edit('{"model":"gpt-x","stream":true}', ask)).toMatchObject({
      text: '{"stream_options":{"include_usage":true},"model":"gpt-x","stream":true}',
      stripUsage: true,
    })
    expect(edit('{"model":"gpt-x","stream":true,"stream_options":{"a":1}}', ask)).toMatchObject({
      text: '{"model":"gpt-x","stream":true,"stream_options":{"a":1,"include_usage":true}}',
      stripUsage: true,
    })
    expect(edit('{"model":"gpt-x","stream":true,"stream_options":{"include_usage":true}}', ask)).toMatchObject({ same: true, stripUsage: false })
    expect(edit('{"model":"gpt-x"}', ask)).toMatchObject({ same: true, stripUsage: false })
    expect(edit('{"model":"gpt-x","stream":true}', {})).toMatchObject({ same: true, stripUsage: false })
  })

  it('changes exactly the edited members of any body', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string({ minLength: 1 }), (fields, model) => {
        const body = JSON.parse(JSON.stringify({ ...fields, model: 'alias', stream: true })) as JsonObject
        const after = JSON.parse(edit(JSON.stringify(body), { model, askUsage: true }).text) as JsonObject
        const { stream_options: options, ...rest } = after
        const { stream_options: before, ...expected } = body
        expect(rest).toEqual({ ...expected, model })
        expect(options).toEqual({ ...(typeof before === 'object' && before !== null && !Array.isArray(before) ? before : {}), include_usage: true })
      }),
      { seed },
    )
  })
})
