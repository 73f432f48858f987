// The corridor's part of the composition root: every room with its tools, in one value.
// Promises: the same limiter, ledger and clock for all rooms. Leaves alone: their order (flow.ts), everything outside the corridor (compose.ts).

import { createHash } from 'node:crypto'
import type { Access } from './admin/access.ts'
import type { CountTokens } from './admin/count-tokens.ts'
import type { Authorize } from './contract/authorize.ts'
import type { Clock } from './contract/clock.ts'
import type { Limits } from './contract/config.ts'
import type { KeptResponses } from './contract/converse.ts'
import type { Directory } from './contract/directory.ts'
import type { Egress } from './contract/egress.ts'
import { refuse } from './contract/errors.ts'
import { keyHash, type RequestId } from './contract/ids.ts'
import type { LedgerPort } from './contract/ledger.ts'
import { nanoUsd } from './contract/money.ts'
import { createFlow, type Flow } from './flow.ts'
import { guardrails } from './guardrails/index.ts'
import type { LiveCatalog } from './intake/live-catalog.ts'
import type { FindPassage } from './intake/passages.ts'
import { errorFacts, type Log } from './kit/log.ts'
import { hashKey } from './kit/virtual-key.ts'
import { createLimiter } from './limits/limiter.ts'
import { createBlockOf } from './prices/block.ts'
import { createCalibration } from './prices/calibration.ts'
import { exposureOf, inputTokensMost } from './prices/exposure.ts'
import { createAdmit } from './rooms/admit.ts'
import { createCall } from './rooms/call/call.ts'
import { countInput } from './rooms/call/count-input.ts'
import type { Drains } from './rooms/call/drains.ts'
import { createConverse } from './rooms/converse/converse.ts'
import { createKeptResponses } from './rooms/converse/kept-responses.ts'
import { createGuard } from './rooms/guard.ts'
import { createIdentify, type Identify } from './rooms/identify.ts'
import { createRecord } from './rooms/record.ts'
import { createReplay } from './rooms/replay/replay.ts'
import { createRoute } from './rooms/route.ts'
import { settle } from './rooms/settle.ts'
import { wires } from './translate/index.ts'

export interface CorridorParts {
  readonly config: { readonly limits: Limits }
  readonly ledger: { readonly port: LedgerPort }
  readonly live: Pick<LiveCatalog, 'catalog'>
  readonly findPassage: FindPassage
  readonly directory: Directory
  readonly authorize: Authorize
  readonly access: Pick<Access, 'isAdminKey'>
  readonly egress: Egress
  readonly drains: Drains
  readonly clock: Clock
  readonly log: Log
}

export function buildCorridor(parts: CorridorParts): { readonly flow: Flow; readonly identify: Identify; readonly keptResponses: KeptResponses } {
  const { ledger, live, clock, log, egress, access, directory } = parts
  const { limits } = parts.config
  const identify = createIdentify({ directory, nowMs: clock.nowMs, hashKey: (text) => keyHash(hashKey(text)), isAdminKey: access.isAdminKey })
  const limiter = createLimiter(clock)
  const calibration = createCalibration()
  const keptResponses = createKeptResponses(limits, clock)
  const onTrouble = (id: RequestId, error: unknown): void => log('error', 'record-failed', { requestId: id, ...errorFacts(error) })
  const flow = createFlow(
    {
      identify,
      replay: createReplay({
        limiter,
        clock,
        digest: (bytes) => createHash('sha256').update(bytes).digest('base64'),
        limits,
      }),
      converse: createConverse(keptResponses, limits),
      admit: createAdmit({
        catalog: live.catalog,
        ledger: ledger.port,
        limiter,
        wires,
        exposureOf,
        blockOf: createBlockOf({ calibration, outputBlockTokens: limits.outputBlockTokens }),
        scopesOf: directory.scopesOf,
        outputTokensFloor: limits.outputTokensFloor,
        findPassage: parts.findPassage,
      }),
      guard: createGuard(guardrails),
      route: createRoute({ random: Math.random, retries: () => live.catalog().retries, attemptsMax: limits.attemptsMax }),
      call: createCall({
        ledger: ledger.port,
        egress,
        wires,
        authorize: parts.authorize,
        scopesOf: directory.scopesOfDeployment,
        costOf: (usage, price) => settle([{ usage, price }])[0]?.costNanoUsd ?? nanoUsd(0),
        inputTokensMost,
        drains: parts.drains,
        onUsage: calibration.learn,
        clock,
        random: Math.random,
        limits,
      }),
      settle,
      record: createRecord({
        ledger: ledger.port,
        waitMs: limits.lastByteWaitMs,
        onTrouble,
      }),
    },
    clock,
  )
  return { flow, identify, keptResponses }
}

/** The corridor's own count, for callers who ask before they send. What the route leaves out of a message is no reason to refuse it. */
export const countTokens: CountTokens = (body, facts) => {
  const inbound = wires['anthropic-messages'].inbound
  if (inbound === undefined) throw refuse('internal')
  inbound.read({ max_tokens: 1, ...body })
  return countInput(body, inbound.bound(body), facts)
}
