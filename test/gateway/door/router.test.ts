// The router: one reading of a path, and what is matched is what is dispatched.

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import type { RouteDeclaration } from '../../../gateway/contract/route.ts'
import { createRouter, normaliseInferencePath } from '../../../gateway/door/router.ts'

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
    declare('POST', '/key/{id}/block'),
    declare('DELETE', '/key/{id}/block'),
  ])

  it('matches exact paths and parameters, decoded once', () => {
    expect(router.match('GET', '/v1/models').params).toEqual({})
    expect(router.match('GET', '/v1/models/meta%2Fllama%203').params).toEqual({ model: 'meta/llama 3' })
    expect(router.match('GET', '/v1/models/meta/llama').params).toEqual({ model: 'meta/llama' })
    expect(router.match('POST', '/key/7/block').params).toEqual({ id: '7' })
  })
  it('refuses an encoded slash outside a trailing parameter', () => {
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
    ['/v1beta/models', '/v1/v1beta/models'],
  ])('reads %s as %s', (given, meant) => {
    expect(normaliseInferencePath(given)).toBe(meant)
  })
})
