// How one attempt speaks: which path it takes, and what a vendor's refusal means beyond its status.

import { describe, expect, it } from 'vitest'
import { objectOf } from '../../../gateway/contract/json.ts'
import type { Deployment } from '../../../gateway/contract/provider.ts'
import type { GuardedRequest, InferenceRequest } from '../../../gateway/contract/request.ts'
import { content } from '../../../gateway/contract/sealed.ts'
import { gemini } from '../../../gateway/providers/gemini.ts'
import { createExchange, readVendorError, type Exchange } from '../../../gateway/rooms/call/exchange.ts'
import { failureOf, type Failure } from '../../../gateway/rooms/call/failure.ts'
import { wires } from '../../../gateway/translate/index.ts'
import { plainBound } from '../../kit/plain-bound.ts'
import { deploymentOf, exchangeBetween, requestOf } from '../../kit/translated-call.ts'

const json = { model: 'm', messages: [{ role: 'user', content: 'hello' }], logit_bias: { 5: 1 } }
const ask = (more: Partial<InferenceRequest> = {}): GuardedRequest => requestOf(json, more)
const deployment = deploymentOf(gemini, 'gemini-2.5-flash')
const exchangeOf = (request: GuardedRequest, upstreamModel = deployment.upstreamModel): Exchange => exchangeBetween(request, { ...deployment, upstreamModel })

describe('the path', () => {
  it('names the model, and another method for a stream', () => {
    expect(exchangeOf(ask()).path).toBe('/models/gemini-2.5-flash:generateContent')
    expect(exchangeOf(ask({ stream: true })).path).toBe('/models/gemini-2.5-flash:streamGenerateContent?alt=sse')
    expect(exchangeOf(ask({ operation: 'embedding', wire: 'openai-embeddings', json: content({ model: 'm', input: 'hello' }) })).path).toBe(
      '/models/gemini-2.5-flash:batchEmbedContents',
    )
  })
  it('holds a model’s name as one encoded piece, whatever is in it', () => {
    expect(exchangeOf(ask(), 'a/b?c=$&#{model}').path).toBe('/models/a%2Fb%3Fc%3D%24%26%23%7Bmodel%7D:generateContent')
  })
})

it('parameters without an equal are named, or refused where a deployment wants that', () => {
  expect(exchangeOf(ask()).dropped).toEqual(['logit_bias'])
  const order = { request: ask(), deployment: { ...deployment, dropParams: false }, bound: plainBound, outputTokensMax: null }
  expect(() => createExchange(order, wires)).toThrow('logit_bias')
})

describe('a refusal', () => {
  function refused(status: number, error: object, headers: Record<string, string> = {}): Failure {
    const exchange = exchangeOf(ask())
    const body = Buffer.from(JSON.stringify({ error }))
    return failureOf({ status, headers, body }, readVendorError(exchange, status, body), { exchange, deployment, secrets: [] })
  }
  it('of the key is ours to mend, although the status blames the request', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }]
    const { error, remedy } = refused(400, { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT', details })
    expect([error.code, error.status, remedy]).toEqual(['upstream_credential', 502, 'other'])
  })
  it('of anything else in the request stays the caller’s', () => {
    const { error, remedy } = refused(400, { code: 400, message: 'contents is not specified', status: 'INVALID_ARGUMENT' })
    expect([error.code, error.status, remedy]).toEqual(['upstream_rejected', 400, 'fallback'])
    expect(error.hints.vendor).toMatchObject({ type: 'invalid_request_error', code: 'INVALID_ARGUMENT', message: 'contents is not specified' })
  })
  it('says in its body when to come back, unless a header does', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '18.4s' }]
    const quota = { code: 429, message: 'quota', status: 'RESOURCE_EXHAUSTED', details }
    expect(refused(429, quota)).toMatchObject({ retryAfterS: 19, remedy: 'elsewhere' })
    expect(refused(429, quota, { 'retry-after': '3' }).retryAfterS).toBe(3)
  })
})

describe('a cap that the caller asks for', () => {
  const capped = (facts: Partial<Deployment['facts']>, outputTokensMax: number | null): unknown => {
    const order = { request: ask(), deployment: { ...deployment, facts: { ...deployment.facts, ...facts } }, bound: { ...plainBound, outputTokensMax: 32_000 } }
    const body: unknown = JSON.parse(Buffer.from(createExchange({ ...order, outputTokensMax }, wires).body).toString('utf8'))
    return objectOf(objectOf(body)?.['generationConfig'])?.['maxOutputTokens']
  }
  it('ends at what the model is known to make, and at what a budget affords', () => {
    expect(capped({ outputTokensMax: 8192 }, null)).toBe(8192)
    expect(capped({ outputTokensMax: 8192 }, 50)).toBe(50)
    expect(capped({ outputTokensMax: 4096, outputTokensAssumed: true }, 5000)).toBe(4096)
  })
  it('stays where nobody knows what the model makes and no budget needs a bound', () => {
    expect(capped({ outputTokensMax: 4096, outputTokensAssumed: true }, null)).toBe(32_000)
  })
})
