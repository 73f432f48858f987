// Which network addresses may be connected to: never link-local (cloud metadata lives there), multicast or unspecified ones.
// Promises: a name is looked up once, every address is checked, and the socket goes to a checked one; a name of somewhere else cannot turn into
// this computer later.
// Leaves alone: which origins are configured; private and loopback addresses are fine, an administrator named them.
// Source of the ranges: IANA IPv4 and IPv6 special-purpose address registries, as known 2026-11-21.

import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { refuse } from '../contract/errors.ts'
import { bareHost, isLoopbackAddress } from './direct.ts'
import { embeddedIpv4 } from './embedded-ipv4.ts'

/** All addresses of a name, as `dns.lookup` gives them. */
export type Lookup = (
  hostname: string,
  options: Parameters<LookupFunction>[1] & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

const forbidden = new BlockList()
forbidden.addSubnet('0.0.0.0', 8, 'ipv4')
forbidden.addSubnet('169.254.0.0', 16, 'ipv4')
forbidden.addSubnet('224.0.0.0', 4, 'ipv4')
forbidden.addSubnet('240.0.0.0', 4, 'ipv4')
forbidden.addAddress('::', 'ipv6')
forbidden.addSubnet('fe80::', 10, 'ipv6')
forbidden.addSubnet('fec0::', 10, 'ipv6')
forbidden.addSubnet('ff00::', 8, 'ipv6')
// Metadata services outside the link-local ranges: AWS and Google over IPv6, Alibaba Cloud (their documentation, read 2026-11-21).
forbidden.addAddress('fd00:ec2::254', 'ipv6')
forbidden.addAddress('fd20:ce::254', 'ipv6')
forbidden.addAddress('100.100.100.200', 'ipv4')

/** Also true for IPv6 addresses that lead to such an IPv4 address, in whichever way it is written into them. */
export function isForbidden(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return true
  if (family === 4) return forbidden.check(address, 'ipv4')
  return forbidden.check(address, 'ipv6') || embeddedIpv4(address).some((inside) => forbidden.check(inside, 'ipv4'))
}

/** Names that metadata services answer to (documentation of Google Cloud, AWS, Azure and Tencent Cloud, as known 2026-11-21): behind a proxy a name is all that can be judged. */
const metadataNames = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
])

/** For socket connects; literal addresses never reach a lookup, `isForbiddenHost` checks those. */
export function createCheckedLookup(lookup: Lookup = systemLookup): LookupFunction {
  // Names that were somewhere else once: whoever answers for them must not lead to the services of this computer afterwards.
  const elsewhere = new Set<string>()
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      const turn = (reason: string): void => callback(refuse('egress_refused', { provider: hostname, reason }), '', 0)
      if (addresses.some((found) => isForbidden(found.address))) return turn('it leads to a link-local, multicast or unspecified address')
      const here = addresses.some((found) => isLoopbackAddress(found.address))
      if (here && elsewhere.has(hostname)) return turn('its name led to another computer before and now leads to this one; a restart forgets that')
      if (!here && addresses.length > 0 && elsewhere.size < namesMax) elsewhere.add(hostname)
      if (options.all === true) return (callback as (error: null, addresses: LookupAddress[]) => void)(null, addresses)
      const [first] = addresses
      return first === undefined ? callback(new Error('no address'), '', 0) : callback(null, first.address, first.family)
    })
  }
}

const namesMax = 10_000

/** A literal address or a metadata service's name in a base URL, checked before it is dialled. */
export function isForbiddenHost(hostname: string): boolean {
  const bare = bareHost(hostname)
  return isIP(bare) === 0 ? metadataNames.has(bare) : isForbidden(bare)
}
