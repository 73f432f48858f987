// LiteLLM's administration routes, as one list.
// Promises: everything that writes keys, teams, deployments or credentials is here. Leaves alone: how they are dispatched (door/).

import type { JsonRoute } from '../contract/route.ts'
import { createBudgetRoutes } from './budgets.ts'
import { createCredentialRoutes } from './credentials.ts'
import type { AdminDeps } from './deps.ts'
import { createExportRoutes } from './export.ts'
import { createHealthRoutes } from './health.ts'
import { createKeyReadRoutes } from './key-reads.ts'
import { createKeyRoutes } from './keys.ts'
import { createLedgerCareRoutes } from './ledger-care.ts'
import { createModelRoutes } from './models.ts'
import { createOwnPathRoutes } from './own-paths.ts'
import { createPriceOverrideRoutes } from './prices-overrides.ts'
import { createRepriceRoutes } from './prices-reprice.ts'
import { createPriceTableRoutes } from './prices-tables.ts'
import { createProviderModelRoutes } from './provider-models.ts'
import { createProviderRoutes } from './providers.ts'
import { createSpendLogRoutes } from './spend-logs.ts'
import { createTeamRoutes } from './teams.ts'
import { createTurns } from './turns.ts'
import { createVaultRoutes } from './vault.ts'

/** Everything but /openapi.json, which needs all other declarations first: see createOpenApiRoute. */
export function createAdminRoutes(deps: AdminDeps): readonly JsonRoute[] {
  // A budget has several fields: two updates of a part each must not undo each other, whichever route they take.
  // A key is made in turn, too, or it would miss the budget that its team's members are just being given.
  // So are deployments and credentials: an id or a name is given once, and what one of them begins to use the other must not take away.
  const inTurn = createTurns()
  return [
    ...createKeyRoutes(deps, inTurn),
    ...createKeyReadRoutes(deps),
    ...createTeamRoutes(deps, inTurn),
    ...createBudgetRoutes(deps, inTurn),
    ...createModelRoutes(deps, inTurn),
    ...createProviderRoutes(deps),
    ...createProviderModelRoutes(deps),
    ...createCredentialRoutes(deps, inTurn),
    ...createSpendLogRoutes(deps),
    ...createExportRoutes(deps),
    ...createHealthRoutes(deps),
    // Exact paths come before the pattern of a model's name.
    ...createPriceTableRoutes(deps),
    ...createRepriceRoutes(deps),
    ...createPriceOverrideRoutes(deps),
    ...createLedgerCareRoutes(deps),
    ...createOwnPathRoutes(deps, inTurn),
    ...createVaultRoutes(deps, inTurn),
  ]
}
