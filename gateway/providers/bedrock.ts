// Amazon Bedrock's runtime: Claude by InvokeModel for those who speak Anthropic's dialect, every model by Converse for all others.
// Promises: description only; LiteLLM's ways of writing a model (a route, a region, an ARN) are understood. Leaves alone: dialling (rooms/call),
// signing (authorize/aws), prices (gateway/prices). The list of models is at another host, which is not asked.

import type { ForModel, Provider } from '../contract/provider.ts'
import { claudeQuirksOf } from '../translate/anthropic-surface.ts'
import { bearer } from '../translate/openai-surface.ts'

const promptOverheadTokens = 1024
const converse = { 'bedrock-converse': '/model/{model}/converse' }
const converseStream = { 'bedrock-converse': '/model/{model}/converse-stream' }
const invoke = { 'anthropic-messages': '/model/{model}/invoke' }
const invokeStream = { 'anthropic-messages': '/model/{model}/invoke-with-response-stream' }
const cohereEmbed = { 'bedrock-cohere-embed': '/model/{model}/invoke' }
const titan = { 'bedrock-titan-embed': '/model/{model}/invoke' }

/** Whoever asks for a guardrail is not answered without it. */
const guardrailHeaders = ['x-amzn-bedrock-guardrailidentifier', 'x-amzn-bedrock-guardrailversion', 'x-amzn-bedrock-trace']

export const bedrock: Provider = {
  id: 'bedrock',
  title: 'Amazon Bedrock',
  aliases: ['bedrock_converse'],
  local: false,
  wires: { ...converse, ...invoke, ...titan, ...cohereEmbed },
  streamPaths: { ...converseStream, ...invokeStream },
  ownParams: {
    aws_region_name: { variables: ['AWS_REGION_NAME', 'AWS_REGION', 'AWS_DEFAULT_REGION'] },
    aws_profile_name: {},
    aws_access_key_id: { secret: true, variables: ['AWS_ACCESS_KEY_ID'] },
    aws_secret_access_key: { secret: true, variables: ['AWS_SECRET_ACCESS_KEY'] },
    aws_session_token: { secret: true, variables: ['AWS_SESSION_TOKEN'] },
  },
  forModel: readModel,
  defaultBaseUrl: null,
  addressOf: ({ aws_region_name: region }) =>
    // Anything else would be a host of somebody else's.
    region === undefined || !/^(?:[a-z]{2}|eusc)(?:-[a-z]+)+-\d$/.test(region) ? null : `https://bedrock-runtime.${region}.${domainOf(region)}`,
  keyVariable: 'AWS_BEARER_TOKEN_BEDROCK',
  needsKey: false,
  passPrefixes: ['bedrock'],
  passages: {
    surface: 'bedrock',
    paths: [
      { path: '/model/{model*}/converse', wire: 'bedrock-converse', streams: false },
      { path: '/model/{model*}/converse-stream', wire: 'bedrock-converse', streams: true },
      { path: '/model/{model*}/invoke', wire: 'bedrock-invoke', streams: false, untyped: true, forwards: guardrailHeaders },
      { path: '/model/{model*}/invoke-with-response-stream', wire: 'bedrock-invoke', streams: true, untyped: true, forwards: guardrailHeaders },
      { path: '/model/{model*}/count-tokens', wire: null },
    ],
  },
  headers: bearer,
  authorizer: 'aws',
  modelList: null,
  settings: [
    { name: 'aws_region_name', label: 'Region', kind: 'text', required: true, placeholder: 'us-east-1' },
    { name: 'aws_access_key_id', label: 'Access key id', kind: 'secret', required: false, placeholder: 'AKIA…' },
    { name: 'aws_secret_access_key', label: 'Secret access key', kind: 'secret', required: false },
    { name: 'aws_session_token', label: 'Session token', kind: 'secret', required: false, help: 'Of temporary keys.' },
    { name: 'aws_profile_name', label: 'Profile', kind: 'text', required: false, placeholder: 'default', help: 'In ~/.aws, in place of keys.' },
    { name: 'api_key', label: 'Bedrock API key', kind: 'secret', required: false, help: 'In place of keys or a profile.' },
    { name: 'api_base', label: 'Endpoint', kind: 'url', required: false, placeholder: 'https://bedrock-runtime.us-east-1.amazonaws.com' },
  ],
  // Converse turns tools into each family's own prompt, and may add a stand-in; what that comes to is not published. As at Anthropic (anthropic.ts).
  quirks: { promptOverheadTokens, ownErrors: true },
  // AWS publishes nothing; OpenRouter lists it among those whose streams do not stop and are billed to their end
  // (https://openrouter.ai/docs/api-reference/streaming, "Stream cancellation", as known 2026-11-21).
  abortedCalls: 'whole',
  priceVendor: 'aws',
  documentation: { url: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html', checked: '2026-11-21' },
  verified: true,
}

/** China, and since 2026 the European Sovereign Cloud, are apart (https://docs.aws.amazon.com/general/latest/gr/bedrock.html, as known 2026-11-22). */
function domainOf(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn'
  return region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com'
}

/** Messages by InvokeModel (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html, as known 2026-11-21). */
const messagesQuirks: Provider['quirks'] = {
  anthropicVersion: 'bedrock-2023-05-31',
  streamInPath: true,
  ownErrors: true,
  betasInBody: [
    'computer-use-2024-10-22',
    'computer-use-2025-01-24',
    'computer-use-2025-11-24',
    'token-efficient-tools-2025-02-19',
    'fine-grained-tool-streaming-2025-05-14',
    'interleaved-thinking-2025-05-14',
    'output-128k-2025-02-19',
    'dev-full-thinking-2025-05-14',
    'context-1m-2025-08-07',
    'context-management-2025-06-27',
    'effort-2025-11-24',
    'tool-search-tool-2025-10-19',
    'tool-examples-2025-10-29',
    'compact-2026-01-12',
  ],
}

/** `converse/us.anthropic.claude-…-v1:0`, `us-east-1/…`, `invoke/…`, `arn:aws:bedrock:us-east-1:123:inference-profile/…`. */
function readModel(text: string): ForModel {
  const [, route, region, name = text] = /^(?:(converse|invoke)\/)?(?:((?:[a-z]{2}|eusc)(?:-[a-z]+)+-\d)\/)?(.*)$/s.exec(text) ?? []
  const place = region ?? /^arn:[a-z-]+:bedrock:([a-z0-9-]+):/.exec(name)?.[1]
  const listed = name.startsWith('arn:') ? name.slice(name.lastIndexOf('/') + 1) : name
  const claude = /^(?:[a-z-]+\.)?anthropic\.(claude-.+?)(?:-v\d+(?::\d+)?)?$/.exec(listed)?.[1]
  return {
    name,
    pricedAs: listed,
    ...(place === undefined ? {} : { place: { aws_region_name: place } }),
    ...(claude === undefined ? {} : { listedVendor: 'anthropic', listedAs: claude }),
    ...waysOf(listed, { claude, route }),
  }
}

function waysOf(listed: string, { claude, route }: { readonly claude: string | undefined; readonly route: string | undefined }): ForModel {
  if (/^amazon\.titan-embed-text-/.test(listed)) return { wires: titan }
  if (/^(?:[a-z-]+\.)?cohere\.embed-/.test(listed)) return { wires: cohereEmbed }
  if (claude === undefined) return { wires: converse, streamPaths: converseStream }
  const shared = claudeQuirksOf(claude)
  if (route === 'converse') return { wires: converse, streamPaths: converseStream, quirks: shared }
  const quirks = { ...messagesQuirks, ...shared }
  if (route === 'invoke') return { wires: invoke, streamPaths: invokeStream, quirks }
  return { wires: { ...converse, ...invoke }, streamPaths: { ...converseStream, ...invokeStream }, quirks }
}
