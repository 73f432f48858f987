// All routes of this folder as two lists: LiteLLM's administration, and what the panel reads.
// Promises: nothing is served that is not in one of them. Leaves alone: how they are dispatched (door/).

import type { JsonRoute } from '../contract/route.ts'
import { createCredentialRoutes } from './credentials.ts'
import type { AdminDeps } from './deps.ts'
import { createExportRoutes } from './export.ts'
import { createHealthRoutes } from './health.ts'
import { createKeyReadRoutes } from './key-reads.ts'
import { createKeyRoutes } from './keys.ts'
import { createModelRoutes } from './models.ts'
import { createPanelEventRoutes } from './panel-events.ts'
import { createPanelHomeRoutes } from './panel-home.ts'
import { createPanelKeyRoutes } from './panel-keys.ts'
import { createPanelProviderRoutes } from './panel-providers.ts'
import { createPanelRequestRoutes } from './panel-requests.ts'
import { createSignInRoutes } from './panel-sign-in.ts'
import { createPanelSpendRoutes } from './panel-spend.ts'
import { createSpendLogRoutes } from './spend-logs.ts'
import { createTeamRoutes } from './teams.ts'

/** Everything but /openapi.json, which needs all other declarations first: see createOpenApiRoute. */
export function createAdminRoutes(deps: AdminDeps): readonly JsonRoute[] {
  return [
    ...createKeyRoutes(deps),
    ...createKeyReadRoutes(deps),
    ...createTeamRoutes(deps),
    ...createModelRoutes(deps),
    ...createCredentialRoutes(deps),
    ...createSpendLogRoutes(deps),
    ...createExportRoutes(deps),
    ...createHealthRoutes(deps),
  ]
}

export function createPanelRoutes(deps: AdminDeps): readonly JsonRoute[] {
  return [
    ...createSignInRoutes(deps),
    ...createPanelHomeRoutes(deps),
    ...createPanelRequestRoutes(deps),
    ...createPanelKeyRoutes(deps),
    ...createPanelProviderRoutes(deps),
    ...createPanelSpendRoutes(deps),
    ...createPanelEventRoutes(deps),
  ]
}
