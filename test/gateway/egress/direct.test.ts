// NO_PROXY, in the spellings that are in use.
// Leaves alone: what goes through a proxy (proxy.test.ts).

import { describe, expect, it } from 'vitest'
import { createIsDirect } from '../../../gateway/egress/direct.ts'

describe('a host', () => {
  it.each([
    ['api.vendor.example', 'vendor.example'],
    ['vendor.example', '.vendor.example'],
    ['vendor.example', '*.vendor.example'],
    ['VENDOR.example.', 'vendor.example'],
    ['vendor.example', 'vendor.example:443'],
    ['10.1.2.3', '10.0.0.0/8'],
    ['[fd12::1]', 'fd00::/8'],
    ['[fd12::1]', '[fd12::1]:443'],
    ['192.0.2.7', '192.0.2.7'],
    ['anything.example', '*'],
    ['127.0.0.1', 'x'],
    ['127.9.9.9', 'x'],
    ['[::1]', 'x'],
    ['localhost', 'x'],
    ['app.localhost', 'x'],
    ['[::ffff:7f00:1]', 'x'],
  ])('%s is reached directly where NO_PROXY says %s', (host, entry) => {
    expect(createIsDirect([entry])(host, '443')).toBe(true)
  })
  it.each([
    ['notvendor.example', 'vendor.example'],
    ['vendor.example', 'vendor.example:8443'],
    ['vendor.example.evil', 'vendor.example'],
    ['11.1.2.3', '10.0.0.0/8'],
    ['10.1.2.3', '10.0.0.0/99'],
    ['vendor.example', '10.0.0.0/8'],
    ['localhost.example', 'x'],
  ])('%s goes through the proxy where NO_PROXY says %s', (host, entry) => {
    expect(createIsDirect([entry])(host, '443')).toBe(false)
  })
})
