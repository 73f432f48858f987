// OpenAI's API: Chat Completions, Responses, Completions, Embeddings; the same under Azure's addresses, which have the model in their path,
// and Cursor's, which take other bodies too.
// Promises: errors in OpenAI's shape; a model in the path is the one that is meant. Leaves alone: bodies (translate/openai-…), `api-version`.
// Source: OpenAI's error object (platform.openai.com/docs/guides/error-codes), Azure's data plane
// (learn.microsoft.com/azure/ai-services/openai/reference), as known 2026-11-21.

import type { JsonObject } from '../../contract/json.ts'
import type { Operation, WireId } from '../../contract/request.ts'
import { askedByCursor } from './cursor.ts'
import { askedInBody, type Asked, type ErrorFacts, type Finality, type InferenceRoute, type Surface } from './surface.ts'

interface Operated {
  readonly path: string
  readonly operation: Operation
  readonly wire: WireId
  readonly summary: string
}
const chat: Operated = { path: '/chat/completions', operation: 'chat', wire: 'openai-chat', summary: 'Chat completion, streamed or whole.' }
const operated: readonly Operated[] = [
  chat,
  { path: '/completions', operation: 'completion', wire: 'openai-completions', summary: 'Text completion, streamed or whole.' },
  { path: '/embeddings', operation: 'embedding', wire: 'openai-embeddings', summary: 'Embeddings as floats or base64.' },
]

/** Azure has no address of this kind for a deployment. */
const responses: Operated = { path: '/responses', operation: 'chat', wire: 'openai-responses', summary: 'Model response, streamed or whole.' }

/** 400 is OpenAI's own answer for a model that is not there. Codex 0.169 tries six times after 403 and 404, and says "Quota exceeded" to any 429 of this kind (observed 2026-11-21). */
const finality: Finality = { status: 400, mark: 'originator' }

const cursorSummary = 'Chat completion for Cursor, which sends other dialects to this address as well.'

/** Azure's clients may name a model in the body as well; their deployment is what they mean. */
const askedInPath = (json: JsonObject, params: Readonly<Record<string, string>>): Asked => ({ ...askedInBody(json), model: params['model'] })

export const openai: Surface = {
  id: 'openai',
  prefixes: ['/v1', '/openai', '/cursor'],
  shared: true,
  routes(bodyBytesMax) {
    const route = ({ path, operation, wire, summary }: Operated, asked: InferenceRoute['asked'] = askedInBody): InferenceRoute => ({
      method: 'POST',
      path,
      operation,
      wire,
      summary,
      auth: 'key',
      surface: 'openai',
      tag: 'inference',
      body: 'wire',
      reply: 'wire',
      limits: { bodyBytesMax },
      asked,
    })
    return [
      ...operated.flatMap((one) => [
        route({ ...one, path: `/v1${one.path}` }),
        route({ ...one, path: `/openai/v1${one.path}`, summary: `${one.summary} Azure's newer address.` }),
        route({ ...one, path: `/openai/deployments/{model}${one.path}`, summary: `${one.summary} Azure's address.` }, askedInPath),
      ]),
      ...['/v1', '/openai/v1'].map((base) => ({ ...route({ ...responses, path: `${base}${responses.path}` }), finality })),
      route({ ...responses, path: `/cursor/v1${responses.path}` }),
      ...['/cursor', '/cursor/v1'].map((base) => route({ ...chat, path: `${base}${chat.path}`, summary: cursorSummary }, askedByCursor)),
    ]
  },
  wordError: (facts) => wordOpenai(facts, facts.error.code),
}

export function wordOpenai(
  { error, message }: ErrorFacts,
  code: string,
): { readonly error: { message: string; type: string; param: string | null; code: string } } {
  const { vendor, param } = error.hints
  return { error: { message, type: vendor?.type ?? error.row.openaiType, param: param ?? null, code: vendor?.code ?? code } }
}
