// The panel's routes as one list: sign-in, and what its pages read.
// Promises: none of them writes anything but sessions. Leaves alone: how they are dispatched (door/).

import type { JsonRoute } from '../contract/route.ts'
import type { AdminDeps } from './deps.ts'
import { createPanelAttentionRoutes } from './panel-attention.ts'
import { createPanelEventRoutes } from './panel-events.ts'
import { createPanelHomeRoutes } from './panel-home.ts'
import { createPanelKeyRoutes } from './panel-keys.ts'
import { createPanelLanRoutes } from './panel-lan.ts'
import { createPanelProviderRoutes } from './panel-providers.ts'
import { createPanelRequestRoutes } from './panel-requests.ts'
import { createSignInRoutes } from './panel-sign-in.ts'
import { createPanelSpendRoutes } from './panel-spend.ts'

export function createPanelRoutes(deps: AdminDeps): readonly JsonRoute[] {
  return [
    ...createSignInRoutes(deps),
    ...createPanelHomeRoutes(deps),
    ...createPanelRequestRoutes(deps),
    ...createPanelKeyRoutes(deps),
    ...createPanelProviderRoutes(deps),
    ...createPanelSpendRoutes(deps),
    ...createPanelEventRoutes(deps),
    ...createPanelAttentionRoutes(deps),
    ...createPanelLanRoutes(deps),
  ]
}
