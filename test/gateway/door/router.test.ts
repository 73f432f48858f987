// The router: one reading of a path, and what is matched is what is dispatched.

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import type { RouteDeclaration } from '../../../gateway/contract/route.ts'
import { createRouter, normaliseInferencePath, toGooglePath } from '../../../gateway/door/router.ts'

const declare = (method: RouteDeclaration['method'], path: string, more: Partial<RouteDeclaration> = {}): RouteDeclaration => ({
  method,
  path,
  auth: 'key',
  surface: 'openai',
  summary: 'a route',
  tag: 'test',
  reply: z.unknown(),
  limits: { bodyBytesMax: 10 },
  ...(method === 'POST' ? { body: z.unknown() } : {}),
  ...more,
})
const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return error instanceof GatewayError ? error.code : `threw ${String(error)}`
  }
  return 'nothing'
}

describe('the router', () => {
  const router = createRouter([
    declare('GET', '/v1/models'),
    declare('GET', '/v1/models/{model*}'),
    declare('POST', '/v1beta/models/{model*}:generateContent'),
    declare('GET', '/v1beta/models/{model*}'),
    declare('POST', '/key/{id}/block'),
    declare('DELETE', '/key/{id}/block'),
  ])

  it('matches exact paths and parameters, decoded once', () => {
    expect(router.match('GET', '/v1/models').params).toEqual({})
    expect(router.match('GET', '/v1/models/meta%2Fllama%203').params).toEqual({ model: 'meta/llama 3' })
    expect(router.match('GET', '/v1/models/meta/llama').params).toEqual({ model: 'meta/llama' })
    expect(router.match('POST', '/key/7/block').params).toEqual({ id: '7' })
  })
  it('matches a name before what follows it, whatever is in the name', () => {
    const model = (method: string, path: string): unknown => router.match(method, path).params
    expect(model('POST', '/v1beta/models/gemini-2.5-pro:generateContent')).toEqual({ model: 'gemini-2.5-pro' })
    expect(model('POST', '/v1beta/models/meta%2Fllama:3b:generateContent')).toEqual({ model: 'meta/llama:3b' })
    expect(model('POST', '/v1beta/models/meta/llama%203:generateContent')).toEqual({ model: 'meta/llama 3' })
    expect(model('GET', '/v1beta/models/meta/llama:3b')).toEqual({ model: 'meta/llama:3b' })
    expect(codeOf(() => router.match('POST', '/v1beta/models/m:predict'))).toBe('method_not_allowed')
    expect(codeOf(() => router.match('POST', '/v1beta/models/%zz:generateContent'))).toBe('request_target_refused')
  })
  it('refuses an encoded slash outside a parameter that may hold one', () => {
    expect(codeOf(() => router.match('POST', '/key/7%2F8/block'))).toBe('request_target_refused')
  })
  it('refuses broken percent-encoding', () => {
    expect(codeOf(() => router.match('GET', '/v1/models/%zz'))).toBe('request_target_refused')
  })
  it('tells a missing route from a wrong method', () => {
    expect(codeOf(() => router.match('GET', '/nope'))).toBe('not_found')
    expect(codeOf(() => router.match('GET', '/key/7/block'))).toBe('method_not_allowed')
  })
  it('answers HEAD as GET', () => {
    expect(router.match('HEAD', '/v1/models').route.path).toBe('/v1/models')
  })
  it('does not start with a route declared twice, or a write without a body schema', () => {
    expect(() => createRouter([declare('GET', '/a'), declare('GET', '/a')])).toThrow(/twice/)
    const { body: _body, ...bare } = declare('POST', '/a')
    expect(() => createRouter([bare])).toThrow(/without a body schema/)
  })
  it('does not start with a route that lacks a part of its declaration', () => {
    for (const part of ['auth', 'surface', 'reply', 'limits', 'summary'] as const) {
      const incomplete = { ...declare('GET', '/a') } as Record<string, unknown>
      incomplete[part] = part === 'summary' ? '' : undefined
      expect(() => createRouter([incomplete as unknown as RouteDeclaration]), part).toThrow(/full declaration/)
    }
  })
})

describe('the spellings of the inference family', () => {
  it.each([
    ['/v1/chat/completions', '/v1/chat/completions'],
    ['/v1/v1/chat/completions', '/v1/chat/completions'],
    ['//v1//chat/completions', '/v1/chat/completions'],
    ['/v1/v1/v1/models', '/v1/models'],
    ['/chat/completions', '/v1/chat/completions'],
    ['/models', '/v1/models'],
    ['/v1beta/models', '/v1beta/models'],
    ['//v1beta//models', '/v1beta/models'],
    ['/v1beta/v1beta/models', '/v1beta/models'],
    ['/models/m:latest', '/v1/models/m:latest'],
  ])('reads %s as %s', (given, meant) => {
    expect(normaliseInferencePath(given)).toBe(meant)
  })
})

describe('the spellings of Google’s methods', () => {
  it.each([
    ['/v1beta/models/m:generateContent', '/v1beta/models/m:generateContent'],
    ['/v1/models/a%2Fb:generateContent', '/v1beta/models/a%2Fb:generateContent'],
    ['/v1alpha/models/m:countTokens', '/v1beta/models/m:countTokens'],
    ['/v1/v1beta/models/m:embedContent', '/v1beta/models/m:embedContent'],
    ['//models/m:3b:streamGenerateContent', '/v1beta/models/m:3b:streamGenerateContent'],
    ['/models/m:batchEmbedContents', '/v1beta/models/m:batchEmbedContents'],
    ['/v1/models/m:latest', null],
    ['/v1/models/:generateContent', null],
    ['/v2/models/m:generateContent', null],
    ['/v1beta/models', null],
  ])('reads %s as %s', (given, meant) => {
    expect(toGooglePath(given, false)).toBe(meant)
  })
  it.each([
    ['/v1/models', '/v1beta/models'],
    ['/v1/models/a%2Fb', '/v1beta/models/a%2Fb'],
    ['/models/m', '/v1beta/models/m'],
    ['/v1beta/models', '/v1beta/models'],
    ['/v1/chat/completions', null],
    ['/v1/modelsx', null],
  ])('reads %s as %s for a client with Google’s key', (given, meant) => {
    expect(toGooglePath(given, true)).toBe(meant)
  })
})
