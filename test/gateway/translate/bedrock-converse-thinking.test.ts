// How much a model on Bedrock is asked to think through Converse, where its family has a rule of its own.
// Promises: never a combination that the vendor rejects; what is lost is named. Leaves alone: everything else of a request (bedrock-converse-request).

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { WriteTarget } from '../../../gateway/contract/wire.ts'
import { readMessagesRequest } from '../../../gateway/translate/anthropic-messages/read-request.ts'
import { writeConverse } from '../../../gateway/translate/bedrock-converse/write-request.ts'
import { writeGemini } from '../../../gateway/translate/gemini-generate/write-request.ts'
import { writeOllama } from '../../../gateway/translate/ollama-chat/write-request.ts'
import { writeChat } from '../../../gateway/translate/openai-chat/write-request.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'

const plain: WriteTarget = { model: 'm', stream: false, outputTokensMax: 700, settings: {}, quirks: {} }
function write(body: JsonObject, target: Partial<WriteTarget>): { readonly body: JsonObject; readonly dropped: readonly string[] } {
  const written = writeConverse(readChat({ messages: [{ role: 'user', content: 'hi' }], ...body }), { ...plain, ...target })
  return { body: JSON.parse(JSON.stringify(written.body)) as JsonObject, dropped: written.dropped }
}

describe('a request', () => {
  it.each<[string, unknown, unknown]>([
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', { thinking: { type: 'disabled' } }, undefined],
    ['anthropic.claude-opus-4-7', undefined, undefined],
    ['global.anthropic.claude-opus-5', { thinking: { type: 'disabled' } }, undefined],
    ['global.anthropic.claude-sonnet-5-5', { thinking: { type: 'between_tools' } }, undefined],
    ['global.anthropic.claude-opus-5-5', undefined, { effort: 'low' }],
    ['anthropic.claude-mythos-5', undefined, { effort: 'low' }],
  ])('tells %s not to think in the way it takes', (model, fields, outputConfig) => {
    const { body } = write({ reasoning_effort: 'none' }, { model })
    expect([body['additionalModelRequestFields'], body['outputConfig']]).toEqual([fields, outputConfig])
  })

  it.each<[string, JsonObject, Partial<WriteTarget>, JsonObject]>([
    ['no cap', {}, { outputTokensAsked: null }, { effort: 'high', cap: undefined, dropped: ['temperature'] }],
    ['a caller’s cap', { max_tokens: 500 }, { outputTokensMax: 500 }, { effort: 'medium', cap: 500, dropped: ['reasoning_effort'] }],
    ['a budget’s cap', {}, { outputTokensMax: 300, outputTokensAsked: 300 }, { effort: 'medium', cap: 300, dropped: ['reasoning_effort'] }],
    ['a deployment’s cap', {}, { outputTokensAsked: null, settings: { max_tokens: 200 } }, { effort: 'medium', cap: 200, dropped: ['reasoning_effort'] }],
  ])('asks Nova 2 for no more thinking than may stand beside %s', (_title, asked, target, { effort, cap, dropped }) => {
    const written = write({ reasoning_effort: 'high', temperature: 0.3, ...asked }, { model: 'us.amazon.nova-2-lite-v1:0', ...target })
    expect(written.body['additionalModelRequestFields']).toEqual({ reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } })
    expect((written.body['inferenceConfig'] as JsonObject | undefined)?.['maxTokens']).toBe(cap)
    expect(written.dropped).toEqual(dropped)
  })
})

describe('a Messages caller who wants no thinking', () => {
  const pivot = readMessagesRequest({ max_tokens: 50, thinking: { type: 'disabled' }, messages: [{ role: 'user', content: 'hi' }] })
  const target = (model: string, more: Partial<WriteTarget> = {}): WriteTarget => ({ ...plain, model, reasons: true, ...more })
  it.each<[string, unknown]>([
    ['global.anthropic.claude-opus-5', { thinking: { type: 'disabled' } }],
    ['global.anthropic.claude-sonnet-5-5', { thinking: { type: 'between_tools' } }],
    ['anthropic.claude-3-5-haiku-20241022-v1:0', undefined],
    ['openai.gpt-oss-120b-1:0', undefined],
  ])('tells %s so, where it knows a word for it', (model, fields) => {
    const written = writeConverse(pivot, target(model, { settings: { thinking: { type: 'adaptive' } } }))
    expect([written.body['additionalModelRequestFields'], written.dropped]).toEqual([fields, []])
  })
  it('gets its whole cap for the answer from Gemini and Ollama, whose models think unasked', () => {
    expect(writeGemini(pivot, target('gemini-2.5-flash')).body['generationConfig']).toMatchObject({ thinkingConfig: { thinkingBudget: 0 } })
    expect(writeOllama(pivot, target('qwen3:8b', { reasons: false })).body['think']).toBe(false)
  })
  it('is answered by OpenAI’s models, most of which refuse the word', () => {
    const { body, dropped } = writeChat(pivot, target('o3'))
    expect([body['reasoning_effort'], dropped]).toEqual([undefined, []])
  })
})
