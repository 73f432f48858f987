// LAN mode's part of the composition root: the certificate, the second entrance, and looking after both while it runs.
// Promises: without --lan no certificate is made or read; a certificate is new before it is old, and follows the machine's addresses.
// Leaves alone: what is answered there (door/), certificates themselves (lan/).

import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Clock } from './contract/clock.ts'
import type { GatewayConfig } from './contract/config.ts'
import type { LanConfig, LanNames, LanPort, LanState } from './contract/lan.ts'
import type { Door } from './door/door.ts'
import { errorFacts, type Log } from './kit/log.ts'
import { readCallers } from './lan/given.ts'
import type { Identity } from './lan/identity.ts'
import { LanUnusable } from './lan/lan-unusable.ts'
import { listNames } from './lan/names.ts'

export interface Lan extends LanPort {
  /** Resolves at once when it is off. @throws LanUnusable, NodeJS.ErrnoException */
  listen(door: Pick<Door, 'listenToLan'>): Promise<void>
  close(): void
}
export interface LanTools {
  readonly config: Pick<GatewayConfig, 'lan' | 'dataDir' | 'limits'>
  readonly clock: Clock
  readonly log: Log
}

const off: Lan = { state: () => null, authority: () => null, warnings: () => [], listen: () => Promise.resolve(), close: () => undefined }

/** @throws LanUnusable */
export async function buildLan({ config, clock, log }: LanTools): Promise<Lan> {
  const { lan, limits } = config
  if (lan === null) return off
  const { createIdentity } = await import('./lan/identity.ts')
  const callers = lan.callers === null ? {} : { callers: await readCallers(lan.callers) }
  const names = (): LanNames => listNames(lan, { hostName: hostname(), interfaces: networkInterfaces() })
  const identity = await createIdentity(lan, {
    ...{ folder: join(config.dataDir, 'lan'), machine: hostname(), names, nowMs: clock.nowMs },
    ...{ leafMs: limits.lanCertificateMs, renewEveryMs: limits.lanRenewEveryMs },
  })
  let port = lan.port
  let timer: NodeJS.Timeout | undefined
  return {
    state: () => toState(lan, identity, port),
    authority: () => identity.authority,
    warnings: identity.warnings,
    async listen(door) {
      const open = await door.listenToLan({ ...lan, names: () => identity.names, identity: { ...identity.current, ...callers } }).catch((error: unknown) => {
        throw sentenceFor(error, lan)
      })
      port = open.port
      const look = async (): Promise<void> => {
        const next = await identity.refresh()
        if (next === null) return
        open.present({ ...next, ...callers })
        log('info', 'lan-certificate', { names: [...identity.names.dns, ...identity.names.addresses].join(' ') })
      }
      timer = setInterval(() => void look().catch((error: unknown) => log('error', 'lan-certificate-failed', errorFacts(error))), limits.lanCheckEveryMs)
      timer.unref()
    },
    close: () => clearInterval(timer),
  }
}

function toState(lan: LanConfig, { names, fingerprint, authority }: Identity, port: number): LanState {
  const [name = names.dns[0] ?? lan.address] = names.addresses
  return { url: `https://${name.includes(':') ? `[${name}]` : name}:${String(port)}`, fingerprint, ownAuthority: authority !== null, panel: lan.panel }
}

/** The general sentences about a port and an address name the options of the first entrance. */
function sentenceFor(cause: unknown, { address, port }: LanConfig): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'EADDRINUSE')
    return new LanUnusable(
      `Port ${String(port)} of ${address} is already taken. Choose another with --lan ${address}:<port>, or stop the program that uses it.`,
      { cause },
    )
  if (code === 'EADDRNOTAVAIL') return new LanUnusable(`This computer does not have the address given with --lan, ${address}.`, { cause })
  if (code === 'EACCES') return new LanUnusable(`This user may not listen on port ${String(port)}. Choose one above 1023 with --lan.`, { cause })
  return cause
}
