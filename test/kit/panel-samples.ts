// Sample answers for the panel's reads, typed as the gateway types them: a small team with local and cloud models.
// Promises: the same seed gives the same answers; sums of requests, roll-ups and budgets are computed, not typed in.
// Leaves alone: HTTP (panel-fixture.ts).

import type { PanelAttempt, PanelKey, PanelProviders, PanelRequest, PanelRequestDetail, PanelSession, PanelTeam } from '../../gateway/contract/panel.ts'
import { models, sampleKeys, sampleProviders, sampleTeams } from './panel-sample-records.ts'

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
    vault: {
      store: 'keychain',
      passphrase: 'absent',
      title: 'Secret Service',
      sentence: 'Provider credentials are kept in the Secret Service of this computer.',
      canSave: true,
    },
    durability: 'full',
    configFile: '~/gateway/config.yaml',
    expiresAtMs: nowMs + 12 * 60 * minuteMs,
    lan: null,
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
    providerTitle: served || end === 'failed' ? model.title : null,
    attempts: running ? 1 : end === 'refused' ? 0 : end === 'failed' ? 3 : dice < 0.05 ? 2 : 1,
    promptTokens,
    completionTokens,
    cachedTokens: Math.floor(promptTokens * 0.4),
    reasoningTokens: 0,
    costUsd: toText(BigInt(promptTokens * model.input + completionTokens * model.output)),
    heldUsd: running ? '0.163840000' : '0.000000000',
    savedUsd: '0.000000000',
    provenance: served ? (dice > 0.9 ? 'estimated' : 'reported') : null,
    unpriced: served && model.provider === 'vllm',
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
    ...(request.attempts > 0
      ? [
          { name: 'call', startMs: 2, endMs: callEndMs },
          { name: 'settle', startMs: callEndMs, endMs: callEndMs + 0.05 },
        ]
      : []),
    { name: 'record', startMs: callEndMs + 0.05, endMs: totalMs },
  ]
  const failed = request.end === 'failed'
  return {
    ...request,
    errorMessage: failed
      ? 'OpenAI could not be reached: connect ETIMEDOUT 104.18.7.192:443 after 10,000 ms.'
      : request.end === 'refused'
        ? 'Budget of key ci-bot used up: $50.00 of $50.00 spent or reserved until 1 Dec 2026. This request needs up to $0.16.'
        : null,
    clientIp: '127.0.0.1',
    endUser: request.row % 5 === 0 ? 'customer-4711' : null,
    sessionId: request.row % 3 === 0 ? 'f3b1c2d4-7a51-4f0e-9a37-5f8e8a7f2d10' : null,
    traceId: null,
    dropped: [],
    tags: [],
    adjustments: [],
    stages: request.state === 'open' ? [] : stages,
    attemptRows: Array.from({ length: request.attempts }, (_, index) =>
      sampleAttempt(request, {
        index,
        startMs: 2 + (index * (callEndMs - 2)) / request.attempts,
        endMs: 2 + ((index + 1) * (callEndMs - 2)) / request.attempts,
      }),
    ),
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
    providerTitle: model.title,
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
