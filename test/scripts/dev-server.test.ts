// Vite's server of `npm run dev`, beside a gateway: where it answers, and what it hands on.
// Promises: every route the panel calls reaches the gateway. Leaves alone: the panel itself.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import config from '../../vite.config.ts'

const api = readFileSync(fileURLToPath(new URL('../../renderer/lib/api.ts', import.meta.url)), 'utf8')

it('answers where the README says', () => {
  expect([config.server?.host, config.server?.port]).toEqual(['127.0.0.1', 4080])
})

it('hands on every route that the panel calls', () => {
  const rooms = new Set([...api.matchAll(/['`](\/[a-z]+)[/'`]/g)].map(([, room]) => room))
  expect(rooms.size).toBeGreaterThan(6)
  expect([...rooms].filter((room) => room !== undefined && !(room in (config.server?.proxy ?? {})))).toEqual([])
})
