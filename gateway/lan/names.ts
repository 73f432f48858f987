// By which names and addresses other machines may call this one.
// Promises: bound to one address, that one; bound to all, those that lead here now; loopback and link-local ones never. Leaves alone: asking the system, names that are pretended.

import { isIP } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import type { LanConfig, LanNames } from '../contract/lan.ts'
import { isName } from './settings.ts'

export interface Machine {
  readonly hostName: string
  readonly interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>
}

const addressesMax = 64

export function listNames({ address, names }: Pick<LanConfig, 'address' | 'names'>, { hostName, interfaces }: Machine): LanNames {
  const host = hostName.toLowerCase()
  const bound = address === '0.0.0.0' || address === '::' ? addressesOf(interfaces, address === '0.0.0.0') : [address]
  return {
    dns: [...new Set([...(isName(host) && isIP(host) === 0 ? [host] : []), ...names.filter((name) => isIP(name) === 0)])],
    addresses: [...new Set([...bound, ...names.filter((name) => isIP(name) !== 0)])],
  }
}

function addressesOf(interfaces: Machine['interfaces'], onlyV4: boolean): readonly string[] {
  return Object.values(interfaces)
    .flatMap((infos) => infos ?? [])
    .filter(({ internal, family, address }) => !internal && (family === 'IPv4' || (!onlyV4 && !/^fe[89ab]/i.test(address))))
    .map(({ address }) => address)
    .slice(0, addressesMax)
}
