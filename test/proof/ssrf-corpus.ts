// Addresses that must never be dialled, and the ways to write them.
// Promises: drawn from a seed, every range of the list each time; all spellings of an address mean that address to at least one reader of URLs.
// Leaves alone: what is done with them.
// Source: IANA's special-purpose registries, RFC 3493 (inet_aton's forms), UTS 46 (full-width digits and dots), as known 2026-11-21.

import type { Chance } from '../kit/random.ts'

export interface Target {
  readonly address: string
  readonly family: 4 | 6
}

/** Metadata services and the ends of ranges, then as many more as asked. */
export function drawTargets(chance: Chance, count: number): readonly Target[] {
  const byte = (): number => chance.between(0, 255)
  const group = (): string => chance.between(0, 0xffff).toString(16)
  const ranges: readonly (() => string)[] = [
    () => `169.254.${byte()}.${byte()}`,
    () => `0.${byte()}.${byte()}.${byte()}`,
    () => `${chance.between(224, 239)}.${byte()}.${byte()}.${byte()}`,
    () => `${chance.between(240, 255)}.${byte()}.${byte()}.${byte()}`,
    () => `fe80::${group()}:${group()}`,
    () => `fec0::${group()}`,
    () => `ff0${chance.between(1, 14).toString(16)}::${group()}`,
  ]
  const fixed = ['169.254.169.254', '169.254.170.2', '100.100.100.200', '0.0.0.0', '255.255.255.255', '::', 'fd00:ec2::254', 'fd20:ce::254', 'fe80::1']
  const drawn = Array.from({ length: Math.max(0, count - fixed.length) }, (_, index) => ranges[index % ranges.length]?.() ?? '0.0.0.0')
  return [...fixed, ...drawn].map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}

/** Of this computer and its network: an administrator may name them, what callers and vendors write may not lead there. */
export function drawNeighbours(chance: Chance, count: number): readonly Target[] {
  const byte = (): number => chance.between(0, 255)
  const ranges = [() => `127.${byte()}.${byte()}.1`, () => `10.${byte()}.${byte()}.9`, () => `192.168.${byte()}.7`, () => `172.16.${byte()}.3`]
  return Array.from({ length: count }, (_, index) => ({ address: ranges[index % ranges.length]?.() ?? '127.0.0.1', family: 4 }))
}

/** Twelve, each a URL. */
export const spell = ({ address, family }: Target): readonly string[] => (family === 4 ? spell4(address) : spell6(address))

function spell4(address: string): readonly string[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  const whole = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  const hex = (value: number): string => value.toString(16)
  const low = `${hex((a << 8) | b)}:${hex((c << 8) | d)}`
  return [
    address,
    String(whole),
    `0x${hex(whole)}`,
    [a, b, c, d].map((part) => `0${part.toString(8)}`).join('.'),
    `0x${hex(a)}.0${b.toString(8)}.${(c << 8) | d}`,
    `${address}.`,
    [...address].map((sign) => (sign === '.' ? '。' : String.fromCodePoint(0xff10 + Number(sign)))).join(''),
    [...address].map((sign) => `%${hex(sign.charCodeAt(0))}`).join(''),
    `[::ffff:${low}]`,
    `[64:ff9b::${low}]`,
    `[2002:${low}::1]`,
    `vendor.example@${address}`,
  ].map((host) => `http://${host}/latest/meta-data/`)
}

function spell6(address: string): readonly string[] {
  const [head = '', tail = ''] = address.split('::')
  const parts = (text: string): string[] => text.split(':').filter((part) => part !== '')
  const zeros = Array.from({ length: 8 - parts(head).length - parts(tail).length }, () => '0')
  const groups = [...parts(head), ...zeros, ...parts(tail)]
  const full = groups.map((part) => part.padStart(4, '0'))
  const [high = 0, low = 0] = groups.slice(6).map((part) => Number.parseInt(part, 16))
  const mixed = `${groups.slice(0, 6).join(':')}:${[high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')}`
  return [
    `[${address}]`,
    `[${address.toUpperCase()}]`,
    `[${groups.join(':')}]`,
    `[${full.join(':')}]`,
    `[${full.join(':').toUpperCase()}]`,
    `[${mixed}]`,
    `[${address}]:80`,
    `[${address}%25lo]`,
    `[${address}%lo]`,
    `vendor.example@[${address}]`,
    `user:password@[${address}]`,
    `%5b${address}%5d`,
  ].map((host) => `http://${host}/latest/meta-data/`)
}
