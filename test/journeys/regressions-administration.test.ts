// Defects found by reading, in the hands of administrators: writes of one moment, a first start that fails, a stop with the panel open.

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runBriefly } from '../kit/brief-start.ts'
import { startGateway } from '../kit/gateway-process.ts'
import { startHouse } from '../kit/house.ts'
import { sendRaw } from '../kit/raw-http.ts'

describe('an administrator', () => {
  it('who blocks a key while it is being changed finds it blocked', async () => {
    const house = await startHouse()
    try {
      for (let turn = 0; turn < 25; turn += 1) {
        const { token } = await house.key()
        await Promise.all([house.post('/key/update', { key: token, metadata: { turn } }), house.post('/key/block', { key: token })])
        const info = (await house.get(`/key/info?key=${token}`)).json['info']
        expect(info).toMatchObject({ blocked: true, metadata: { turn } })
      }
    } finally {
      await house.stop()
    }
  })
  it.each(['key', 'team'])('whose two changes to the budget of a %s meet finds both', async (kind) => {
    const house = await startHouse()
    try {
      for (let turn = 0; turn < 10; turn += 1) {
        const made = kind === 'key' ? (await house.key()).token : String((await house.post('/team/new', {})).json['team_id'])
        const name = kind === 'key' ? { key: made } : { team_id: made }
        await Promise.all([house.post(`/${kind}/update`, { ...name, max_budget: 5 }), house.post(`/${kind}/update`, { ...name, budget_duration: '1d' })])
        const found = (await house.get(kind === 'key' ? `/key/info?key=${made}` : `/team/info?team_id=${made}`)).json
        expect(found[kind === 'key' ? 'info' : 'team_info']).toMatchObject({ max_budget: 5, budget_duration: '1d' })
      }
    } finally {
      await house.stop()
    }
  })
  it('whose first start finds its port taken gets the admin key at the second', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'tollgate-first-'))
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    try {
      const first = await runBriefly(['--port', String((taken.address() as AddressInfo).port), '--data-dir', dataDir])
      expect(first.code).toBe(1)
      // Somebody's earlier file, which others can read, is no place for the new key.
      await writeFile(join(dataDir, 'admin-key'), 'old\n', { mode: 0o644 })
      const gateway = await startGateway({ from: 'source', dataDir, env: { TOLLGATE_ADMIN_KEY: '' } })
      expect((await stat(join(dataDir, 'admin-key'))).mode & 0o777).toBe(0o600)
      const key = (await readFile(join(dataDir, 'admin-key'), 'utf8')).trim()
      const answer = await fetch(`${gateway.origin}/key/list`, { headers: { authorization: `Bearer ${key}` } })
      expect(answer.status).toBe(200)
      expect(await gateway.stop()).toBe(0)
    } finally {
      taken.close()
      await rm(dataDir, { recursive: true, force: true })
    }
  })
  it('whose key comes with a line break from a file is let in', async () => {
    const gateway = await startGateway({ from: 'source', env: { TOLLGATE_ADMIN_KEY: 'sk-admin-key-out-of-a-file\n' } })
    const answer = await fetch(`${gateway.origin}/key/list`, { headers: { authorization: 'Bearer sk-admin-key-out-of-a-file' } })
    await gateway.stop()
    expect(answer.status).toBe(200)
  })
  it('who sends more headers than fit is told so', async () => {
    const gateway = await startGateway({ from: 'source' })
    const { host } = new URL(gateway.origin)
    const answer = await sendRaw(gateway.origin, `GET /v1/models HTTP/1.1\r\nhost: ${host}\r\nx-long: ${'a'.repeat(40_000)}\r\n\r\n`)
    await gateway.stop()
    expect(answer.status).toBe(431)
  })
  it('who leaves the panel open does not hold up the stop', async () => {
    const gateway = await startGateway({ from: 'source' })
    const events = await fetch(`${gateway.origin}/panel/events`, { headers: { authorization: `Bearer ${gateway.adminKey}` } })
    const text = events.text()
    const startedMs = performance.now()
    expect(await gateway.stop()).toBe(0)
    expect(performance.now() - startedMs).toBeLessThan(5000)
    expect(await text).toContain('retry:')
  })
})
