// The options of LAN mode as one value, or a sentence about the one that is wrong.
// Promises: half a certificate, a name nobody could call, or an address of this machine alone is refused here. Leaves alone: the admin key (config.ts), files.

import { isIP } from 'node:net'
import type { LanConfig } from '../contract/lan.ts'
import { LanUnusable } from './lan-unusable.ts'

export interface LanOptions {
  /** `<address[:port]>`; undefined: off. */
  readonly lan: string | undefined
  readonly certificate: string | undefined
  readonly key: string | undefined
  /** Path. */
  readonly callers: string | undefined
  readonly panel: boolean
  readonly names: readonly string[]
}

const defaultPort = 4443

/** @throws LanUnusable naming the option */
export function parseLan({ lan, certificate, key, callers, panel, names }: LanOptions): LanConfig | null {
  if (lan === undefined) {
    const [stray] = [
      certificate && '--lan-certificate',
      key && '--lan-key',
      callers && '--lan-callers',
      panel && '--lan-panel',
      names.length > 0 && '--lan-name',
    ].filter(Boolean)
    if (stray !== undefined) throw new LanUnusable(`${String(stray)} means nothing without --lan, which says the address to listen on.`)
    return null
  }
  if ((certificate === undefined) !== (key === undefined))
    throw new LanUnusable(
      `A certificate of your own needs both --lan-certificate and --lan-key; ${certificate === undefined ? 'the first' : 'the second'} is missing.`,
    )
  return {
    ...parseAddress(lan),
    certificate: certificate === undefined || key === undefined ? null : { certificate, key },
    callers: callers ?? null,
    panel,
    names: [...new Set(names.map(parseName))],
  }
}

function parseAddress(text: string): { address: string; port: number } {
  const shown = text.slice(0, 60)
  const match = isIP(text) === 6 ? [text, text] : /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text)
  const address = match?.[1] ?? match?.[2] ?? ''
  const port = match?.[3] === undefined ? defaultPort : Number(match[3])
  if (isIP(address) === 0 || port > 65_535)
    throw new LanUnusable(`--lan needs an IP address of this machine, with or without a port (192.168.1.5:4443, [::]:4443), not "${shown}".`)
  if (isLoopback(address))
    throw new LanUnusable(`--lan ${shown} would be reached from this machine alone; give an address of its network, or 0.0.0.0 for all of them.`)
  if (address.includes('%'))
    throw new LanUnusable(`--lan ${shown} belongs to one link only, and no certificate can name it; give another address, or :: for all of them.`)
  return { address: canonical(address), port }
}

const nameForm = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/

/** What a certificate and a Host header can both say. */
export const isName = (text: string): boolean => nameForm.test(text) && text !== 'localhost'

function parseName(text: string): string {
  const name = text.toLowerCase()
  const usable = isIP(name) === 0 ? isName(name) : !isLoopback(name) && !name.includes('%')
  if (!usable) throw new LanUnusable(`--lan-name needs a name or an address that other machines call this one by, without a port, not "${text.slice(0, 60)}".`)
  return isIP(name) === 0 ? name : canonical(name)
}

const isLoopback = (address: string): boolean => /^127\.|^::1$|^::ffff:(?:127\.|7f)/i.test(canonical(address))

/** One spelling of each address: the one a client's URL ends up with. */
function canonical(address: string): string {
  if (isIP(address) !== 6 || address.includes('%')) return address
  return URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1) ?? address
}
