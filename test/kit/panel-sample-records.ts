// The standing records of the sample world: models, keys, teams, providers as a small team would have them.
// Promises: every status of a key and every kind of price appears once. Leaves alone: requests (panel-samples.ts).

import type { PanelDeployment, PanelKey, PanelProviderKind, PanelProviders, PanelTeam } from '../../gateway/contract/panel.ts'
import { vertexAi } from '../../gateway/providers/vertex-ai.ts'

const minuteMs = 60_000
const dayMs = 1440 * minuteMs

export const models = [
  { name: 'gpt-4o', provider: 'openai', title: 'OpenAI', input: 2500, output: 10_000, url: 'https://api.openai.com/v1' },
  { name: 'claude-sonnet', provider: 'anthropic', title: 'Anthropic', input: 3000, output: 15_000, url: 'https://api.anthropic.com' },
  { name: 'gpt-4o-mini', provider: 'openai', title: 'OpenAI', input: 150, output: 600, url: 'https://api.openai.com/v1' },
  { name: 'llama3.2:3b', provider: 'ollama', title: 'Ollama', input: 0, output: 0, url: 'http://127.0.0.1:11434' },
  {
    name: 'qwen2.5-coder:32b-instruct-q4_K_M',
    provider: 'vllm',
    title: 'vLLM',
    input: 0,
    output: 0,
    url: 'http://127.0.0.1:8000/v1',
  },
] as const

const plainBudget = { softUsd: null, holds: 'strict', windows: [], increase: null } as const

export function sampleKeys(nowMs: number): readonly PanelKey[] {
  const make = (id: number, alias: string, rest: Partial<PanelKey>): PanelKey => ({
    id,
    token: String(id).repeat(64).slice(0, 64),
    name: alias,
    alias,
    shown: `sk-…${String(1000 + id * 7)}`,
    teamId: null,
    teamName: null,
    models: [],
    budget: { limitUsd: null, duration: null, settledUsd: '0.000000000', heldUsd: '0.000000000', resetsAtMs: null, ...plainBudget },
    organizationId: null,
    projectId: null,
    userId: null,
    spendTotalUsd: '0.000000000',
    rpm: null,
    parallel: null,
    expiresAtMs: null,
    blocked: false,
    metadata: {},
    createdAtMs: nowMs - id * 9 * dayMs,
    lastUsedAtMs: null,
    ...rest,
  })
  const budget = (limitUsd: string, settledUsd: string, heldUsd: string): PanelKey['budget'] => ({
    limitUsd,
    duration: '1mo',
    settledUsd,
    heldUsd,
    resetsAtMs: nowMs + 10 * dayMs,
    ...plainBudget,
    windows: [{ hard: true, limitUsd, duration: '1mo', settledUsd, heldUsd, resetsAtMs: nowMs + 10 * dayMs }],
  })
  return [
    make(3, 'ci-bot', {
      budget: budget('50.000000000', '41.203117500', '1.250000000'),
      spendTotalUsd: '187.330012750',
      lastUsedAtMs: nowMs - 2 * minuteMs,
      teamId: 'web',
      teamName: 'Web',
      rpm: 60,
      metadata: { repository: 'storefront' },
    }),
    make(4, 'My laptop', { spendTotalUsd: '12.000420000', lastUsedAtMs: nowMs - 40_000, models: ['gpt-4o-mini', 'llama3.2:3b'] }),
    make(5, 'Night batch: catalogue translation, all languages', {
      budget: budget('20.000000000', '20.000000000', '0.000000000'),
      spendTotalUsd: '20.000000000',
      lastUsedAtMs: nowMs - 3 * 60 * minuteMs,
      parallel: 8,
    }),
    make(6, 'grace', {
      budget: budget('100.000000000', '3.120000000', '0.041000000'),
      spendTotalUsd: '3.120000000',
      lastUsedAtMs: nowMs - 26 * 60 * minuteMs,
      expiresAtMs: nowMs + 5 * dayMs,
      teamId: 'web',
      teamName: 'Web',
    }),
    make(7, 'old-intranet', { blocked: true, spendTotalUsd: '0.000042000', lastUsedAtMs: nowMs - 40 * dayMs }),
    make(8, 'workshop', { expiresAtMs: nowMs - 2 * dayMs, spendTotalUsd: '0.512000000', lastUsedAtMs: nowMs - 3 * dayMs }),
    make(9, 'research notebook', {}),
  ]
}

export const sampleTeams: readonly PanelTeam[] = [
  {
    teamId: 'web',
    name: 'Web',
    keys: 2,
    budget: { limitUsd: '200.000000000', duration: '1mo', settledUsd: '44.323117500', heldUsd: '1.291000000', resetsAtMs: null, ...plainBudget },
  },
]

export function sampleProviders(nowMs: number): PanelProviders {
  const deployments = models.map((model, index): PanelDeployment => ({
    id: `dep_${model.provider}_${String(index)}`,
    modelName: model.name,
    providerId: model.provider,
    providerTitle: model.title,
    local: model.provider === 'ollama',
    upstreamModel: model.name === 'claude-sonnet' ? 'claude-sonnet-4-5-20250929' : model.name,
    baseUrl: model.url,
    credential: model.provider === 'openai' ? 'openai' : model.provider === 'anthropic' ? 'os.environ/ANTHROPIC_API_KEY' : null,
    credentialSavedAtMs: model.provider === 'openai' ? nowMs - 12 * dayMs : null,
    origin: index === 1 ? 'file' : 'ledger',
    weight: 1,
    priced: model.provider !== 'vllm',
    priceNote:
      model.provider === 'ollama' ? 'declared free: a local engine' : model.provider === 'vllm' ? null : `genai-prices 0.1.8 ${model.provider}/${model.name}`,
    inputUsdPerMillion: model.provider === 'vllm' ? null : String(model.input / 1000),
    outputUsdPerMillion: model.provider === 'vllm' ? null : String(model.output / 1000),
    contextTokensMax: 128_000,
    outputTokensMax: 16_384,
  }))
  return {
    catalogue,
    deployments,
    credentials: [{ name: 'openai', providerId: 'openai', ref: 'keychain/openai', createdAtMs: nowMs - 20 * dayMs, savedAtMs: nowMs - 12 * dayMs, usedBy: 2 }],
  }
}

const kind = (id: string, title: string, rest: Partial<PanelProviderKind>): PanelProviderKind => ({
  id,
  title,
  local: false,
  needsKey: true,
  defaultBaseUrl: `https://api.${id}.example/v1`,
  keyVariable: `${id.toUpperCase()}_API_KEY`,
  keyVariableSet: false,
  settings: [{ name: 'api_base', label: 'Base URL', kind: 'url', required: false }],
  documentationUrl: 'https://platform.openai.com/docs/api-reference',
  verified: false,
  common: false,
  ...rest,
})
const catalogue: readonly PanelProviderKind[] = [
  kind('openai', 'OpenAI', { common: true, verified: true }),
  kind('anthropic', 'Anthropic', { keyVariableSet: true, common: true }),
  ...['Groq', 'Mistral', 'DeepSeek', 'Together', 'OpenRouter', 'Fireworks'].map((title) => kind(title.toLowerCase(), title, {})),
  kind(vertexAi.id, vertexAi.title, { keyVariable: null, defaultBaseUrl: vertexAi.defaultBaseUrl, settings: vertexAi.settings }),
  kind('ollama', 'Ollama', {
    local: true,
    needsKey: false,
    keyVariable: null,
    defaultBaseUrl: 'http://127.0.0.1:11434',
    settings: [
      { name: 'api_base', label: 'Address', kind: 'url', required: false, help: 'The origin, without /api or /v1.' },
      {
        name: 'num_ctx',
        label: 'Context size',
        kind: 'number',
        required: false,
        placeholder: '16384',
        help: 'In tokens. Left empty, Ollama uses its own default and cuts longer prompts.',
      },
    ],
  }),
  kind('openai_compatible', 'OpenAI-compatible', {
    local: true,
    needsKey: false,
    keyVariable: null,
    defaultBaseUrl: null,
    settings: [
      {
        name: 'api_base',
        label: 'Base URL',
        kind: 'url',
        required: true,
        placeholder: 'https://example.com/v1',
        help: 'Up to and including /v1: the part before /chat/completions.',
      },
    ],
  }),
]
