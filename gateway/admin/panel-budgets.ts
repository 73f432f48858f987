// Every limit there is and where it stands, as the first page and the alerts read them.
// Promises: one question to the ledger; limits come with a running increase. Leaves alone: which of them matter.

import { nanoUsd, toUsdText, type NanoUsd } from '../contract/money.ts'
import type { PanelBudget } from '../contract/panel.ts'
import type { ScopeStanding } from '../contract/scope.ts'
import type { AdminDeps } from './deps.ts'
import { listScopes, type NamedScope } from './named-scopes.ts'
import { readStandings } from './standings.ts'

export interface Limit {
  readonly scope: NamedScope
  readonly window: ScopeStanding
  /** With a running increase. */
  readonly limitNanoUsd: NanoUsd
}

/** Widest scope first. */
export async function readBudgetLimits(deps: Pick<AdminDeps, 'directory' | 'providers' | 'catalog' | 'reports'>): Promise<readonly Limit[]> {
  const scopes = listScopes(deps).filter(({ budget }) => budget.windows.some(({ limitNanoUsd }) => limitNanoUsd !== null))
  const standings = await readStandings(
    deps.reports,
    scopes.map(({ id }) => id),
  )
  return scopes.flatMap((scope) =>
    (standings.get(scope.id)?.windows ?? []).flatMap((window) =>
      window.limitNanoUsd === null ? [] : [{ scope, window, limitNanoUsd: nanoUsd(window.limitNanoUsd + window.increaseNanoUsd) }],
    ),
  )
}

export function toPanelBudgetOf({ scope: { kind, name, href }, window, limitNanoUsd }: Limit): PanelBudget {
  const { duration, settledNanoUsd, heldNanoUsd, periodEndMs } = window
  return {
    kind,
    name,
    href,
    duration,
    limitUsd: toUsdText(limitNanoUsd),
    settledUsd: toUsdText(settledNanoUsd),
    heldUsd: toUsdText(heldNanoUsd),
    resetsAtMs: periodEndMs,
  }
}
