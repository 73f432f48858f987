// The gateway under siege: a real process before a vendor of the proof's own, and everything that must still be true of it afterwards.
// Promises: waits no longer than a bound for what has to end; says in sentences what did not. Leaves alone: what is asked of it meanwhile.

import { readdir, readlink } from 'node:fs/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Limits } from '../../gateway/contract/config.ts'
import type { PanelKey } from '../../gateway/contract/panel.ts'
import { startHouse, type House } from '../kit/house.ts'
import { verifyFolder } from './offline-ledger.ts'
import { siegeConfig } from './siege-models.ts'

/** Whatever answers as a vendor. */
export interface SiegeVendor {
  readonly origin: string
  readonly sockets: number
  close(): Promise<void>
}
export interface Siege {
  readonly house: House
  /** Virtual keys: one with a hard budget, which holds money for each call, and one that nobody limits. */
  readonly keys: { readonly budgeted: string; readonly free: string }
  /** Ends it; a sentence for everything that is not as it must be. */
  lift(): Promise<readonly string[]>
}
export interface SiegeOptions {
  readonly vendor: SiegeVendor
  readonly limits?: Partial<Limits>
  readonly args?: readonly string[]
}

/** What must be over must be over within this. */
const overWithinMs = 60_000

export async function laySiege({ vendor, limits = {}, args = [] }: SiegeOptions): Promise<Siege> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tollgate-siege-'))
  const house = await startHouse({
    config: siegeConfig(vendor.origin),
    dataDir,
    args,
    env: { VENDOR_KEY: 'sk-vendor-of-the-siege' },
    // Idle connections end soon, so that one that is still there is one that is stuck.
    limits: { keepAliveTimeoutMs: 2000, ...limits },
  })
  const keys = { budgeted: (await house.key({ max_budget: 1_000_000 })).key, free: (await house.key({})).key }
  const sockets = await countSockets(house.gateway.pid)
  return {
    house,
    keys,
    async lift() {
      const wrong: string[] = []
      const expectOver = async (what: string, left: () => Promise<number>): Promise<void> => {
        const count = await waitFor(left)
        if (count > 0) wrong.push(`${count} ${what} after ${overWithinMs / 1000} s`)
      }
      await expectOver('requests still open', async () => (await house.rows('outcome=open&limit=200')).length)
      await expectOver('keys with money held', async () => (await heldKeys(house)).length)
      await expectOver('connections of the vendor still there', () => Promise.resolve(vendor.sockets))
      if (sockets !== null) await expectOver('sockets of the gateway too many', async () => ((await countSockets(house.gateway.pid)) ?? 0) - sockets)
      const code = await house.stop()
      if (code !== 0) wrong.push(`the gateway stopped with ${code}`)
      await vendor.close()
      wrong.push(...troublesIn(house.gateway.output()))
      for (const { invariant, subject } of await verifyFolder(dataDir)) wrong.push(`${invariant}: ${subject}`)
      await rm(dataDir, { recursive: true, force: true })
      return wrong
    },
  }
}

async function heldKeys(house: House): Promise<readonly PanelKey[]> {
  const keys = (await house.get('/panel/keys')).json as unknown as readonly PanelKey[]
  return keys.filter((one) => Number(one.budget.heldUsd) !== 0)
}

/** Lines of the log that no behaviour of a vendor or caller may bring about. */
const troublesIn = (log: string): readonly string[] =>
  log
    .split('\n')
    .filter((line) => /"event":"(?:uncaught|record-failed|fatal|stop-failed)"|"code":"internal"|FATAL ERROR/.test(line))
    .slice(0, 5)

/** 0, or what is left when the time is over. The gateway's own answer to this question is a socket too, so it is not asked over a kept one. */
async function waitFor(left: () => Promise<number>): Promise<number> {
  const untilMs = performance.now() + overWithinMs
  for (;;) {
    const count = await left()
    if (count <= 0 || performance.now() > untilMs) return Math.max(0, count)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

/** Open sockets of a process; null where the system does not tell. */
async function countSockets(pid: number): Promise<number | null> {
  if (process.platform !== 'linux') return null
  const names = await readdir(`/proc/${pid}/fd`)
  const links = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  return links.filter((link) => link.startsWith('socket:')).length
}
