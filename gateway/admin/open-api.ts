// GET /openapi.json, generated from the very declarations the router dispatches by.
// Promises: every declared route is in it, with its authentication class and schemas; nothing is written by hand.
// Leaves alone: bodies in a vendor's dialect (they are that vendor's documentation).
// Source: https://spec.openapis.org/oas/v3.1.1, as known 2026-11-21.

import { z } from 'zod'
import type { JsonRoute, RouteDeclaration } from '../contract/route.ts'
import { defineRoute, json } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import type { JsonObject } from '../contract/json.ts'

export interface ApiFacts {
  readonly version: string
}

export function createOpenApi(routes: readonly RouteDeclaration[], facts: ApiFacts): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {}
  for (const route of routes) {
    const path = route.path.replaceAll('*}', '}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(route) }
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Tollgate', version: facts.version, description: 'An AI gateway that lives on one machine. Money is in US dollars.' },
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A virtual key or the admin key.' },
        admin: { type: 'http', scheme: 'bearer', description: 'The admin key.' },
        session: { type: 'apiKey', in: 'cookie', name: 'tollgate_session', description: 'A signed-in panel.' },
      },
      schemas: { Error: errorSchema },
    },
  }
}

/** The route itself; `others` are all the rest, this one is added. */
export function createOpenApiRoute(deps: AdminDeps, others: readonly RouteDeclaration[]): JsonRoute {
  const route = defineRoute(deps, {
    method: 'GET',
    path: '/openapi.json',
    auth: 'key',
    tag: 'reference',
    summary: 'This document',
    reply: z.looseObject({ openapi: z.string() }),
    handle: () => Promise.resolve(json(document())),
  })
  // Made at the first question, once: turning a hundred schemas into JSON is not for start-up.
  let made: JsonObject | null = null
  const document = (): JsonObject => (made ??= createOpenApi([...others, route], deps.facts))
  return route
}

const errorSchema: JsonObject = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'param', 'code'],
      properties: { message: { type: 'string' }, type: { type: 'string' }, param: { type: ['string', 'null'] }, code: { type: 'string' } },
    },
  },
}

const securityOf = {
  none: [],
  key: [{ key: [] }, { session: [] }],
  admin: [{ admin: [] }, { session: [] }],
  session: [{ session: [] }],
} as const satisfies Record<RouteDeclaration['auth'], readonly JsonObject[]>

function toOperation(route: RouteDeclaration): JsonObject {
  const parameters = [...pathParameters(route.path), ...queryParameters(route.query)]
  return {
    summary: route.summary,
    tags: [route.tag],
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[^a-zA-Z0-9]+(.)?/g, (_whole, next: string | undefined) => (next ?? '').toUpperCase())}`,
    security: securityOf[route.auth],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: bodyContent(route.body, route.bodyTypes),
          },
        }),
    responses: {
      '200': { description: 'The answer.', content: replyContent(route.reply) },
      default: { description: 'A refusal or failure.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  }
}

function bodyContent(body: NonNullable<RouteDeclaration['body']>, types: RouteDeclaration['bodyTypes'] = ['application/json']): JsonObject {
  const schema = body === 'wire' || body === 'text' ? { type: 'object' } : toSchema(body, 'input')
  return Object.fromEntries(types.map((type) => [type, { schema }]))
}

function replyContent(reply: RouteDeclaration['reply']): JsonObject {
  if (reply === 'wire') return { 'application/json': { schema: { type: 'object' } }, 'text/event-stream': { schema: { type: 'string' } } }
  if (reply === 'media') return { ...replyContent('wire'), '*/*': {} }
  if (reply === 'stream') return { '*/*': { schema: { type: 'string' } } }
  if (reply === 'file') return { '*/*': {} }
  return reply === 'text' ? { 'text/plain': { schema: { type: 'string' } } } : { 'application/json': { schema: toSchema(reply, 'output') } }
}

function pathParameters(path: string): readonly JsonObject[] {
  return [...path.matchAll(/\{(\w+)\*?\}/g)].map((match) => ({ name: match[1], in: 'path', required: true, schema: { type: 'string' } }))
}

function queryParameters(query: z.ZodType | undefined): readonly JsonObject[] {
  if (query === undefined) return []
  const { properties = {}, required = [] } = toSchema(query, 'input') as { properties?: Record<string, JsonObject>; required?: readonly string[] }
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }))
}

/** What JSON Schema cannot say (a check in code) is left open. */
function toSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' })
  // The dialect is stated once, by the version of OpenAPI.
  return JSON.parse(JSON.stringify({ ...made, $schema: undefined })) as JsonObject
}
