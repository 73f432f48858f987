// Which network addresses may be connected to: never link-local (cloud metadata lives there), multicast or unspecified ones.
// Promises: a name is looked up once, every address is checked, and the socket goes to a checked one.
// Leaves alone: which origins are configured; private and loopback addresses are fine, an administrator named them.
// Source of the ranges: IANA IPv4 and IPv6 special-purpose address registries, as known 2026-11-21.

import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { refuse } from '../contract/errors.ts'

const forbidden = new BlockList()
forbidden.addSubnet('0.0.0.0', 8, 'ipv4')
forbidden.addSubnet('169.254.0.0', 16, 'ipv4')
forbidden.addSubnet('224.0.0.0', 4, 'ipv4')
forbidden.addSubnet('240.0.0.0', 4, 'ipv4')
forbidden.addAddress('::', 'ipv6')
forbidden.addSubnet('fe80::', 10, 'ipv6')
forbidden.addSubnet('fec0::', 10, 'ipv6')
forbidden.addSubnet('ff00::', 8, 'ipv6')
// Link-local IPv4 again, inside IPv6: NAT64 (RFC 6052), 6to4 (RFC 3056) and IPv4-compatible addresses (RFC 4291, 2.5.5.1).
forbidden.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
forbidden.addSubnet('2002:a9fe::', 32, 'ipv6')
forbidden.addSubnet('::a9fe:0', 112, 'ipv6')
// Metadata services outside the link-local ranges: AWS and Google over IPv6, Alibaba Cloud (their documentation, read 2026-11-21).
forbidden.addAddress('fd00:ec2::254', 'ipv6')
forbidden.addAddress('fd20:ce::254', 'ipv6')
forbidden.addAddress('100.100.100.200', 'ipv4')

/** Also true for IPv4 addresses written as IPv6 (`::ffff:169.254.169.254`). */
export function isForbidden(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return true
  return forbidden.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** For socket connects; literal addresses never reach a lookup, `isForbiddenHost` checks those. */
export function createCheckedLookup(): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) return callback(error, '', 0)
      const bad = addresses.find((found) => isForbidden(found.address))
      if (bad !== undefined)
        return callback(refuse('egress_refused', { provider: hostname, reason: 'it leads to a link-local, multicast or unspecified address' }), '', 0)
      if (options.all === true) return (callback as (error: null, addresses: LookupAddress[]) => void)(null, addresses)
      const [first] = addresses
      return first === undefined ? callback(new Error('no address'), '', 0) : callback(null, first.address, first.family)
    })
  }
}

/** A literal address in a base URL, checked before it is dialled. */
export function isForbiddenHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) !== 0 && isForbidden(bare)
}
