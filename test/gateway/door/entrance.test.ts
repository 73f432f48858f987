// The two entrances: what each of them can match at all, over every route that is declared.

import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../../gateway/config.ts'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import { createFrontEntrance, createLanEntrance, type DoorRoute, type Entrance } from '../../../gateway/door/entrance.ts'
import { createOwnRoutes } from '../../../gateway/door/own-paths.ts'
import { inferenceRoutes } from '../../../gateway/door/surfaces/index.ts'
import { createAdminRoutes } from '../../../gateway/admin/routes.ts'
import { createPanelRoutes } from '../../../gateway/admin/panel-routes.ts'
import { createServedModelRoutes } from '../../../gateway/admin/served-models.ts'
import { createWorld } from '../admin/world.ts'

const { deps } = await createWorld()
const administration: readonly DoorRoute[] = [...createAdminRoutes(deps), ...createPanelRoutes(deps)]
const inference: readonly DoorRoute[] = [...inferenceRoutes(defaultLimits.inferenceBodyBytesMax), ...createServedModelRoutes(deps, null)]
const building = { declared: [...inference, ...administration], own: createOwnRoutes(() => [], 1), port: () => 4443 }
const names = (): { dns: string[]; addresses: string[] } => ({ dns: [], addresses: ['192.168.1.5'] })
const pathOf = ({ path }: DoorRoute): string => path.replace(/\{\w+\*?\}/g, 'x')

function codeAt({ router }: Entrance, route: DoorRoute, method: string = route.method): string {
  try {
    return router.match(method, pathOf(route)).route === route ? 'served' : 'another'
  } catch (error) {
    return error instanceof GatewayError ? error.code : String(error)
  }
}

describe('the LAN entrance', () => {
  const lan = createLanEntrance(building, { panel: false, names })

  it('serves every inference route', () => {
    expect(inference.length).toBeGreaterThan(20)
    expect(inference.filter((route) => codeAt(lan, route) !== 'served').map(({ path }) => path)).toEqual([])
  })
  it('knows none of administration’s, by whatever method', () => {
    expect(administration.length).toBeGreaterThan(50)
    const known = administration.flatMap((route) =>
      ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
        .filter((method) => codeAt(lan, route, method) !== 'not_found')
        .map((method) => `${method} ${route.path}`),
    )
    expect(known).toEqual([])
  })
  it('serves all of them with the panel', () => {
    const whole = createLanEntrance(building, { panel: true, names })
    expect(building.declared.filter((route) => codeAt(whole, route) !== 'served').map(({ path }) => path)).toEqual([])
  })
})

it('the entrance of this machine serves everything', () => {
  const front = createFrontEntrance(building, { host: '127.0.0.1', hosts: [] })
  expect(building.declared.filter((route) => codeAt(front, route) !== 'served').map(({ path }) => path)).toEqual([])
})
