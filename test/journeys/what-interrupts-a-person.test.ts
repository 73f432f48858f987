// From real calls to the notice on the screen: a budget runs out, a provider fails and recovers, a key ends; and the support bundle of that gateway.
// Promises: facts over real HTTP, read and judged by the desktop shell's own code. Leaves alone: showing them (test/main/os).

import { afterAll, beforeAll, expect, it } from 'vitest'
import { readAlerts, readReadiness, verifyLedger } from '../../main/os/gateway-reads.ts'
import { noMemory, type NoticeMemory } from '../../main/os/notice-memory.ts'
import { nextNotices, type Notice } from '../../main/os/notification-rules.ts'
import type { Address } from '../../main/os/ports.ts'
import { createCanaries } from '../kit/canaries.ts'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

/** One call's 5 tokens out cost $0.20. */
const config = (origin: string): string => `model_list:
  - model_name: model
    litellm_params: { model: openai/model, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0, output_cost_per_token: 0.04 }
router_settings: { num_retries: 0 }
`
const hourMs = 3_600_000
const canaries = createCanaries()

let vendor: Vendor
let house: House
let address: Address
let memory: NoticeMemory = noMemory
let turns = 0
beforeAll(async () => {
  vendor = await startVendor()
  house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: canaries.plant('provider key', 'sk-') } })
  address = { baseUrl: house.gateway.origin, token: house.gateway.adminKey }
})
afterAll(async () => {
  await house.stop()
  await vendor.close()
})

/** As the shell asks every half minute; hours apart by its own clock, so that the pace is not what is tested. */
async function look(): Promise<readonly Notice[]> {
  const told = nextNotices(memory, { kind: 'alerts', alerts: await readAlerts(address) }, Date.now() + (turns += 1) * hourMs * 2)
  memory = told.memory
  return told.notices
}
const call = async (key: string, count: number): Promise<readonly number[]> => {
  const statuses: number[] = []
  for (let turn = 0; turn < count; turn += 1) {
    const answer = await house.chat(key, { model: 'model', max_tokens: 5, messages: [{ role: 'user', content: canaries.plant('prompt') }] })
    statuses.push(answer.status)
    await house.closedRow(answer.headers.get('x-request-id') ?? '')
  }
  return statuses
}

it('nothing is told of a gateway where nothing is wrong', async () => {
  const { key } = await house.key({ key_alias: 'calm', max_budget: 100 })
  expect(await call(key, 2)).toEqual([200, 200])
  expect(await look()).toEqual([])
  expect((await readAlerts(address)).today).toMatchObject({ requests: 2, errors: 0, costUsd: '0.400000000' })
})

it('a budget is told at 80 percent and when it is used up, each once, with the way to its key', async () => {
  const { key } = await house.key({ key_alias: 'tight', max_budget: 1 })
  await call(key, 4)
  const first = await look()
  expect(first.map(({ title }) => title)).toEqual(['Key “tight” is at 80 % of its budget'])
  expect(first[0]?.path).toMatch(/^\/ui\/keys\/\d+$/)
  expect(await look()).toEqual([])
  expect(await call(key, 1)).toEqual([200])
  expect(await look()).toMatchObject([{ title: 'Key “tight” has used its budget', body: 'Requests it cannot cover are refused.' }])
  expect((await house.chat(key, { model: 'model', max_tokens: 5 })).status).toBe(429)
  expect(await look()).toEqual([])
})

it('a provider is told when it fails, and again when it answers', async () => {
  const { key } = await house.key({ key_alias: 'patient' })
  vendor.behave(() => ({ status: 503 }))
  const lately = (await readAlerts(address)).providers[0]?.calls ?? 0
  await call(key, Math.max(5, lately))
  expect((await look()).map(({ title, path }) => [title, path])).toEqual([['OpenAI is failing', '/ui/requests?provider=openai&outcome=failed']])
  expect(await look()).toEqual([])
  vendor.behave(() => ({}))
  await call(key, 2)
  expect((await look()).map(({ title }) => title)).toEqual(['OpenAI answers again'])
})

it('what a caller did wrong speaks against no provider', async () => {
  const { key } = await house.key({ key_alias: 'clumsy' })
  vendor.behave(() => ({ status: 400, body: '{"error":{"message":"no","type":"invalid_request_error","param":null,"code":null}}' }))
  expect(new Set(await call(key, 30))).toEqual(new Set([400]))
  expect(await look()).toEqual([])
})

it('a key is told before its end', async () => {
  await house.key({ key_alias: 'brief', duration: '3d' })
  expect((await readAlerts(address)).keys).toMatchObject([{ name: 'brief' }])
})

it('the ledger and the gateway answer what the support bundle asks, without a secret', async () => {
  const answers = [await readReadiness(address), await verifyLedger(address), await readAlerts(address)]
  expect(answers.slice(0, 2)).toMatchObject([{ status: 'healthy' }, { balanced: true, violations: [] }])
  expect(canaries.findIn('the answers', JSON.stringify(answers))).toEqual([])
  expect(canaries.count).toBeGreaterThan(30)
})
