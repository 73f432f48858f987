// Who has a port: in this system's own tables, and in what lsof, netstat and tasklist print elsewhere.
// Promises: no answer is null, never an error. Leaves alone: the sentence made of it.
// Source of the printed forms: lsof(8) field output, netstat and tasklist on learn.microsoft.com, as known 2026-11-21.

import { createServer, type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { createAsk, findPortOwner, type OwnerTools } from '../../../main/gateway/port-owner.ts'

const refuses: OwnerTools['ask'] = () => Promise.reject(new Error('there is no such program'))

const loopbacks = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.filter(({ internal }) => internal).map(({ address }) => address))

describe('on Linux', () => {
  it('finds a listener of this process by each loopback address, and none where nobody listens or there are no such tables', async () => {
    expect(loopbacks).toContain('127.0.0.1')
    const found = process.platform === 'linux' ? expect.stringMatching(new RegExp(`^.+, process ${process.pid}$`)) : null
    for (const host of loopbacks) {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, host, resolve))
      const { port } = server.address() as AddressInfo
      expect(await findPortOwner(port, { platform: 'linux', ask: refuses })).toEqual(found)
      await new Promise((resolve) => server.close(resolve))
      expect(await findPortOwner(port, { platform: 'linux', ask: refuses })).toBeNull()
    }
  })
})

describe('on macOS', () => {
  it('reads what lsof prints by fields', async () => {
    const asked: unknown[] = []
    const ask: OwnerTools['ask'] = (program, args) => {
      asked.push([program, ...args])
      return Promise.resolve('p4711\ncnginx\nf6\n')
    }
    expect(await findPortOwner(4000, { platform: 'darwin', ask })).toBe('nginx, process 4711')
    expect(asked).toEqual([['lsof', '-nP', '-iTCP:4000', '-sTCP:LISTEN', '-Fpc']])
  })

  it('is null where lsof finds nothing or is not there', async () => {
    expect(await findPortOwner(4000, { platform: 'darwin', ask: () => Promise.resolve('') })).toBeNull()
    expect(await findPortOwner(4000, { platform: 'darwin', ask: refuses })).toBeNull()
  })
})

describe('on Windows', () => {
  const netstat = [
    '',
    'Aktive Verbindungen',
    '',
    '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
    '  TCP    127.0.0.1:4000         127.0.0.1:50512        HERGESTELLT      999',
    '  TCP    127.0.0.1:40000        0.0.0.0:0              ABHÖREN          998',
    '  TCP    127.0.0.1:4000         0.0.0.0:0              ABHÖREN          4711',
    '  TCP    [::1]:4001             [::]:0                 ABHÖREN          4712',
    '',
  ].join('\r\n')
  const ask: OwnerTools['ask'] = (program, args) =>
    program === 'netstat'
      ? Promise.resolve(netstat)
      : Promise.resolve(`"${args[1] === 'PID eq 4711' ? 'nginx.exe' : 'node.exe'}","4711","Console","1","9,216 K"\r\n`)

  it('takes the listener on exactly that port, in any language, and asks its name', async () => {
    expect(await findPortOwner(4000, { platform: 'win32', ask })).toBe('nginx.exe, process 4711')
    expect(await findPortOwner(4001, { platform: 'win32', ask })).toBe('node.exe, process 4712')
    expect(await findPortOwner(4002, { platform: 'win32', ask })).toBeNull()
  })
})

describe('a program that is asked', () => {
  it('is given up when it takes too long', async () => {
    const before = performance.now()
    await expect(createAsk(200)(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])).rejects.toThrow('did not answer')
    expect(performance.now() - before).toBeLessThan(10_000)
  })

  it('is read when it answers', async () => {
    expect(await createAsk(20_000)(process.execPath, ['-p', '6 * 7'])).toBe('42\n')
  })
})
