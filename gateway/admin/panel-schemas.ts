// The panel's reads as schemas, for the route registry and /openapi.json.
// Promises: each `satisfies` its type in contract/panel.ts, so the two cannot drift apart unnoticed.
// Leaves alone: the types themselves (the renderer imports those, without a schema library).

import { z } from 'zod'
import type {
  PanelFacets,
  PanelHome,
  PanelKey,
  PanelProbe,
  PanelProviders,
  PanelRequest,
  PanelRequestDetail,
  PanelRequestPage,
  PanelSession,
  PanelSpend,
  PanelSums,
  PanelTeam,
} from '../contract/panel.ts'
import type { PanelEngine } from '../contract/panel-engine.ts'
import { vaultStores } from '../contract/vault.ts'
import { adjustmentReasons } from '../contract/ledger.ts'
import { holdSizes, scopeKinds } from '../contract/scope.ts'

const text = z.string()
const maybeText = z.string().nullable()
const number = z.number()
const maybeNumber = z.number().nullable()
const flag = z.boolean()
const usd = z.string().meta({ description: 'Dollars with nine decimals.' })
const provenance = z.enum(['reported', 'counted', 'estimated']).nullable()

export const sessionSchema = z.strictObject({
  role: z.literal('owner'),
  version: text,
  baseUrl: text,
  zone: text,
  dataDir: text,
  vault: z.strictObject({ store: z.enum(vaultStores), passphrase: z.enum(['absent', 'locked', 'open']), title: text, sentence: text, canSave: flag }),
  durability: z.enum(['full', 'normal']),
  configFile: maybeText,
  expiresAtMs: number,
  lan: z.strictObject({ url: text, fingerprint: text, ownAuthority: flag, panel: flag }).nullable(),
}) satisfies z.ZodType<PanelSession>

const sumFields = {
  requests: number,
  errors: number,
  unpriced: number,
  promptTokens: number,
  completionTokens: number,
  cachedTokens: number,
  reasoningTokens: number,
  costUsd: usd,
}
const sumsSchema = z.strictObject(sumFields) satisfies z.ZodType<PanelSums>

const requestFields = {
  row: number,
  requestId: text,
  receivedAtMs: number,
  state: z.enum(['open', 'closed', 'orphaned']),
  end: z.enum(['answered', 'refused', 'failed', 'cut']).nullable(),
  status: maybeNumber,
  errorCode: maybeText,
  operation: text,
  wire: text,
  stream: flag,
  keyId: number,
  keyName: text,
  teamName: maybeText,
  model: text,
  servedModel: maybeText,
  providerId: maybeText,
  providerTitle: maybeText,
  attempts: number,
  promptTokens: number,
  completionTokens: number,
  cachedTokens: number,
  reasoningTokens: number,
  costUsd: usd,
  heldUsd: usd,
  savedUsd: usd,
  provenance,
  unpriced: flag,
  firstByteMs: maybeNumber,
  totalMs: maybeNumber,
  userAgent: maybeText,
}
const requestSchema = z.strictObject(requestFields) satisfies z.ZodType<PanelRequest>
export const requestPageSchema = z.strictObject({
  rows: z.array(requestSchema),
  next: maybeNumber,
  count: number,
  more: flag,
}) satisfies z.ZodType<PanelRequestPage>

const attemptSchema = z.strictObject({
  ordinal: number,
  deploymentId: text,
  providerId: text,
  providerTitle: text,
  upstreamModel: text,
  reason: text,
  state: z.enum(['open', 'settled', 'void', 'orphaned']),
  end: maybeText,
  provenance: maybeText,
  costUsd: usd,
  lines: z.array(z.strictObject({ meter: text, units: number, usdPerMillion: text, costUsd: usd })),
  priceSource: maybeText,
  priceNote: maybeText,
  upstreamStatus: maybeNumber,
  upstreamId: maybeText,
  failure: maybeText,
  startedMs: number,
  firstByteMs: maybeNumber,
  endedMs: maybeNumber,
})
export const requestDetailSchema = z.strictObject({
  ...requestFields,
  errorMessage: maybeText,
  clientIp: maybeText,
  endUser: maybeText,
  sessionId: maybeText,
  traceId: maybeText,
  dropped: z.array(text),
  stages: z.array(z.strictObject({ name: text, startMs: number, endMs: number })),
  attemptRows: z.array(attemptSchema),
  tags: z.array(text),
  adjustments: z.array(z.strictObject({ atMs: number, ordinal: maybeNumber, amountUsd: usd, reason: z.enum(adjustmentReasons), note: maybeText })),
}) satisfies z.ZodType<PanelRequestDetail>

export const homeSchema = z.strictObject({
  fromMs: number,
  toMs: number,
  totals: sumsSchema,
  previous: sumsSchema,
  series: z.array(z.strictObject({ bucketMs: number, requests: number, errors: number, costUsd: usd })),
  grain: z.enum(['hour', 'day']),
  latency: z.strictObject({ samples: number, firstByteP50Ms: maybeNumber, firstByteP95Ms: maybeNumber, totalP95Ms: maybeNumber }),
  topModels: z.array(z.strictObject({ model: text, costUsd: usd, requests: number, unpriced: number })),
  budgets: z.array(
    z.strictObject({
      kind: z.enum(scopeKinds),
      name: text,
      href: text,
      duration: maybeText,
      limitUsd: usd,
      settledUsd: usd,
      heldUsd: usd,
      resetsAtMs: maybeNumber,
    }),
  ),
  recent: z.array(requestSchema),
  attention: z.array(
    z.strictObject({
      kind: z.enum(['budget', 'expiring', 'unpriced', 'orphaned', 'vault', 'credential', 'config', 'ledger', 'strangers']),
      level: z.enum(['warn', 'bad']),
      text,
      href: text,
    }),
  ),
  setup: z.strictObject({ models: number, keys: number, requests: number }),
}) satisfies z.ZodType<PanelHome>

const budgetSchema = z.strictObject({
  limitUsd: usd.nullable(),
  duration: maybeText,
  settledUsd: usd,
  heldUsd: usd,
  resetsAtMs: maybeNumber,
  softUsd: usd.nullable(),
  holds: z.enum(holdSizes),
  windows: z.array(z.strictObject({ hard: flag, limitUsd: usd, duration: maybeText, settledUsd: usd, heldUsd: usd, resetsAtMs: maybeNumber })),
  increase: z.strictObject({ amountUsd: usd, untilMs: number }).nullable(),
}) satisfies z.ZodType<PanelKey['budget']>
export const keysSchema = z.array(
  z.strictObject({
    id: number,
    token: text,
    name: text,
    alias: maybeText,
    shown: text,
    teamId: maybeText,
    teamName: maybeText,
    models: z.array(text),
    budget: budgetSchema,
    organizationId: maybeText,
    projectId: maybeText,
    userId: maybeText,
    spendTotalUsd: usd,
    rpm: maybeNumber,
    parallel: maybeNumber,
    expiresAtMs: maybeNumber,
    blocked: flag,
    metadata: z.json(),
    createdAtMs: number,
    lastUsedAtMs: maybeNumber,
  }),
) satisfies z.ZodType<readonly PanelKey[]>
export const teamsSchema = z.array(z.strictObject({ teamId: text, name: text, keys: number, budget: budgetSchema })) satisfies z.ZodType<readonly PanelTeam[]>

const settingSchema = z.strictObject({
  name: text,
  label: text,
  kind: z.enum(['text', 'url', 'secret', 'number', 'select']),
  required: flag,
  placeholder: text.exactOptional(),
  help: text.exactOptional(),
  options: z.array(text).exactOptional(),
})
export const providersSchema = z.strictObject({
  catalogue: z.array(
    z.strictObject({
      id: text,
      title: text,
      local: flag,
      needsKey: flag,
      defaultBaseUrl: maybeText,
      keyVariable: maybeText,
      keyVariableSet: flag,
      settings: z.array(settingSchema),
      documentationUrl: text,
      verified: flag,
      common: flag,
    }),
  ),
  deployments: z.array(
    z.strictObject({
      id: text,
      modelName: text,
      providerId: text,
      providerTitle: text,
      local: flag,
      upstreamModel: text,
      baseUrl: text,
      credential: maybeText,
      credentialSavedAtMs: maybeNumber,
      origin: z.enum(['file', 'ledger']),
      weight: number,
      priced: flag,
      priceNote: maybeText,
      inputUsdPerMillion: maybeText,
      outputUsdPerMillion: maybeText,
      contextTokensMax: maybeNumber,
      outputTokensMax: maybeNumber,
    }),
  ),
  credentials: z.array(z.strictObject({ name: text, providerId: maybeText, ref: text, createdAtMs: number, savedAtMs: maybeNumber, usedBy: number })),
}) satisfies z.ZodType<PanelProviders>

export const probeSchema = z.strictObject({ ok: flag, models: z.array(text), problem: maybeText }) satisfies z.ZodType<PanelProbe>
export const enginesSchema = z.array(
  z.strictObject({ providerId: text, title: text, baseUrl: text, state: z.enum(['found', 'needs-key', 'other', 'none']), models: z.array(text) }),
) satisfies z.ZodType<readonly PanelEngine[]>

export const spendSchema = z.strictObject({
  fromMs: number,
  toMs: number,
  zone: text,
  grain: z.enum(['hour', 'day']),
  group: text,
  totals: sumsSchema,
  previous: sumsSchema,
  buckets: z.array(number),
  rows: z.array(z.strictObject({ ...sumFields, member: text, label: text, byBucket: z.array(z.strictObject({ costUsd: usd, requests: number })) })),
}) satisfies z.ZodType<PanelSpend>

export const facetsSchema = z.strictObject({
  models: z.array(text),
  providers: z.array(z.strictObject({ id: text, title: text })),
  keys: z.array(z.strictObject({ id: number, name: text, deleted: flag })),
  teams: z.array(z.strictObject({ id: number, name: text })),
}) satisfies z.ZodType<PanelFacets>
