// What the handlers of this folder share: the door's tools, and a guest while being served.
// Promises: a stranger is counted, wherever he comes in. Leaves alone: everything the handlers do.

import type { IncomingMessage } from 'node:http'
import type { Caller, Identified } from '../contract/caller.ts'
import type { Clock } from '../contract/clock.ts'
import type { Limits } from '../contract/config.ts'
import type { GatewayError } from '../contract/errors.ts'
import type { RequestId } from '../contract/ids.ts'
import type { OwnPath } from '../contract/own-path.ts'
import type { PanelFiles } from '../contract/panel-files.ts'
import type { Reply } from '../contract/reply.ts'
import type { JsonRoute } from '../contract/route.ts'
import type { Secret } from '../contract/sealed.ts'
import type { Flow } from '../flow.ts'
import type { BodyReader } from './body.ts'
import type { Entrance } from './entrance.ts'
import { toGatewayError } from './fail.ts'
import type { Target } from './ingress.ts'
import type { Revocation } from './revocation.ts'
import type { PassageFacts } from './surfaces/passages.ts'

export interface DoorTools {
  readonly flow: Flow
  readonly identify: (credential: Secret | null) => Identified
  /** Was the caller's key, or its team, blocked or deleted since? */
  readonly isRevoked: (caller: Caller) => boolean
  /** Somebody nobody knows was turned away. */
  readonly countUnknown: (code: string) => void
  readonly adminCaller: () => Caller
  readonly isSession: (hash: string) => boolean
  /** Of the desktop shell: an administrator on the admin surface, nobody elsewhere. */
  readonly isBootToken: (token: string) => boolean
  readonly hashToken: (token: string) => string
  readonly jsonRoutes: readonly JsonRoute[]
  /** Vendors whose own paths are served. */
  readonly passages?: readonly PassageFacts[]
  /** Paths of the administrator's own, as they are now. */
  readonly ownPaths?: () => readonly OwnPath[]
  readonly panel: PanelFiles
  readonly newRequestId: () => RequestId
  readonly clock: Clock
  readonly limits: Limits
  readonly host: string
  readonly hosts: readonly string[]
  /** House errors and nothing else; no content. */
  readonly onError: (requestId: string, error: GatewayError) => void
}
/** Who is not known here gets no row; that somebody came is counted. */
export function countStrangers<Value>(tools: Pick<DoorTools, 'countUnknown'>, work: () => Value): Value {
  try {
    return work()
  } catch (error) {
    tools.countUnknown(toGatewayError(error).code)
    throw error
  }
}

/** Everything the handlers of this folder share. */
export interface Reception {
  readonly tools: DoorTools
  readonly bodies: BodyReader
  readonly revocation: Revocation
  /** Aborted when the gateway stops: answers that would go on for ever end then. */
  readonly stopping: AbortSignal
}
export interface Guest {
  readonly message: IncomingMessage
  readonly target: Target
  readonly entrance: Pick<Entrance, 'secure' | 'panel'>
  readonly requestId: RequestId
  readonly arrivedUs: number
  readonly reply: Reply
}
