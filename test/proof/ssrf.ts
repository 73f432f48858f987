// Proof that nothing a caller, a vendor or a name server says makes the gateway call an address that must not be called: 500 addresses in twelve
// spellings each, as base URLs, in bodies of four dialects and more, as redirects of seven kinds, and behind names that flip.
// Promises: in a network namespace of its own (unshare) every address of both families is local and answered by the sink, so a packet anywhere is a
// connection there; the same run with the check taken out of the source must find packets, or the proof fails.
// Leaves alone: private and loopback base URLs, which an administrator may name.

import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ProofLine } from './line.ts'

export interface SsrfOrder {
  readonly seed: number
  readonly addresses: number
  readonly defect: { readonly name: string; readonly file: string; readonly find: string; readonly put: string } | null
}
export interface SsrfFound {
  readonly packets: number
  readonly first: readonly string[]
  readonly spellings: number
  readonly names: number
  readonly vendorCalls: number
  readonly marks: readonly string[]
}

const addressesFull = 500
const addressesShort = 30

const defects: readonly NonNullable<SsrfOrder['defect']>[] = [
  {
    name: 'no address is refused',
    file: 'address.ts',
    find: "if (family === 4) return forbidden.check(address, 'ipv4')",
    put: 'if (family !== 0) return false',
  },
  {
    name: 'what a name leads to is not checked',
    file: 'address.ts',
    find: 'if (addresses.some((found) => isForbidden(found.address)))',
    put: 'if (addresses.length < 0)',
  },
]

// Every address becomes one of this machine's own: Linux calls it AnyIP (ip-route(8), "local", as known 2026-11-21).
const prepare = 'ip link set lo up && ip route add local 0.0.0.0/0 dev lo && ip -6 route add local ::/0 dev lo'

/** Linux, with leave to make a namespace. */
export const canIsolate = (): boolean => process.platform === 'linux' && spawnSync('unshare', ['-Urn', 'sh', '-c', prepare]).status === 0

export async function proveSsrf(options: {
  readonly log: (line: string) => void
  readonly short?: boolean
  readonly seed?: number | null
}): Promise<ProofLine> {
  const seed = options.seed ?? Date.now() % 2 ** 31
  const addresses = options.short === true ? addressesShort : addressesFull
  const found = await run({ seed, addresses, defect: null })
  for (const mark of found.marks) options.log(mark)
  const missed: string[] = []
  for (const defect of defects) {
    const planted = await run({ seed, addresses: addressesShort, defect })
    options.log(`planted "${defect.name}": ${planted.packets} packets`)
    if (planted.packets === 0) missed.push(`the planted defect "${defect.name}" was not found`)
  }
  return {
    name: 'no packet to a forbidden address',
    figure: `${found.packets} packets at the sink (${addresses} addresses × 12 spellings, ${found.names} answers of a flipping name server, ${found.vendorCalls} calls of vendors); ${defects.length - missed.length} of ${defects.length} planted defects found`,
    target: '0 packets, all defects',
    ok: found.packets === 0 && missed.length === 0 && found.spellings === addresses * 12,
    seed: String(seed),
    detail: [...missed, ...found.first.map((where) => `a packet to ${where}`), ...found.marks],
  }
}

async function run(order: SsrfOrder): Promise<SsrfFound> {
  const script = `${prepare} && exec "$0" "$1" "$2"`
  const child = join(import.meta.dirname, 'ssrf-child.ts')
  const { stdout } = await promisify(execFile)('unshare', ['-Urn', 'sh', '-c', script, process.execPath, child, JSON.stringify(order)], {
    maxBuffer: 64 * 1024 * 1024,
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as SsrfFound
}
