// Another machine on the network of this one: a network namespace of its own at the other end of a virtual cable.
// Promises: it reaches this machine by one address and nothing else; `leave` takes namespace and cable away. Needs Linux, `ip`, and root.
// Leaves alone: what it asks (neighbour-child.ts).

import { execFile, spawnSync } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { NeighbourHeard, NeighbourOrder } from './neighbour-child.ts'

export interface Neighbour {
  /** Of this machine, as the neighbour sees it. */
  readonly address: string
  /** All of them from one process over there, in this order. */
  ask(orders: readonly NeighbourOrder[], env?: Readonly<Record<string, string>>): Promise<readonly NeighbourHeard[]>
  leave(): void
}

const ip = (...words: readonly string[]): boolean => spawnSync('ip', words).status === 0

export const canHaveNeighbour = (): boolean => {
  const name = `tollgate-${randomBytes(3).toString('hex')}`
  return process.platform === 'linux' && ip('netns', 'add', name) && ip('netns', 'del', name)
}

export function createNeighbour(): Neighbour {
  const mark = randomBytes(3).toString('hex')
  const [name, here, there] = [`tollgate-${mark}`, `tg${mark}a`, `tg${mark}b`]
  // Set aside for measurements between networks (RFC 2544): nobody's real address.
  const net = `198.${String(randomInt(18, 20))}.${String(randomInt(256))}`
  const made = [
    ['netns', 'add', name],
    ['link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name],
    ['addr', 'add', `${net}.1/24`, 'dev', here],
    ['link', 'set', here, 'up'],
    ['-n', name, 'addr', 'add', `${net}.2/24`, 'dev', there],
    ['-n', name, 'link', 'set', there, 'up'],
  ].every((words) => ip(...words))
  if (!made) throw new Error(`no network namespace could be made for ${net}.0/24`)
  return {
    address: `${net}.1`,
    async ask(orders, env = {}) {
      const words = ['netns', 'exec', name, process.execPath, join(import.meta.dirname, 'neighbour-child.ts'), JSON.stringify(orders)]
      const { stdout } = await promisify(execFile)('ip', words, { env: { ...process.env, ...env }, maxBuffer: 16 * 1024 * 1024 })
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as readonly NeighbourHeard[]
    },
    leave() {
      ip('netns', 'del', name)
      ip('link', 'del', here)
    },
  }
}

/** Every TCP port a process of ours listens on, at whatever address, as the kernel has it (proc(5)). */
export function listeningPorts(pid: number): readonly number[] {
  const folder = `/proc/${String(pid)}`
  const sockets = new Set(readdirSync(`${folder}/fd`).flatMap((name) => /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/fd/${name}`))?.[1] ?? []))
  const rows = ['tcp', 'tcp6'].flatMap((kind) => readFileSync(`${folder}/net/${kind}`, 'utf8').trim().split('\n').slice(1))
  const ports = rows.flatMap((row) => {
    const [, local = '', , state, , , , , , socket = ''] = row.trim().split(/\s+/)
    return state === listening && sockets.has(socket) ? [Number.parseInt(local.split(':').at(-1) ?? '', 16)] : []
  })
  return [...new Set(ports)].sort((left, right) => left - right)
}
const listening = '0A'

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    // Closed since it was listed.
    return ''
  }
}
