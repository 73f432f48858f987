// The options of LAN mode: what they mean, and the sentence about each that cannot be meant; by which names a machine goes then.

import { describe, expect, it } from 'vitest'
import { LanUnusable } from '../../../gateway/lan/lan-unusable.ts'
import { listNames, type Machine } from '../../../gateway/lan/names.ts'
import { parseLan, type LanOptions } from '../../../gateway/lan/settings.ts'

const none: LanOptions = { lan: undefined, certificate: undefined, key: undefined, callers: undefined, panel: false, names: [] }
const sentenceOf = (options: Partial<LanOptions>): string => {
  try {
    return `accepted ${JSON.stringify(parseLan({ ...none, ...options }))}`
  } catch (error) {
    return error instanceof LanUnusable ? error.message : `threw ${String(error)}`
  }
}

describe('the options', () => {
  it('are nothing without --lan', () => {
    expect(parseLan(none)).toBeNull()
  })
  it.each([
    ['192.168.1.5', '192.168.1.5', 4443],
    ['192.168.1.5:8443', '192.168.1.5', 8443],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['::', '::', 4443],
    ['[::]:443', '::', 443],
    ['[FD00:0:0::5]', 'fd00::5', 4443],
    ['fd00:0::5', 'fd00::5', 4443],
  ])('%s is an address and a port', (lan, address, port) => {
    expect(parseLan({ ...none, lan })).toEqual({ address, port, certificate: null, callers: null, panel: false, names: [] })
  })
  it.each(['', 'gateway', 'gateway:4443', '192.168.1.5:', '192.168.1.5:70000', '192.168.1.5:4443:1', '[fd00::5', '192.168.1', ':4443'])(
    '"%s" is none',
    (lan) => {
      expect(sentenceOf({ lan })).toMatch(/^--lan needs an IP address of this machine, with or without a port .*\.$/)
    },
  )
  it.each(['127.0.0.1', '127.9.9.9:4443', '::1', '[::1]:4443', '::ffff:127.0.0.1'])('%s is of this machine alone', (lan) => {
    expect(sentenceOf({ lan })).toMatch(/would be reached from this machine alone/)
  })
  it('an address of one link cannot be named by a certificate', () => {
    expect(sentenceOf({ lan: 'fe80::1%eth0' })).toMatch(/belongs to one link only/)
  })
  it.each([
    [{ lan: '10.0.0.1', certificate: '/a.pem' }, /needs both --lan-certificate and --lan-key; the second is missing\.$/],
    [{ lan: '10.0.0.1', key: '/a.pem' }, /needs both --lan-certificate and --lan-key; the first is missing\.$/],
    [{ certificate: '/a.pem', key: '/b.pem' }, /^--lan-certificate means nothing without --lan/],
    [{ callers: '/a.pem' }, /^--lan-callers means nothing without --lan/],
    [{ panel: true }, /^--lan-panel means nothing without --lan/],
    [{ names: ['a'] }, /^--lan-name means nothing without --lan/],
  ])('%j is half of something', (options, says) => {
    expect(sentenceOf(options)).toMatch(says)
  })
  it.each(['localhost', '127.0.0.1', '::1', 'a b', 'gateway:4443', '-a', 'a..b', '*.example.com', 'https://a', ''])('"%s" is no name for others', (name) => {
    expect(sentenceOf({ lan: '10.0.0.1', names: [name] })).toMatch(/^--lan-name needs a name or an address that other machines call this one by/)
  })
  it('names are kept once, in lower case', () => {
    expect(parseLan({ ...none, lan: '10.0.0.1', names: ['Box.Home', 'box.home', 'FD00:0::7'] })?.names).toEqual(['box.home', 'fd00::7'])
  })
})

describe('the names of a machine', () => {
  const one = (address: string, internal = false): NonNullable<Machine['interfaces'][string]>[number] => {
    const shared = { address, netmask: '', mac: '', internal, cidr: null }
    return address.includes(':') ? { ...shared, family: 'IPv6', scopeid: 0 } : { ...shared, family: 'IPv4' }
  }
  const machine: Machine = {
    hostName: 'Box',
    interfaces: { lo: [one('127.0.0.1', true), one('::1', true)], eth0: [one('10.0.0.9'), one('fe80::1'), one('fd00::9')] },
  }

  it('bound to one address, it is that one', () => {
    expect(listNames({ address: '10.0.0.9', names: ['box.home', '203.0.113.5'] }, machine)).toEqual({
      dns: ['box', 'box.home'],
      addresses: ['10.0.0.9', '203.0.113.5'],
    })
  })
  it('bound to all, it is all that others reach, of the family that listens', () => {
    expect(listNames({ address: '0.0.0.0', names: [] }, machine)).toEqual({ dns: ['box'], addresses: ['10.0.0.9'] })
    expect(listNames({ address: '::', names: [] }, machine)).toEqual({ dns: ['box'], addresses: ['10.0.0.9', 'fd00::9'] })
  })
  it('a host name that says nothing to others is left out', () => {
    expect(listNames({ address: '10.0.0.9', names: [] }, { ...machine, hostName: 'localhost' }).dns).toEqual([])
    expect(listNames({ address: '10.0.0.9', names: [] }, { ...machine, hostName: 'my box' }).dns).toEqual([])
  })
})
