// A prompt that is too long for its model, told by vendors in their words and to callers in theirs.
// Promises: agents recognise it across dialects; nothing else is taken for it.

import { describe, expect, it } from 'vitest'
import { refuse } from '../../../gateway/contract/errors.ts'
import type { SurfaceId } from '../../../gateway/contract/request.ts'
import { exceedsContext, toAnthropicLength } from '../../../gateway/contract/context-length.ts'
import { wordRefusal } from '../../../gateway/door/fail.ts'
import { anthropic as provider } from '../../../gateway/providers/anthropic.ts'
import { readVendorError } from '../../../gateway/rooms/call/exchange.ts'
import { failureOf, failureOfEvent, type Failure } from '../../../gateway/rooms/call/failure.ts'
import { deploymentOf, exchangeBetween, requestOf } from '../../kit/translated-call.ts'

const openai = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce the length of the messages."
const openaiBoth =
  "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (1000 in the messages, 8000 in the completion). Please reduce the length of the messages or completion."
const anthropic = 'prompt is too long: 210000 tokens > 200000 maximum'

function refusal(status: number, error: object): Failure {
  const deployment = deploymentOf(provider, 'claude-opus-4-6')
  const exchange = exchangeBetween(requestOf({ model: 'm', messages: [{ role: 'user', content: 'hello' }] }), deployment)
  const body = Buffer.from(JSON.stringify({ error }))
  return failureOf({ status, headers: {}, body }, readVendorError(exchange, status, body), { exchange, deployment, secrets: [] })
}

function told(surface: SurfaceId, status: number, error: object): unknown {
  const { error: failed } = refusal(status, error)
  const { status: shown, body } = wordRefusal(failed, { surface, requestId: 'req_1' })
  return { status: shown, ...(JSON.parse(Buffer.from(body).toString('utf8')) as object) }
}

describe('a prompt that is too long', () => {
  it.each([
    ['OpenAI', 400, { message: openai, type: 'invalid_request_error', code: 'context_length_exceeded' }],
    ['vLLM', 400, { message: openaiBoth, type: 'BadRequestError', code: 400 }],
    ['Anthropic', 400, { message: anthropic, type: 'invalid_request_error' }],
    ['Gemini', 400, { message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', status: 'INVALID_ARGUMENT' }],
    ['Bedrock', 400, { message: 'Input is too long for requested model.' }],
    ['llama.cpp', 400, { message: 'the request exceeds the available context size, try increasing it', type: 'exceed_context_size_error', code: 400 }],
    ['Mistral', 400, { message: 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length' }],
    ['xAI', 400, { message: "This model's maximum prompt length is 131072 but the request contains 537812 tokens." }],
  ])('is known by its code to callers of OpenAI’s dialects, when %s says it', (_vendor, status, error) => {
    expect(told('openai', status, error)).toEqual({
      status: 400,
      error: { message: error.message, type: 'invalid_request_error', code: 'context_length_exceeded', param: null },
    })
  })

  it('begins as Claude Code expects, with the vendor’s sentence behind it', () => {
    const error = { type: 'invalid_request_error', message: `prompt is too long: ${openai}` }
    expect(told('anthropic', 400, { message: openai, code: 'context_length_exceeded' })).toMatchObject({ status: 400, error })
  })

  it('says where less output would do, so that Claude Code asks for less', () => {
    expect(toAnthropicLength(openaiBoth)).toBe(`input length and \`max_tokens\` exceed context limit: 1000 + 8000 > 8192 (${openaiBoth})`)
    const served =
      "Requested token count exceeds the model's maximum context length of 262144 tokens. You requested a total of 262462 tokens: 230462 tokens from the input messages and 32000 tokens for the completion."
    expect(toAnthropicLength(served)).toContain('exceed context limit: 230462 + 32000 > 262144 (')
  })

  it('keeps Anthropic’s own sentence', () => {
    expect(toAnthropicLength(anthropic)).toBe(anthropic)
  })

  it('is final for the model, also where it comes as the first event of a stream', () => {
    expect(refusal(400, { message: openai }).remedy).toBe('fallback')
    const { error, remedy } = failureOfEvent({ message: openai, code: 'context_length_exceeded' }, [])
    expect([error.status, remedy, error.hints.vendor?.code]).toEqual([400, 'fallback', 'context_length_exceeded'])
    expect(error.storedMessage).not.toContain('8192')
  })
})

describe('any other refusal', () => {
  it.each([
    [429, 'Rate limit reached: your prompt is too long for this minute'],
    [400, 'max_tokens is too large: 64000. This model supports at most 16384 completion tokens.'],
    [400, "Invalid 'messages[0].tool_calls[0].id': string too long."],
    [500, 'context size exceeded an internal limit'],
  ])('with status %i keeps its own code: %s', (status, message) => {
    expect(exceedsContext(status, { message, type: null, code: null })).toBe(false)
  })
  it('of our own keeps its words', () => {
    const { body } = wordRefusal(refuse('invalid_request', { reason: 'max_tokens is required.' }), { surface: 'anthropic', requestId: 'req_1' })
    expect(Buffer.from(body).toString('utf8')).toContain('"message":"max_tokens is required."')
  })
})
