// The shell's own questions to the gateway, with the token of this start of it.
// Promises: bounded in time and size; the token goes to the gateway's address and nowhere else (no redirects). Leaves alone: when they are asked.

import { panelAlertsSchema, type PanelAlerts } from '../../gateway/contract/alerts.ts'
import { isJsonObject, type JsonObject } from '../../gateway/contract/json.ts'
import { shellLimits } from './limits.ts'
import type { Address } from './ports.ts'

interface Question {
  readonly path: string
  readonly method?: 'GET' | 'POST'
  readonly timeoutMs?: number
  /** Answers that say something although they are none of success. */
  readonly alsoStatus?: number
}

/** @throws Error: not reachable, too slow, too large, not what was asked for */
export const readAlerts = async (at: Address, timeoutMs: number = shellLimits.readTimeoutMs): Promise<PanelAlerts> =>
  panelAlertsSchema.parse(await ask(at, { path: '/panel/attention', timeoutMs }))

/** @throws Error */
export const readReadiness = async (at: Address): Promise<JsonObject> => toObject(await ask(at, { path: '/health/readiness', alsoStatus: 503 }))

/** Recomputes the whole ledger. @throws Error */
export const verifyLedger = async (at: Address): Promise<JsonObject> =>
  toObject(await ask(at, { path: '/ledger/verify', method: 'POST', timeoutMs: shellLimits.verifyTimeoutMs }))

async function ask(at: Address, { path, method = 'GET', timeoutMs = shellLimits.readTimeoutMs, alsoStatus }: Question): Promise<unknown> {
  const response = await fetch(new URL(path, at.baseUrl), {
    method,
    headers: { authorization: `Bearer ${at.token}`, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) },
    ...(method === 'POST' ? { body: '{}' } : {}),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await readText(response)
  if (!response.ok && response.status !== alsoStatus) throw new Error(`The gateway answered ${path} with status ${String(response.status)}.`)
  return JSON.parse(text) as unknown
}

async function readText(response: Response): Promise<string> {
  const body: AsyncIterable<Uint8Array> | null = response.body
  if (body === null) return ''
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of body) {
    size += piece.byteLength
    if (size > shellLimits.readBytesMax) throw new Error('The gateway’s answer is larger than this app reads.')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function toObject(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new Error('The gateway’s answer is not what was asked for.')
  return value
}
