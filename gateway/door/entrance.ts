// Where a request came in, and what that means: the plain entrance on this machine, or LAN mode's by TLS.
// Promises: what an entrance does not serve is in no router of it, so it cannot be matched, whatever the method or the spelling of the path.
// Leaves alone: sockets (server.ts), keys.

import type { LanNames } from '../contract/lan.ts'
import { createHostRules, createLanHostRules, type HostRules } from './ingress.ts'
import type { OwnRoutes } from './own-paths.ts'
import type { JsonRoute } from '../contract/route.ts'
import { createRouter, type Router } from './router.ts'
import type { InferenceRoute } from './surfaces/surface.ts'

export type DoorRoute = InferenceRoute | JsonRoute

export interface Routers {
  readonly router: Router<DoorRoute>
  readonly own: OwnRoutes
}
export interface Entrance extends Routers {
  readonly hosts: HostRules
  /** By TLS: what browsers keep must not leave it. */
  readonly secure: boolean
  /** The panel's files and its sessions. */
  readonly panel: boolean
}

export interface Building {
  readonly declared: readonly DoorRoute[]
  readonly own: OwnRoutes
  /** Of the entrance, once it listens. */
  readonly port: () => number
}

export function createFrontEntrance({ declared, own, port }: Building, tools: { readonly host: string; readonly hosts: readonly string[] }): Entrance {
  return { router: createRouter(declared), own, hosts: createHostRules({ port, bind: tools.host, hosts: tools.hosts }), secure: false, panel: true }
}

export function createLanEntrance({ declared, own, port }: Building, lan: { readonly panel: boolean; readonly names: () => LanNames }): Entrance {
  const served = lan.panel ? declared : declared.filter(isInference)
  return { router: createRouter(served), own, hosts: createLanHostRules({ port, names: lan.names }), secure: true, panel: lan.panel }
}

/** What callers come for. `/key/info` takes a key as well, and is administration. */
const isInference = (route: DoorRoute): boolean => route.auth === 'key' && route.surface !== 'admin'
