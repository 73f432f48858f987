// Google's API at the door: what is read from a path, and errors as its clients expect them.

import { describe, expect, it } from 'vitest'
import { refuse } from '../../../gateway/contract/errors.ts'
import { wordRefusal } from '../../../gateway/door/fail.ts'
import { gemini } from '../../../gateway/door/surfaces/gemini.ts'
import type { Asked } from '../../../gateway/door/surfaces/surface.ts'

function asked(method: string, query = ''): Asked {
  const route = gemini.routes(10).find((candidate) => candidate.path.endsWith(`:${method}`))
  if (route === undefined) throw new Error(`no route for ${method}`)
  return route.asked({ model: 'of the body', stream: true }, { model: 'of/the path' }, new URLSearchParams(query))
}

it('reads the model and the form of a stream from the address', () => {
  expect(asked('generateContent')).toEqual({ model: 'of/the path', stream: false })
  expect(asked('streamGenerateContent', 'alt=sse')).toEqual({ model: 'of/the path', stream: true })
  expect(asked('streamGenerateContent', '$alt=sse')).toEqual({ model: 'of/the path', stream: true })
  expect(asked('streamGenerateContent')).toEqual({ model: 'of/the path', stream: true, framing: 'json-array' })
  expect(asked('streamGenerateContent', 'alt=json')).toMatchObject({ framing: 'json-array' })
  expect(asked('batchEmbedContents')).toEqual({ model: 'of/the path', stream: false })
})

describe('an error', () => {
  const word = (error: ReturnType<typeof refuse>): unknown =>
    JSON.parse(Buffer.from(wordRefusal(error, { surface: 'gemini', requestId: 'r' }).body).toString('utf8'))
  const info = (reason: string): object => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'tollgate' })
  it('has Google’s code, status and a reason for programs', () => {
    expect(word(refuse('model_not_found', { model: 'm' }))).toEqual({
      error: {
        code: 404,
        message: 'There is no model named m here. GET /v1/models lists the ones you may use.',
        status: 'NOT_FOUND',
        details: [info('MODEL_NOT_FOUND')],
      },
    })
    expect(word(refuse('missing_key'))).toMatchObject({ error: { code: 401, status: 'UNAUTHENTICATED' } })
  })
  it('says when to come back', () => {
    expect(word(refuse('rate_limit_exceeded', { reason: 'slow down' }, { retryAfterS: 4.2 }))).toMatchObject({
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        details: [info('RATE_LIMIT_EXCEEDED'), { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '5s' }],
      },
    })
  })
  it('of a vendor keeps the vendor’s words', () => {
    const vendor = { status: 400, message: 'too long', type: 'invalid_request_error', code: 'context_length_exceeded' }
    expect(word(refuse('upstream_rejected', { reason: 'too long' }, { vendor }))).toEqual({
      error: { code: 400, message: 'too long', status: 'INVALID_ARGUMENT', details: [info('CONTEXT_LENGTH_EXCEEDED')] },
    })
  })
})
