// InvokeModel as it passes: each family's body bounded by its members, capped where it has a cap, and what was used read wherever it stands.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { PassEdits } from '../../../gateway/contract/wire.ts'
import { createTextTally } from '../../../gateway/kit/text-tally.ts'
import { bedrockInvoke } from '../../../gateway/translate/bedrock-invoke/bedrock-invoke.ts'
import { createMessageSplitter } from '../../../gateway/translate/event-stream.ts'
import { encodeEvent } from '../../kit/event-stream.ts'

const pass = bedrockInvoke.pass ?? expect.fail()
const claude = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] }
const nova = { schemaVersion: 'messages-v1', messages: [{ role: 'user', content: [{ text: 'hi' }] }], inferenceConfig: { maxTokens: 40, temperature: 0.1 } }

describe('a bound', () => {
  it.each<[string, JsonObject, number | undefined, readonly string[]]>([
    ['Claude', claude, 50, []],
    ['Claude with a tool that runs there', { ...claude, tools: [{ type: 'web_search_20250305', name: 'w' }] }, 50, ['tools[0] (web_search_20250305)']],
    ['Nova', nova, 40, []],
    [
      'Nova with a picture at a place of its own',
      { messages: [{ role: 'user', content: [{ image: { source: { s3Location: { uri: 's3://a/b' } } } }] }] },
      undefined,
      ['messages[0].content[0].image'],
    ],
    ['Titan embeddings', { inputText: 'hi' }, 0, []],
    ['Cohere embeddings', { texts: ['hi'], input_type: 'search_query' }, 0, []],
    ['Cohere embeddings of pictures', { images: ['data:…'], texts: [], input_type: 'image' }, 0, ['images']],
    ['Llama', { prompt: 'hi', max_gen_len: 5 }, undefined, ['a body of a form that is not known here']],
    ['OpenAI’s form', { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 }, undefined, ['a body of a form that is not known here']],
    ['Titan text', { inputText: 'hi', textGenerationConfig: { maxTokenCount: 5 } }, undefined, ['a body of a form that is not known here']],
  ])('of %s', (_name, body, outputTokensMax, unbounded) => {
    expect(pass.bound?.(body)).toMatchObject({ outputTokensMax, unbounded })
  })
  it('names what headers ask for', () => {
    expect(pass.bound?.(claude, { bytes: new Uint8Array(), headers: { 'x-amzn-bedrock-guardrailidentifier': 'g' } }).unbounded).toEqual([
      'x-amzn-bedrock-guardrailidentifier',
    ])
  })
})

describe('a cap', () => {
  const edits = (outputTokensMax?: number): PassEdits => ({
    model: 'm',
    askUsage: false,
    quirks: {},
    defaults: {},
    ...(outputTokensMax === undefined ? {} : { outputTokensMax }),
  })
  const edited = (body: JsonObject, cap?: number): unknown =>
    JSON.parse(Buffer.from(pass.edit(Buffer.from(JSON.stringify(body)), body, edits(cap)).body).toString())
  it('changes nothing where there is none, or less was asked for', () => {
    const raw = Buffer.from(JSON.stringify(claude))
    expect(pass.edit(raw, claude, edits()).body).toBe(raw)
    expect(pass.edit(raw, claude, edits(50)).body).toBe(raw)
  })
  it('stands where its family has it', () => {
    expect(edited(claude, 7)).toEqual({ ...claude, max_tokens: 7 })
    expect(edited(nova, 7)).toEqual({ ...nova, inferenceConfig: { maxTokens: 7, temperature: 0.1 } })
    expect(edited({ messages: nova.messages }, 7)).toEqual({ inferenceConfig: { maxTokens: 7 }, messages: nova.messages })
  })
})

describe('what was used', () => {
  const facts = (body: unknown, headers?: Record<string, string>): unknown => pass.readFacts(body, createTextTally(), headers).usage
  const counts = { 'x-amzn-bedrock-input-token-count': '9', 'x-amzn-bedrock-output-token-count': '4' }
  it.each<[string, unknown, Record<string, string> | undefined, unknown]>([
    ['in headers', { outputs: [{ text: 'hi' }] }, counts, { input: 9, output: 4 }],
    ['of Titan', { inputTextTokenCount: 3, embedding: [1] }, undefined, { input: 3 }],
    ['of Titan text', { inputTextTokenCount: 3, results: [{ tokenCount: 5 }] }, undefined, { input: 3, output: 5 }],
    ['of OpenAI’s form', { usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 } }, undefined, { input: 3, output: 5 }],
  ])('stands %s', (_name, body, headers, meters) => {
    expect(facts(body, headers)).toEqual({ meters, provenance: 'reported' })
  })
  it('is not guessed from nothing, or from half', () => {
    expect(facts({ outputs: [{ text: 'hi' }] })).toBeNull()
    expect(facts({}, { 'x-amzn-bedrock-output-token-count': '4' })).toBeNull()
    expect(facts({}, { 'x-amzn-bedrock-input-token-count': 'many' })).toBeNull()
  })
  it('of a stream without Bedrock’s count is unfinished', () => {
    const tap = pass.createTap({ stripUsage: false, text: createTextTally() })
    tap.push(encodeEvent('chunk', { bytes: Buffer.from('{"generation":"hi"}').toString('base64') }))
    tap.end()
    expect(tap.seen).toMatchObject({ finished: false, usage: null })
  })
  it('of a damaged stream is an error', () => {
    const tap = pass.createTap({ stripUsage: false, text: createTextTally() })
    tap.push(Buffer.alloc(40, 1))
    expect(tap.seen.error?.message).toContain('damaged')
  })
})

it('an exception of ours is a message with both sums right', () => {
  const bytes = pass.fail({ message: 'Über', type: 'insufficient_quota', code: 'insufficient_quota' })
  const [piece] = createMessageSplitter().push(bytes)
  if (piece === undefined || piece.message === 'damaged') expect.fail()
  expect([piece.message.headers.get(':message-type'), piece.message.headers.get(':exception-type')]).toEqual(['exception', 'throttlingException'])
  expect(JSON.parse(Buffer.from(piece.message.payload).toString('utf8'))).toEqual({ message: 'Über' })
})
