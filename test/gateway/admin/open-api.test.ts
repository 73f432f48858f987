// /openapi.json: every declared route is in it, as it is declared.

import { expect, test } from 'vitest'
import { createOpenApi } from '../../../gateway/admin/open-api.ts'
import { objectOf } from '../../../gateway/contract/json.ts'
import type { RouteDeclaration } from '../../../gateway/contract/route.ts'
import { createWorld } from './world.ts'

test('describes every route with its authentication and schemas', async () => {
  const { routes } = await createWorld()
  const document = createOpenApi(routes, { version: '1.2.3' })
  expect(document).toMatchObject({ openapi: '3.1.1', info: { version: '1.2.3' } })
  const ids = new Set<unknown>()
  for (const route of routes) {
    const operation = objectOf(objectOf(objectOf(document['paths'])?.[route.path.replaceAll('*}', '}')])?.[route.method.toLowerCase()])
    expect(operation, `${route.method} ${route.path}`).toMatchObject({ summary: route.summary, tags: [route.tag] })
    expect(operation?.['security']).toEqual(route.auth === 'none' ? [] : expect.arrayContaining([expect.any(Object)]))
    if (route.body !== undefined) expect(operation).toHaveProperty('requestBody')
    ids.add(operation?.['operationId'])
  }
  expect(ids.size).toBe(routes.length)
})

test('says which fields of LiteLLM are known and not enforced', async () => {
  const { routes } = await createWorld()
  const generate = objectOf(objectOf(objectOf(createOpenApi(routes, { version: '1' })['paths'])?.['/key/generate'])?.['post'])
  expect(JSON.stringify(generate)).toContain('only null or an empty value is accepted')
  const schema = JSON.stringify(objectOf(generate?.['requestBody']))
  for (const field of ['"max_budget"', '"budget_duration"', '"additionalProperties":false']) expect(schema).toContain(field)
})

test('takes inference declarations too', () => {
  const chat: RouteDeclaration = {
    method: 'POST',
    path: '/v1/chat/completions',
    auth: 'key',
    surface: 'openai',
    summary: 'Chat',
    tag: 'inference',
    body: 'wire',
    reply: 'wire',
    limits: { bodyBytesMax: 1 },
  }
  expect(createOpenApi([chat], { version: '1' })).toMatchObject({ paths: { '/v1/chat/completions': { post: { requestBody: { required: true } } } } })
})

test('is answered by its own route, which is in it', async () => {
  const world = await createWorld()
  expect(objectOf((await world.get('/openapi.json'))['paths'])).toHaveProperty('/openapi.json')
})
