// OpenAI's API: Chat Completions, Responses, Completions, Embeddings, and what openai-media.ts adds; the same under Azure's addresses, which have the model in
// their path, and Cursor's, which take other bodies too.
// Promises: errors in OpenAI's shape; a model in the path is the one that is meant. Leaves alone: bodies (translate/openai-…), `api-version`.
// Source: OpenAI's error object (platform.openai.com/docs/guides/error-codes), Azure's data plane
// (learn.microsoft.com/azure/ai-services/openai/reference), as known 2026-11-21.

import { askedByCursor } from './cursor.ts'
import { mediaRoutes, moderations } from './openai-media.ts'
import { askedInBody, type ErrorFacts, type Finality, type InferenceRoute, type Operated, type Surface } from './surface.ts'

const chat: Operated = { path: '/chat/completions', operation: 'chat', wire: 'openai-chat', summary: 'Chat completion, streamed or whole.' }
const operated: readonly Operated[] = [
  chat,
  { path: '/completions', operation: 'completion', wire: 'openai-completions', summary: 'Text completion, streamed or whole.' },
  { path: '/embeddings', operation: 'embedding', wire: 'openai-embeddings', summary: 'Embeddings as floats or base64.' },
]

/** Azure has no address of this kind for a deployment; nor for moderations. */
const responses: Operated = { path: '/responses', operation: 'chat', wire: 'openai-responses', summary: 'Model response, streamed or whole.' }

/** 400 is OpenAI's own answer for a model that is not there. Codex 0.169 tries six times after 403 and 404, and says "Quota exceeded" to any 429 of this kind (observed 2026-11-21). */
const finality: Finality = { status: 400, mark: 'originator' }

const cursorSummary = 'Chat completion for Cursor, which sends other dialects to this address as well.'

/** Azure's clients may name a model in the body as well; their deployment is what they mean. */
const inPath =
  (asked: InferenceRoute['asked']): InferenceRoute['asked'] =>
  (json, params, query) => ({ ...asked(json, params, query), model: params['model'] })

export const openai: Surface = {
  id: 'openai',
  prefixes: ['/v1', '/openai', '/cursor'],
  // Azure's clients say it with every call; OpenAI's own paths know nothing of it.
  queryMark: 'api-version',
  shared: true,
  routes(bodyBytesMax) {
    const route = (one: Operated): InferenceRoute => ({
      method: 'POST',
      auth: 'key',
      surface: 'openai',
      tag: 'inference',
      body: 'wire',
      reply: 'wire',
      limits: { bodyBytesMax },
      asked: askedInBody,
      ...one,
    })
    const both = (one: Operated): InferenceRoute[] => [
      route({ ...one, path: `/v1${one.path}` }),
      route({ ...one, path: `/openai/v1${one.path}`, summary: `${one.summary} Azure's newer address.` }),
    ]
    const everywhere = (one: Operated): InferenceRoute[] => [
      ...both(one),
      route({
        ...one,
        path: `/openai/deployments/{model}${one.path}`,
        summary: `${one.summary} Azure's address.`,
        asked: inPath(one.asked ?? askedInBody),
      }),
    ]
    return [
      ...[...operated, ...mediaRoutes].flatMap(everywhere),
      ...both(responses).map((one) => ({ ...one, finality })),
      ...both(moderations),
      route({ ...responses, path: `/cursor/v1${responses.path}` }),
      ...['/cursor', '/cursor/v1'].map((base) => route({ ...chat, path: `${base}${chat.path}`, summary: cursorSummary, asked: askedByCursor })),
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
