// Sample answers for the panel's reads, typed as the gateway types them: a small team with local and cloud models.
// Promises: the same seed gives the same answers; sums of requests, roll-ups and budgets are computed, not typed in.
// Leaves alone: HTTP (panel-fixture.ts).

import type { PanelAttempt, PanelDeployment, PanelKey, PanelProviders, PanelRequest, PanelRequestDetail, PanelSession, PanelTeam } from '../../gateway/contract/panel.ts'

export interface SampleWorld {
  readonly nowMs: number
  readonly session: PanelSession
  readonly keys: readonly PanelKey[]
  readonly teams: readonly PanelTeam[]
  readonly providers: PanelProviders
  /** Newest first. */
  readonly requests: readonly PanelRequest[]
}

const minuteMs = 60_000
const dayMs = 1440 * minuteMs

/** A generator of numbers in [0, 1) that replays from its seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function createWorld(nowMs: number, requestCount: number): SampleWorld {
  const random = createRandom(20_261_121)
  const keys = sampleKeys(nowMs)
  const requests = Array.from({ length: requestCount }, (_, index) => sampleRequest({ row: requestCount - index, nowMs, index, keys }, random))
  return { nowMs, session: sampleSession(nowMs), keys, teams: sampleTeams, providers: sampleProviders(nowMs), requests }
}

export function sampleSession(nowMs: number): PanelSession {
  return {
    role: 'owner',
    version: '0.1.0',
    baseUrl: 'http://127.0.0.1:4000/v1',
    zone: 'Europe/Berlin',
    dataDir: '~/.local/share/tollgate',
    vault: { store: 'keychain', title: 'Secret Service', sentence: 'Provider credentials are kept in the Secret Service of this computer.', canSave: true },
    durability: 'full',
    configFile: '~/gateway/config.yaml',
    expiresAtMs: nowMs + 12 * 60 * minuteMs,
  }
}

const models = [
  { name: 'gpt-4o', provider: 'openai', title: 'OpenAI', input: 2500, output: 10_000, url: 'https://api.openai.com/v1' },
  { name: 'claude-sonnet', provider: 'anthropic', title: 'Anthropic', input: 3000, output: 15_000, url: 'https://api.anthropic.com' },
  { name: 'gpt-4o-mini', provider: 'openai', title: 'OpenAI', input: 150, output: 600, url: 'https://api.openai.com/v1' },
  { name: 'llama3.2:3b', provider: 'ollama', title: 'Ollama', input: 0, output: 0, url: 'http://127.0.0.1:11434' },
  { name: 'qwen2.5-coder:32b-instruct-q4_K_M', provider: 'openai-compatible', title: 'OpenAI-compatible', input: 0, output: 0, url: 'http://127.0.0.1:8000/v1' },
] as const

function sampleKeys(nowMs: number): readonly PanelKey[] {
  const make = (id: number, alias: string, rest: Partial<PanelKey>): PanelKey => ({
    id,
    token: String(id).repeat(64).slice(0, 64),
    name: alias,
    alias,
    shown: `sk-…${String(1000 + id * 7)}`,
    teamId: null,
    teamName: null,
    models: [],
    budget: { limitUsd: null, duration: null, settledUsd: '0.000000000', heldUsd: '0.000000000', resetsAtMs: null },
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
  const budget = (limitUsd: string, settledUsd: string, heldUsd: string): PanelKey['budget'] => ({ limitUsd, duration: '1mo', settledUsd, heldUsd, resetsAtMs: nowMs + 10 * dayMs })
  return [
    make(3, 'ci-bot', { budget: budget('50.000000000', '41.203117500', '1.250000000'), spendTotalUsd: '187.330012750', lastUsedAtMs: nowMs - 2 * minuteMs, teamId: 'web', teamName: 'Web', rpm: 60, metadata: { repository: 'storefront' } }),
    make(4, 'My laptop', { spendTotalUsd: '12.000420000', lastUsedAtMs: nowMs - 40_000, models: ['gpt-4o-mini', 'llama3.2:3b'] }),
    make(5, 'Night batch: catalogue translation, all languages', { budget: budget('20.000000000', '20.000000000', '0.000000000'), spendTotalUsd: '20.000000000', lastUsedAtMs: nowMs - 3 * 60 * minuteMs, parallel: 8 }),
    make(6, 'grace', { budget: budget('100.000000000', '3.120000000', '0.041000000'), spendTotalUsd: '3.120000000', lastUsedAtMs: nowMs - 26 * 60 * minuteMs, expiresAtMs: nowMs + 5 * dayMs, teamId: 'web', teamName: 'Web' }),
    make(7, 'old-intranet', { blocked: true, spendTotalUsd: '0.000042000', lastUsedAtMs: nowMs - 40 * dayMs }),
    make(8, 'workshop', { expiresAtMs: nowMs - 2 * dayMs, spendTotalUsd: '0.512000000', lastUsedAtMs: nowMs - 3 * dayMs }),
    make(9, 'research notebook', {}),
  ]
}

export const sampleTeams: readonly PanelTeam[] = [
  { teamId: 'web', name: 'Web', keys: 2, budget: { limitUsd: '200.000000000', duration: '1mo', settledUsd: '44.323117500', heldUsd: '1.291000000', resetsAtMs: null } },
]

function sampleProviders(nowMs: number): PanelProviders {
  const deployments = models.map((model, index): PanelDeployment => ({
    id: `dep_${model.provider}_${String(index)}`,
    modelName: model.name,
    providerId: model.provider,
    providerTitle: model.title,
    local: model.provider === 'ollama',
    upstreamModel: model.name === 'claude-sonnet' ? 'claude-sonnet-4-5-20250929' : model.name,
    baseUrl: model.url,
    credential: model.provider === 'openai' ? 'openai' : model.provider === 'anthropic' ? 'os.environ/ANTHROPIC_API_KEY' : null,
    origin: index === 1 ? 'file' : 'ledger',
    weight: 1,
    priced: model.provider !== 'openai-compatible',
    priceNote: model.provider === 'ollama' ? 'declared free: a local engine' : model.provider === 'openai-compatible' ? null : `genai-prices 0.1.8 ${model.provider}/${model.name}`,
    inputUsdPerMillion: model.provider === 'openai-compatible' ? null : String(model.input / 1000),
    outputUsdPerMillion: model.provider === 'openai-compatible' ? null : String(model.output / 1000),
    contextTokensMax: 128_000,
    outputTokensMax: 16_384,
  }))
  const kind = (id: string, title: string, rest: Partial<PanelProviders['catalogue'][number]>): PanelProviders['catalogue'][number] => ({ id, title, local: false, needsKey: true, defaultBaseUrl: `https://api.${id}.example/v1`, keyVariable: `${id.toUpperCase()}_API_KEY`, keyVariableSet: false, settings: [{ name: 'api_base', label: 'Base URL', kind: 'url', required: false }], documentationUrl: 'https://platform.openai.com/docs/api-reference', ...rest })
  return {
    catalogue: [
      kind('openai', 'OpenAI', {}),
      kind('anthropic', 'Anthropic', { keyVariableSet: true }),
      ...['Groq', 'Mistral', 'DeepSeek', 'Together', 'OpenRouter', 'Fireworks'].map((title) => kind(title.toLowerCase(), title, {})),
      kind('ollama', 'Ollama', { local: true, needsKey: false, keyVariable: null, defaultBaseUrl: 'http://127.0.0.1:11434', settings: [{ name: 'api_base', label: 'Address', kind: 'url', required: false, help: 'The origin, without /api or /v1.' }, { name: 'num_ctx', label: 'Context size', kind: 'number', required: false, placeholder: '16384', help: 'In tokens. Left empty, Ollama uses its own default and cuts longer prompts.' }] }),
      kind('openai-compatible', 'OpenAI-compatible', { local: true, needsKey: false, keyVariable: null, defaultBaseUrl: null, settings: [{ name: 'api_base', label: 'Base URL', kind: 'url', required: true, placeholder: 'https://example.com/v1', help: 'Up to and including /v1: the part before /chat/completions.' }] }),
    ],
    deployments,
    credentials: [{ name: 'openai', providerId: 'openai', ref: 'keychain/openai', createdAtMs: nowMs - 20 * dayMs, usedBy: 2 }],
  }
}

interface Place {
  readonly row: number
  readonly index: number
  readonly nowMs: number
  readonly keys: readonly PanelKey[]
}
function sampleRequest({ row, index, nowMs, keys }: Place, random: () => number): PanelRequest {
  const model = models[Math.floor(random() ** 1.6 * models.length)] ?? models[0]
  const key = keys[Math.floor(random() ** 2 * 4)] ?? keys[0]
  const dice = random()
  const running = index === 0
  const end = running ? null : dice > 0.97 ? 'failed' : dice > 0.94 ? 'refused' : dice > 0.93 ? 'cut' : 'answered'
  const served = end === 'answered' || end === 'cut'
  const promptTokens = served ? 20 + Math.floor(random() ** 3 * 30_000) : 0
  const completionTokens = served ? 5 + Math.floor(random() ** 2 * 1800) : 0
  const firstByteMs = served ? 40 + random() ** 2 * 1800 : null
  return {
    row,
    requestId: `req_01K${String(row).padStart(23, '0')}`,
    receivedAtMs: nowMs - Math.floor((index * 7 + index ** 2 * 0.08 + random() * 5) * minuteMs * (index < 3 ? 0.05 : 1)) - 900,
    state: running ? 'open' : 'closed',
    end,
    status: running ? null : end === 'failed' ? 502 : end === 'refused' ? 429 : 200,
    errorCode: end === 'failed' ? 'upstream_unreachable' : end === 'refused' ? 'insufficient_quota' : null,
    operation: 'chat',
    wire: 'openai-chat',
    stream: random() > 0.4,
    keyId: key?.id ?? 0,
    keyName: key?.name ?? 'panel',
    teamName: key?.teamName ?? null,
    model: model.name,
    servedModel: served ? (model.name === 'claude-sonnet' ? 'claude-sonnet-4-5-20250929' : model.name) : null,
    providerId: served || end === 'failed' ? model.provider : null,
    attempts: running ? 1 : end === 'refused' ? 0 : end === 'failed' ? 3 : dice < 0.05 ? 2 : 1,
    promptTokens,
    completionTokens,
    cachedTokens: Math.floor(promptTokens * 0.4),
    reasoningTokens: 0,
    costUsd: toText(BigInt(promptTokens * model.input + completionTokens * model.output)),
    heldUsd: running ? '0.163840000' : '0.000000000',
    provenance: served ? (dice > 0.9 ? 'estimated' : 'reported') : null,
    unpriced: served && model.provider === 'openai-compatible',
    firstByteMs,
    totalMs: running ? null : firstByteMs === null ? 3 + random() * 20 : firstByteMs + completionTokens * 6,
    userAgent: ['OpenAI/JS 7.55.0', 'claude-cli/2.1.329', 'python-requests/2.32.0', null][Math.floor(random() * 4)] ?? null,
  }
}

export function sampleDetail(request: PanelRequest): PanelRequestDetail {
  const totalMs = request.totalMs ?? 0
  const callEndMs = Math.max(4, totalMs - 2.2)
  const stages = [
    { name: 'receive', startMs: 0, endMs: 0.42 },
    { name: 'identify', startMs: 0.42, endMs: 0.55 },
    { name: 'admit', startMs: 0.55, endMs: 1.9 },
    { name: 'guard', startMs: 1.9, endMs: 1.92 },
    { name: 'route', startMs: 1.92, endMs: 2 },
    ...(request.attempts > 0 ? [{ name: 'call', startMs: 2, endMs: callEndMs }, { name: 'settle', startMs: callEndMs, endMs: callEndMs + 0.05 }] : []),
    { name: 'record', startMs: callEndMs + 0.05, endMs: totalMs },
  ]
  const failed = request.end === 'failed'
  return {
    ...request,
    errorMessage: failed ? 'OpenAI could not be reached: connect ETIMEDOUT 104.18.7.192:443 after 10,000 ms.' : request.end === 'refused' ? 'Budget of key ci-bot used up: $50.00 of $50.00 spent or reserved until 1 Dec 2026. This request needs up to $0.16.' : null,
    clientIp: '127.0.0.1',
    endUser: request.row % 5 === 0 ? 'customer-4711' : null,
    sessionId: request.row % 3 === 0 ? 'f3b1c2d4-7a51-4f0e-9a37-5f8e8a7f2d10' : null,
    traceId: null,
    dropped: [],
    stages: request.state === 'open' ? [] : stages,
    attemptRows: Array.from({ length: request.attempts }, (_, index) => sampleAttempt(request, { index, startMs: 2 + (index * (callEndMs - 2)) / request.attempts, endMs: 2 + ((index + 1) * (callEndMs - 2)) / request.attempts })),
  }
}

interface Slice {
  readonly index: number
  readonly startMs: number
  readonly endMs: number
}
function sampleAttempt(request: PanelRequest, { index, startMs, endMs }: Slice): PanelAttempt {
  const last = index === request.attempts - 1
  const ok = last && (request.end === 'answered' || request.end === 'cut')
  const model = models.find((candidate) => candidate.name === request.model) ?? models[0]
  const line = (meter: string, units: number, price: number) => ({ meter, units, usdPerMillion: String(price / 1000), costUsd: toText(BigInt(units * price)) })
  return {
    ordinal: index + 1,
    deploymentId: `dep_${model.provider}_${String(index)}`,
    providerId: model.provider,
    upstreamModel: request.servedModel ?? model.name,
    reason: index === 0 ? 'drawn by weight 1 of 2' : 'retry elsewhere',
    state: request.state === 'open' ? 'open' : ok ? 'settled' : 'void',
    end: request.state === 'open' ? null : ok ? (request.end === 'cut' ? 'cut' : 'answered') : 'failed',
    provenance: ok ? request.provenance : null,
    costUsd: ok ? request.costUsd : '0.000000000',
    lines: ok && !request.unpriced ? [line('input', request.promptTokens, model.input), line('output', request.completionTokens, model.output)] : [],
    priceSource: request.unpriced ? null : model.provider === 'ollama' ? 'declared' : 'bundled',
    priceNote: model.provider === 'ollama' ? null : `genai-prices 0.1.8 ${model.provider}/${model.name}`,
    upstreamStatus: ok ? 200 : request.state === 'open' ? null : 503,
    upstreamId: ok ? `chatcmpl-${String(request.row)}` : null,
    failure: ok || request.state === 'open' ? null : 'connect ETIMEDOUT 104.18.7.192:443',
    startedMs: startMs,
    firstByteMs: ok && request.firstByteMs !== null ? Math.max(startMs + 1, Math.min(request.firstByteMs, endMs)) : null,
    endedMs: request.state === 'open' ? null : endMs,
  }
}

/** Nano-dollars as the gateway writes them. */
export function toText(nano: bigint): string {
  const digits = nano.toString().padStart(10, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`
}
export function toNano(text: string): bigint {
  return BigInt(text.replace('.', ''))
}
