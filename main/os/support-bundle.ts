// A text file for people who help: versions, settings, the gateway's state, whether its ledger balances, the last log lines.
// Promises: what was shown is what is written, to the letter; no credential, no prompt, no name, address or home folder. Nothing is sent anywhere.
// Leaves alone: the redaction itself (redact.ts, redact-log.ts), asking where to save (dialogs.ts).

import type { PanelAlerts } from '../../gateway/contract/alerts.ts'
import { textOf, type JsonObject } from '../../gateway/contract/json.ts'
import type { GatewayState } from '../gateway/state.ts'
import { shellLimits } from './limits.ts'
import type { Logs } from './logs.ts'
import { wordError, type Address, type Timer } from './ports.ts'
import { redact, type KnownFacts } from './redact.ts'
import { redactLogLine } from './redact-log.ts'

export interface SupportFacts {
  readonly version: string
  readonly platform: string
  readonly release: string
  readonly arch: string
  /** Electron, Chromium, Node. */
  readonly runtimes: Readonly<Record<string, string | undefined>>
}
export interface SupportParts {
  readonly facts: SupportFacts
  readonly known: Omit<KnownFacts, 'secrets'>
  readonly state: () => GatewayState
  readonly alerts: () => PanelAlerts | null
  readonly settings: () => JsonObject
  readonly logs: Pick<Logs, 'readTails'>
  readonly reads: { readReadiness(at: Address): Promise<JsonObject>; verifyLedger(at: Address): Promise<JsonObject> }
  readonly timer: Timer
}
export interface SupportPart {
  readonly name: string
  readonly text: string
}
export interface SupportBundle {
  readonly name: string
  readonly parts: readonly SupportPart[]
  /** Exactly what is written. */
  readonly text: string
}
export interface SupportDesk {
  /** Collects anew. */
  prepare(): Promise<SupportBundle>
  /** What was prepared last, as long as it is fresh; else collected anew. */
  current(): Promise<SupportBundle>
}

export function createSupportDesk(parts: SupportParts): SupportDesk {
  let kept: { readonly bundle: SupportBundle; readonly atMs: number } | null = null
  const prepare = async (): Promise<SupportBundle> => {
    const atMs = parts.timer.nowMs()
    const bundle = await collect(parts, atMs)
    kept = { bundle, atMs }
    return bundle
  }
  return {
    prepare,
    current: async () => (kept !== null && parts.timer.nowMs() - kept.atMs < shellLimits.bundleKeptMs ? kept.bundle : await prepare()),
  }
}

async function collect(parts: SupportParts, atMs: number): Promise<SupportBundle> {
  const state = parts.state()
  const known: KnownFacts = { ...parts.known, secrets: state.kind === 'serving' ? [state.token] : [] }
  const page = (name: string, value: unknown): SupportPart => ({ name, text: redact(JSON.stringify(value, null, 2), known) })
  const logs = parts.logs.readTails().map(({ name, lines }) => ({ name, text: lines.map((line) => redactLogLine(line, known)).join('\n') }))
  const files = [
    page('about.json', { ...parts.facts, madeAt: new Date(atMs).toISOString() }),
    page('settings.json', withoutNotices(parts.settings())),
    page('gateway.json', { ...toPlain(state), readiness: await readiness(parts, state), ...toFigures(parts.alerts()) }),
    page('ledger.json', await ledger(parts, state)),
    ...logs,
  ]
  const day = new Date(atMs).toISOString().slice(0, 10)
  return { name: `tollgate-support-${day}.txt`, parts: files, text: files.map(({ name, text }) => `=== ${name}\n${text}\n`).join('\n') }
}

/** What was told names budgets and keys; it helps nobody. */
const withoutNotices = (settings: JsonObject): JsonObject => ({ ...settings, notices: undefined })

/** Without the token and the address' owner. */
function toPlain(state: GatewayState): JsonObject {
  switch (state.kind) {
    case 'serving':
      return { state: state.kind, baseUrl: state.baseUrl }
    case 'port-taken':
      return { state: state.kind, port: state.port, owner: state.owner }
    case 'waiting':
      return { state: state.kind, reason: state.reason, crashes: state.crashes }
    case 'stopped':
      return { state: state.kind, reason: state.reason }
    default:
      return { state: state.kind }
  }
}

/** Counts and providers; names of keys and teams are people's own. */
function toFigures(alerts: PanelAlerts | null): JsonObject {
  if (alerts === null) return { figures: null }
  const { today, running, budgets, providers, keys } = alerts
  return {
    today,
    running,
    budgetsNearTheirEnd: budgets.length,
    keysNearTheirEnd: keys.length,
    providers: providers.map(({ id, state, calls, failures }) => ({ id, state, calls, failures })),
  }
}

async function readiness({ reads }: SupportParts, state: GatewayState): Promise<JsonObject | string> {
  if (state.kind !== 'serving') return 'The gateway does not serve now.'
  return await reads.readReadiness(state).catch((error: unknown) => wordError(error))
}

/** Which invariants do not hold, without the rows' own contents. */
async function ledger({ reads }: SupportParts, state: GatewayState): Promise<JsonObject> {
  if (state.kind !== 'serving') return { verified: null, why: 'The gateway does not serve now.' }
  try {
    const { balanced, checked_at, violations } = await reads.verifyLedger(state)
    const found = Array.isArray(violations) ? violations : []
    const invariants = found.flatMap((one: unknown) => (typeof one === 'object' && one !== null && 'invariant' in one ? (textOf(one.invariant) ?? []) : []))
    return { verified: { balanced: balanced ?? null, checkedAt: checked_at ?? null, violations: found.length, invariants: [...new Set(invariants)] } }
  } catch (error) {
    return { verified: null, why: wordError(error) }
  }
}
