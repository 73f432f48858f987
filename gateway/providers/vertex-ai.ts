// Google's Vertex AI: Gemini and Claude of one's own project, at the address of a location; with an API key alone, Gemini in Express mode.
// Promises: description only; the publisher, and the method for embeddings, follow from the model's name. Leaves alone: tokens (gateway/authorize), dialling.

import { refuse } from '../contract/errors.ts'
import type { Provider } from '../contract/provider.ts'
import { claudeQuirksOf } from '../translate/anthropic-surface.ts'

const google = '/publishers/google/models/{model}'
const anthropic = '/publishers/anthropic/models/{model}'

export const vertexAi: Provider = {
  id: 'vertex_ai',
  title: 'Google Vertex AI',
  aliases: ['vertex_ai_beta'],
  local: false,
  wires: { 'gemini-generate': `${google}:generateContent`, 'vertex-predict': `${google}:predict` },
  streamPaths: { 'gemini-generate': `${google}:streamGenerateContent?alt=sse` },
  forModel(model) {
    if (model.startsWith('claude-')) return claude(model)
    // The newer embedding models have a method of their own (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api and
    // the choice that Google's SDK makes, https://github.com/googleapis/js-genai `tIsVertexEmbedContentModel`, as known 2026-11-21).
    const isNewer = model.startsWith('gemini-embedding-') && model !== 'gemini-embedding-001'
    return isNewer ? { wires: { 'vertex-embed': `${google}:embedContent` } } : {}
  },
  ownParams: {
    vertex_credentials: { secret: true, variables: ['VERTEXAI_CREDENTIALS', 'GOOGLE_APPLICATION_CREDENTIALS'] },
    vertex_project: { variables: ['VERTEXAI_PROJECT', 'GOOGLE_CLOUD_PROJECT'] },
    // LiteLLM's own default: a file that says nothing goes on being served where it was.
    vertex_location: { variables: ['VERTEXAI_LOCATION', 'GOOGLE_CLOUD_LOCATION'], fallback: 'us-central1' },
    token_url: {},
  },
  defaultBaseUrl: 'https://aiplatform.googleapis.com/v1',
  addressOf,
  surchargePercent,
  // Express mode's key has no variable of its own, and GOOGLE_API_KEY means another service to the same SDK.
  keyVariable: null,
  needsKey: false,
  headers: (secret) => (secret === null ? {} : { 'x-goog-api-key': secret }),
  authorizer: 'google',
  passPrefixes: ['vertex_ai'],
  passages: {
    surface: 'gemini',
    // The short forms are LiteLLM's (its `construct_target_url`, as known 2026-11-21); Google's own clients write the longest.
    bases: ['', ...['/v1', '/v1beta1'].flatMap((version) => [version, `${version}/projects/{vertex_project}/locations/{vertex_location}`])],
    paths: [
      { path: `${google}:generateContent`, wire: 'gemini-generate', streams: false },
      { path: `${google}:streamGenerateContent`, wire: 'gemini-generate', streams: true, framedBy: { name: 'alt', value: 'sse' } },
      { path: `${google}:predict`, wire: 'vertex-predict', streams: false },
      { path: `${google}:embedContent`, wire: 'vertex-embed', streams: false },
      { path: `${google}:countTokens`, wire: null },
      { path: `${anthropic}:rawPredict`, wire: 'anthropic-messages', forwards: ['anthropic-beta'] },
      { path: `${anthropic}:streamRawPredict`, wire: 'anthropic-messages', streams: true, forwards: ['anthropic-beta'] },
    ],
  },
  modelList: null,
  settings: [
    {
      name: 'vertex_project',
      label: 'Project',
      kind: 'text',
      required: false,
      placeholder: 'my-project-123456',
      help: 'The project’s id. Leave it empty only with an API key (Express mode).',
    },
    {
      name: 'vertex_location',
      label: 'Location',
      kind: 'text',
      required: false,
      placeholder: 'us-central1',
      help: 'A region, or us, eu, global. Gemini 3 and later are served at global, us and eu.',
    },
    {
      name: 'vertex_credentials',
      label: 'Service account key',
      kind: 'secret',
      required: false,
      help: 'The JSON of the key file, or the path of the file on the computer that runs the gateway.',
    },
    { name: 'api_key', label: 'API key', kind: 'secret', required: false, help: 'Instead of a service account, for Gemini in Express mode.' },
    {
      name: 'api_base',
      label: 'Base URL',
      kind: 'url',
      required: false,
      help: 'Only for a proxy or a private endpoint: everything before /publishers.',
    },
  ],
  // "Unknown name \"id\" at 'contents[1].parts[0].function_call'" (github.com/vercel/ai/issues/15664, github.com/pydantic/pydantic-ai/issues/5081, as known 2026-11-21).
  quirks: { noCallIds: true },
  // Google's SDK, which is the same for both of its services, says of its abort signal that it stops the client alone and the call is charged all the same
  // (https://github.com/googleapis/js-genai, `abortSignal` of GenerateContentConfig, as known 2026-11-21). For Claude there nobody says otherwise.
  abortedCalls: 'whole',
  priceVendor: 'google',
  documentation: { url: 'https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference', checked: '2026-11-21' },
  verified: true,
}

function claude(model: string): ReturnType<NonNullable<Provider['forModel']>> {
  return {
    wires: { 'anthropic-messages': `${anthropic}:rawPredict` },
    streamPaths: { 'anthropic-messages': `${anthropic}:streamRawPredict` },
    // https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai, as known 2026-11-21.
    quirks: { ...claudeQuirksOf(model), anthropicVersion: 'vertex-2023-10-16' },
    // At the global endpoint they cost what Anthropic itself asks (the same page).
    priceVendor: 'anthropic',
    listedAs: model.replace('-v2@', '@').replace('@', '-'),
  }
}

const locationForm = /^[a-z][a-z0-9-]{1,40}$/
const projectForm = /^[a-z0-9][a-z0-9.:-]{1,80}$/

/**
 * Hosts of locations: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations; those of the two multi-regions as in Google's and Anthropic's
 * SDKs (https://github.com/googleapis/js-genai, https://github.com/anthropics/anthropic-sdk-typescript `packages/vertex-sdk`), all as known 2026-11-21.
 */
function addressOf({ vertex_project: project, vertex_location: location = '' }: Readonly<Record<string, string>>): string | null {
  if (project === undefined) return null
  if (!locationForm.test(location)) throw wrong('vertex_location', 'must be a region such as europe-west4, or us, eu or global')
  if (!projectForm.test(project)) throw wrong('vertex_project', 'must be the id of a project')
  return `https://${hostOf(location)}/v1/projects/${project}/locations/${location}`
}

const multiRegions = ['us', 'eu']
function hostOf(location: string): string {
  if (location === 'global') return 'aiplatform.googleapis.com'
  return multiRegions.includes(location) ? `aiplatform.${location}.rep.googleapis.com` : `${location}-aiplatform.googleapis.com`
}

const wrong = (name: string, rest: string): Error => refuse('invalid_request', { reason: `${name} ${rest}.` }, { param: `litellm_params.${name}` })

/** Claude before Sonnet 4.5 costs the same everywhere. */
const olderClaude = /^claude-(?:3|(?:sonnet|opus)-4(?:-1)?(?:@|$))/
const surchargedGemini = /^gemini-(?:[3-9]|[1-9]\d)/

/**
 * Everywhere but at the global endpoint, Claude since Sonnet 4.5 (https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai, "Global vs regional
 * endpoints") and Gemini since 3 (https://cloud.google.com/vertex-ai/generative-ai/pricing, since 2026-07-01) cost a tenth more, as known 2026-11-21.
 */
function surchargePercent(model: string, baseUrl: string): number {
  const isGlobal = !baseUrl.includes('/locations/') || baseUrl.endsWith('/locations/global')
  if (isGlobal) return 0
  const isNewer = model.startsWith('claude-') ? !olderClaude.test(model) : surchargedGemini.test(model)
  return isNewer ? 10 : 0
}
