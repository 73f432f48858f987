// The routes that the gateway itself declares for inference: its surfaces' own, and vendors' own paths behind their prefixes.
// Promises: taken from the gateway's registry, never from a list kept here. Leaves alone: paths of an administrator's own, which are configuration.

import rows from '../../resources/providers.json' with { type: 'json' }
import { inferenceRoutes } from '../../gateway/door/surfaces/index.ts'
import { passageRoutes, passagesOf } from '../../gateway/door/surfaces/passages.ts'
import type { InferenceRoute } from '../../gateway/door/surfaces/surface.ts'
import { createProviders } from '../../gateway/providers/index.ts'

export function declaredRoutes(): readonly InferenceRoute[] {
  const known = inferenceRoutes(1)
  return [...known, ...passageRoutes(passagesOf(createProviders(rows).all), known, 1)]
}
