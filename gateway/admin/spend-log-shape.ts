// A ledger row in the shape of LiteLLM's spend log (LiteLLM_SpendLogs of its OpenAPI, as known 2026-11-21).
// Promises: field for field what its clients read; what this ledger does not keep (bodies, cache keys) is empty, never invented.
// Leaves alone: which rows are shown to whom (spend-logs.ts).

import { z } from 'zod'
import type { Directory } from '../contract/directory.ts'
import type { KeyId } from '../contract/ids.ts'
import { toUsdNumber } from '../contract/money.ts'
import type { Catalog } from '../contract/provider.ts'
import type { RequestRow } from '../contract/reports.ts'
import type { Operation } from '../contract/request.ts'

const empty = z.strictObject({})
export const spendLogSchema = z.strictObject({
  request_id: z.string(),
  call_type: z.string(),
  api_key: z.string().meta({ description: 'Hash of the key; empty for one that was deleted, and for the gateway’s own callers.' }),
  spend: z.number(),
  total_tokens: z.int(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  startTime: z.string(),
  endTime: z.string(),
  completionStartTime: z.string().nullable(),
  model: z.string(),
  model_id: z.string(),
  model_group: z.string(),
  custom_llm_provider: z.string(),
  api_base: z.string(),
  user: z.literal(''),
  metadata: z.looseObject({ status: z.string(), user_api_key_alias: z.string() }),
  cache_hit: z.literal('False'),
  cache_key: z.literal(''),
  request_tags: z.array(z.never()),
  team_id: z.string().nullable(),
  organization_id: z.null(),
  end_user: z.string().nullable(),
  requester_ip_address: z.string().nullable(),
  messages: empty,
  response: empty,
  proxy_server_request: empty,
  session_id: z.string().nullable(),
  status: z.enum(['success', 'failure']),
  mcp_namespaced_tool_name: z.null(),
  agent_id: z.null(),
})
export type SpendLog = z.infer<typeof spendLogSchema>

const callTypes: Readonly<Record<Operation, string>> = {
  chat: 'acompletion',
  completion: 'atext_completion',
  embedding: 'aembedding',
  rerank: 'arerank',
  image: 'aimage_generation',
  speech: 'aspeech',
  transcription: 'atranscription',
  moderation: 'amoderation',
  'pass-through': 'pass_through_endpoint',
}
/** Where LiteLLM has a word of its own for what is one operation here. */
const callTypesOfWires: Readonly<Record<string, string>> = { 'openai-image-edits': 'aimage_edit' }

export interface LogTools {
  readonly directory: Directory
  readonly catalog: Catalog
  /** Addresses of upstreams and callers are for administrators. */
  readonly full: boolean
}

export function toSpendLog(row: RequestRow & { readonly clientIp?: string | null }, tools: LogTools): SpendLog {
  const atOffset = (offsetUs: number): string => new Date(row.receivedAtMs + Math.round(offsetUs / 1000)).toISOString()
  const deployment = row.deploymentId === null ? undefined : tools.catalog.deployments().find((candidate) => candidate.id === row.deploymentId)
  const status = row.end === 'answered' ? 'success' : 'failure'
  return {
    request_id: row.requestId,
    call_type: callTypesOfWires[row.wire] ?? callTypes[row.operation],
    api_key: hashOf(tools.directory, row.keyId) ?? '',
    spend: toUsdNumber(row.costNanoUsd),
    total_tokens: row.promptTokens + row.completionTokens,
    prompt_tokens: row.promptTokens,
    completion_tokens: row.completionTokens,
    startTime: atOffset(0),
    endTime: atOffset(row.totalUs ?? 0),
    completionStartTime: row.firstByteUs === null ? null : atOffset(row.firstByteUs),
    model: row.servedModel ?? row.model,
    model_id: row.deploymentId ?? '',
    model_group: row.model,
    custom_llm_provider: row.providerId ?? '',
    api_base: tools.full ? (deployment?.baseUrl ?? '') : '',
    user: '',
    metadata: toMetadata(row, status),
    cache_hit: 'False',
    cache_key: '',
    request_tags: [],
    team_id: row.teamId === null ? null : (tools.directory.findTeamById(row.teamId)?.teamId ?? null),
    organization_id: null,
    end_user: row.endUser,
    requester_ip_address: tools.full ? (row.clientIp ?? null) : null,
    messages: {},
    response: {},
    proxy_server_request: {},
    session_id: row.sessionId,
    status,
    mcp_namespaced_tool_name: null,
    agent_id: null,
  }
}

/** null: the key was deleted, or is one of the two that are no virtual keys. Their names are in the metadata. */
export function hashOf(directory: Directory, id: KeyId): string | null {
  const entry = directory.findById(id)
  return entry?.key.kind === 'key' ? entry.key.hash : null
}

/** LiteLLM's names first, then what only this ledger knows. */
function toMetadata(row: RequestRow, status: string): SpendLog['metadata'] {
  return {
    status,
    user_api_key_alias: row.keyName,
    user_api_key_team_alias: row.teamName,
    error_code: row.errorCode,
    trace_id: row.traceId,
    attempts: row.attempts,
    cached_tokens: row.cachedTokens,
    reasoning_tokens: row.reasoningTokens,
    provenance: row.provenance,
    unpriced: row.unpriced,
    state: row.state,
  }
}
