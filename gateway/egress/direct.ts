// Which hosts are reached without the outbound proxy.
// Promises: loopback never goes through it; `NO_PROXY` means what it means to curl, Go and Python: a name and everything below it, an address,
// a range of addresses, each with or without a port, or `*`.
// Leaves alone: names are compared as text, never looked up for this.
// Source: curl's manual ("NO_PROXY", https://everything.curl.dev/usingcurl/proxies/env.html) and Go's `golang.org/x/net/http/httpproxy`, as known 2026-11-21.

import { BlockList, isIP } from 'node:net'

/** `hostname` as a URL has it. */
export type IsDirect = (hostname: string, port: string) => boolean

export function createIsDirect(entries: readonly string[]): IsDirect {
  const rules = entries.map(toRule)
  return (hostname, port) => {
    const host = bareHost(hostname)
    return isLoopback(host) || rules.some((rule) => rule(host, port))
  }
}

/** Without brackets and the dot that ends a full name. */
export const bareHost = (hostname: string): string =>
  hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** A name of this computer, or an address of it. */
export function isLoopback(host: string): boolean {
  return isIP(host) === 0 ? host === 'localhost' || host.endsWith('.localhost') : isLoopbackAddress(host)
}
export const isLoopbackAddress = (address: string): boolean => loopback.check(address, familyOf(address))

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

type Rule = (host: string, port: string) => boolean

function toRule(entry: string): Rule {
  if (entry === '*') return () => true
  const range = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(entry)
  if (range !== null) return inRange(range[1] ?? '', Number(range[2]))
  const [, bracketed, plain, wantedPort] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [null, undefined, entry]
  const name = (bracketed ?? plain ?? entry)
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
  const fits: (host: string) => boolean = isIP(name) === 0 ? (host) => host === name || host.endsWith(`.${name}`) : (host) => host === name
  return (host, port) => (wantedPort === undefined || wantedPort === port) && fits(host)
}

function inRange(address: string, bits: number): Rule {
  const family = familyOf(address)
  if (isIP(address) === 0 || bits > (family === 'ipv6' ? 128 : 32)) return () => false
  const range = new BlockList()
  range.addSubnet(address, bits, family)
  return (host) => isIP(host) !== 0 && range.check(host, familyOf(host))
}
