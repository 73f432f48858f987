// Google's Gemini API (AI Studio); Vertex AI serves the same models at other addresses and with other credentials.
// Promises: description only. Leaves alone: dialling (rooms/call), prices (gateway/prices).

import { listOf, objectOf, textOf } from '../contract/json.ts'
import type { Provider } from '../contract/provider.ts'

export const gemini: Provider = {
  id: 'gemini',
  title: 'Google Gemini',
  aliases: [],
  local: false,
  wires: { 'gemini-generate': '/models/{model}:generateContent', 'gemini-embed': '/models/{model}:batchEmbedContents' },
  // Without `alt` a stream is one long JSON array (https://ai.google.dev/api/generate-content, "models.streamGenerateContent", as known 2026-11-21).
  streamPaths: { 'gemini-generate': '/models/{model}:streamGenerateContent?alt=sse' },
  defaultBaseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  keyVariable: 'GEMINI_API_KEY',
  // LiteLLM and Google's own SDKs read it as well (https://ai.google.dev/gemini-api/docs/api-key, as known 2026-11-21).
  otherKeyVariables: ['GOOGLE_API_KEY'],
  needsKey: true,
  passPrefixes: ['gemini'],
  headers: (secret) => (secret === null ? {} : { 'x-goog-api-key': secret }),
  modelList: { path: '/models?pageSize=1000', read: (body) => listOf(objectOf(body)?.['models']).flatMap(readModel) },
  settings: [
    { name: 'api_key', label: 'API key', kind: 'secret', required: true, placeholder: 'AIza…' },
    {
      name: 'api_base',
      label: 'Base URL',
      kind: 'url',
      required: false,
      placeholder: 'https://generativelanguage.googleapis.com/v1beta',
      help: 'Up to and including /v1beta: the part before /models.',
    },
  ],
  // What marks turns and declarations in the prompt is not published; the JSON around them has more bytes than any such mark has tokens.
  quirks: {},
  // Google's own SDK says of its abort signal that it stops the client alone and the call is charged all the same
  // (https://github.com/googleapis/js-genai, `abortSignal` of GenerateContentConfig, as known 2026-11-21).
  abortedCalls: 'whole',
  priceVendor: 'google',
  documentation: { url: 'https://ai.google.dev/api/generate-content', checked: '2026-11-21' },
}

const served = ['generateContent', 'embedContent', 'batchEmbedContents']

/** `models/gemini-2.5-pro`, where the vendor says that it can be asked for text or embeddings. */
function readModel(row: unknown): readonly string[] {
  const model = objectOf(row) ?? {}
  const name = textOf(model['name'])?.replace(/^models\//, '')
  const methods = listOf(model['supportedGenerationMethods'])
  return name === undefined || (methods.length > 0 && !methods.some((method) => served.some((known) => known === method))) ? [] : [name]
}
