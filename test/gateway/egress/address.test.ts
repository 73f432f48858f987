// Addresses that are never dialled, in every spelling a base URL can give them, and some that must stay open: engines live on loopback.
// Leaves alone: names, whose addresses are looked up when they are dialled.

import { describe, expect, it } from 'vitest'
import { isForbiddenHost } from '../../../gateway/egress/address.ts'

describe('an address in a base URL', () => {
  it.each([
    '169.254.169.254',
    '2852039166',
    '0xA9FEA9FE',
    '0251.0376.0251.0376',
    '[::ffff:169.254.169.254]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:a9fe:a9fe::1]',
    '[::169.254.169.254]',
    '[64:ff9b::6464:64c8]',
    '[64:ff9b:1::a9fe:a9fe]',
    '[2002:e000:1::1]',
    '[::ffff:0:a9fe:a9fe]',
    '[2001:0:1234::5601:5601]',
    '[2a00:1::5efe:a9fe:a9fe]',
    '[::ffff:0.0.0.0]',
    '[fd00:ec2::254]',
    '[fd20:ce::254]',
    '100.100.100.200',
    '[fe80::1]',
    '0',
    '[::]',
    '224.0.0.1',
    '[ff02::1]',
  ])('%s is refused', (host) => {
    expect(isForbiddenHost(new URL(`http://${host}/`).hostname)).toBe(true)
  })
  it.each([
    '127.0.0.1',
    '[::1]',
    '10.0.0.5',
    '192.168.1.20',
    '[fd12:3456::1]',
    '[64:ff9b::808:808]',
    '[2002:808:808::1]',
    '[2606:4700::6810:84e5]',
    '8.8.8.8',
    'vendor.example',
  ])('%s is left alone', (host) => {
    expect(isForbiddenHost(new URL(`http://${host}/`).hostname)).toBe(false)
  })
})
