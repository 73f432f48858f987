// kill -9 in the middle of fifty loads: what a caller saw answered is in the ledger with its price, what was running is charged its
// hold and flagged, nothing stays reserved, and the books balance. Randomised: prints its seed, TEST_SEED replays moments and mix.

import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultLimits } from '../../gateway/config.ts'
import { nanoUsd, parseUsd, toUsdText } from '../../gateway/contract/money.ts'
import type { PanelHome, PanelKey, PanelRequest, PanelRequestPage, PanelTeam } from '../../gateway/contract/panel.ts'
import type { Violation } from '../../gateway/contract/reports.ts'
import { createLedger } from '../../gateway/ledger/ledger.ts'
import { startGateway, type GatewayProcess } from '../kit/gateway-process.ts'
import { visit, type House } from '../kit/house.ts'
import { createChance, type Chance } from '../kit/random.ts'
import { startVendor, vendorInputTokens, type Vendor } from '../kit/vendor.ts'

const price = 'input_cost_per_token: 0.000001, output_cost_per_token: 0.000002'
const config = (origin: string): string => `
model_list:
  - model_name: passed
    litellm_params: { model: openai/passed, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, ${price} }
  - model_name: translated
    litellm_params: { model: anthropic/translated, api_base: ${origin}, api_key: os.environ/VENDOR_KEY, ${price} }
router_settings: { num_retries: 0 }
`
const costOf = (outputTokens: number): string => toUsdText(nanoUsd(vendorInputTokens * 1000 + outputTokens * 2000))

// Two gateways at once, each on a data folder of its own, so that fifty starts fit into a minute.
const lanes = 2
const loadsPerLane = 25
const callersPerLoad = 12

interface Acknowledged {
  readonly requestId: string
  readonly costUsd: string
}
/** What one data folder has been through. */
interface Lane {
  readonly dataDir: string
  readonly keys: string[]
  readonly chance: Chance
  /** Row of the newest request seen at the last restart. */
  lastRow: number
  readonly costByKey: Map<number, bigint>
  acknowledged: number
  orphaned: number
  attempts: number
}

describe('a gateway that is killed in the middle of fifty loads', () => {
  let vendor: Vendor
  let folder: string
  beforeAll(async () => {
    vendor = await startVendor()
    folder = await mkdtemp(join(tmpdir(), 'tollgate-crash-'))
    await writeFile(join(folder, 'config.yaml'), config(vendor.origin))
  })
  afterAll(async () => {
    await vendor.close()
    await rm(folder, { recursive: true, force: true })
  })

  const start = async (lane: Lane): Promise<GatewayProcess> =>
    startGateway({
      from: 'source',
      dataDir: lane.dataDir,
      env: { VENDOR_KEY: 'sk-vendor' },
      args: ['--config', join(folder, 'config.yaml')],
      // How long a last byte may wait for a busy disk is another promise (the kill proof counts those that did not wait): here each answer has its record.
      limits: { lastByteWaitMs: 30_000 },
    })

  async function runLane(number: number): Promise<Lane> {
    const lane: Lane = {
      dataDir: join(folder, `lane-${number}`),
      keys: [],
      chance: createChance(number),
      lastRow: 0,
      costByKey: new Map(),
      acknowledged: 0,
      orphaned: 0,
      attempts: 0,
    }
    let seen: readonly Acknowledged[] = []
    for (let load = 0; load < loadsPerLane; load += 1) {
      const gateway = await start(lane)
      if (load === 0) lane.keys.push(...(await makeKeys(visit(gateway))))
      await checkRestart(gateway, lane, seen)
      seen = await loadAndKill(gateway, lane)
      lane.acknowledged += seen.length
      if (load % 8 === 7) expect(await verifyCopy(lane.dataDir)).toEqual([])
    }
    const gateway = await start(lane)
    await checkRestart(gateway, lane, seen)
    expect(await gateway.stop()).toBe(0)
    expect(await verify(lane.dataDir)).toEqual([])
    return lane
  }

  it('keeps every acknowledged request, charges and flags what was cut, reserves nothing, and its books balance', async () => {
    const { seed, between } = createChance()
    console.log(`seed ${seed}`)
    vendor.behave(() => ({ headDelayMs: between(0, 60), pieceDelayMs: between(1, 8) }))
    const done = await Promise.all(Array.from({ length: lanes }, (_, number) => runLane(number)))
    const total = (of: (lane: Lane) => number): number => done.reduce((sum, lane) => sum + of(lane), 0)
    console.log(`acknowledged ${total((lane) => lane.acknowledged)}, cut and charged ${total((lane) => lane.orphaned)}, dispatched ${vendor.received.length}`)
    // Without enough of both kinds the loop would have shown nothing.
    expect(total((lane) => lane.acknowledged)).toBeGreaterThan(lanes * loadsPerLane)
    expect(total((lane) => lane.orphaned)).toBeGreaterThan(lanes * loadsPerLane)
    // Nothing was sent to the vendor that the ledger does not know, and the vendor's own bill is covered.
    expect(vendor.received.length).toBeLessThanOrEqual(total((lane) => lane.attempts))
    const charged = done.flatMap((lane) => [...lane.costByKey.values()]).reduce((sum, cost) => sum + cost, 0n)
    expect(charged).toBeGreaterThanOrEqual(BigInt(vendor.bill.input * 1000 + vendor.bill.output * 2000))
  }, 150_000)
})

async function makeKeys(house: House): Promise<string[]> {
  const team = (await house.post('/team/new', { team_alias: 'crew', max_budget: 1000, budget_duration: '30d' })).json['team_id']
  const made = await Promise.all([
    house.key({ key_alias: 'yearly', max_budget: 1000 }),
    house.key({ key_alias: 'daily', max_budget: 1000, budget_duration: '1d' }),
    house.key({ key_alias: 'crew-member', team_id: team }),
    house.key({ key_alias: 'free' }),
  ])
  return made.map(({ key }) => key)
}

/** Callers ask without pause until the gateway dies under them. */
async function loadAndKill(gateway: GatewayProcess, lane: Lane): Promise<readonly Acknowledged[]> {
  const { chance } = lane
  const seen: Acknowledged[] = []
  let dead = false
  let noteAnswer = (): void => undefined
  const answered = new Promise<void>((resolve) => (noteAnswer = resolve))
  const call = async (key: string): Promise<void> => {
    const outputTokens = chance.between(1, 12)
    const stream = chance.between(0, 1) === 1
    const body = { model: chance.pick(['passed', 'translated']), stream, max_tokens: outputTokens, messages: [{ role: 'user', content: 'count' }] }
    const response = await fetch(`${gateway.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    const whole = stream ? text.endsWith('data: [DONE]\n\n') && !text.includes('"error"') : text.endsWith('}') && text.includes('"choices"')
    if (response.status !== 200 || !whole) throw new Error(`a request ended with ${response.status}: ${text.slice(0, 300)}`)
    seen.push({ requestId: response.headers.get('x-request-id') ?? '', costUsd: costOf(outputTokens) })
    noteAnswer()
  }
  const callers = Array.from({ length: callersPerLoad }, async (_, index) => {
    while (!dead) {
      try {
        await call(lane.keys[index % lane.keys.length] ?? '')
      } catch (error) {
        // fetch fails with a TypeError when the connection breaks; before the kill nothing may.
        if (!dead || !(error instanceof TypeError)) throw error
      }
    }
  })
  const settled = Promise.all(callers)
  // A fresh process may take longer to its first answer than to its end: some die before it, most a moment after it.
  if (chance.between(0, 3) > 0) await Promise.race([settled, answered])
  await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, chance.between(40, 260)))])
  dead = true
  await gateway.kill9()
  await settled
  return seen
}

/** What must be true after each crash, before anyone calls again. */
async function checkRestart(gateway: GatewayProcess, lane: Lane, seen: readonly Acknowledged[]): Promise<void> {
  const house = visit(gateway)
  const rows = new Map((await rowsSince(house, lane.lastRow)).map((row) => [row.requestId, row]))
  for (const { requestId, costUsd } of seen)
    expect(rows.get(requestId), requestId).toMatchObject({ state: 'closed', end: 'answered', status: 200, costUsd, provenance: 'reported' })
  const orphans = [...rows.values()].filter((row) => row.state === 'orphaned')
  for (const row of orphans) expect(row).toMatchObject({ end: 'failed', errorCode: 'internal', provenance: 'estimated', costUsd: row.heldUsd })
  expect(orphans.filter((row) => parseUsd(row.costUsd) <= 0n)).toEqual([])
  expect([...rows.values()].filter((row) => row.state === 'open')).toEqual([])
  for (const row of rows.values()) {
    lane.costByKey.set(row.keyId, (lane.costByKey.get(row.keyId) ?? 0n) + parseUsd(row.costUsd))
    lane.lastRow = Math.max(lane.lastRow, row.row)
    lane.attempts += row.attempts
  }
  lane.orphaned += orphans.length
  await checkFlags(house, { cutNow: orphans.length, cutEver: lane.orphaned })
  await checkBudgets(house, lane)
}

async function rowsSince(house: House, lastRow: number): Promise<readonly PanelRequest[]> {
  const rows: PanelRequest[] = []
  let before = ''
  for (;;) {
    const page = (await house.get(`/panel/requests?limit=200${before}`)).json as unknown as PanelRequestPage
    rows.push(...page.rows.filter((row) => row.row > lastRow))
    if (page.next === null || page.next <= lastRow) return rows
    before = `&before=${page.next}`
  }
}

/** The start says how many were cut by the last stop; the panel's first page how many ever were. */
async function checkFlags(house: House, flags: { readonly cutNow: number; readonly cutEver: number }): Promise<void> {
  expect(/^\s*recovered\s+(\d+) requests? (?:was|were) cut/m.exec(house.gateway.output())?.[1]).toBe(flags.cutNow === 0 ? undefined : String(flags.cutNow))
  const { attention } = (await house.get('/panel/home')).json as unknown as PanelHome
  const orphaned = attention.find(({ kind }) => kind === 'orphaned')
  if (flags.cutEver === 0) expect(orphaned).toBeUndefined()
  else expect(orphaned?.text).toContain(flags.cutEver === 1 ? 'One request was cut off' : `${flags.cutEver} requests were cut off`)
}

async function checkBudgets(house: House, lane: Lane): Promise<void> {
  const keys = (await house.get('/panel/keys')).json as unknown as readonly PanelKey[]
  for (const key of keys) {
    const cost = toUsdText(nanoUsd(lane.costByKey.get(key.id) ?? 0n))
    expect(key, key.name).toMatchObject({ spendTotalUsd: cost, budget: { heldUsd: '0.000000000', settledUsd: cost } })
  }
  const teams = (await house.get('/panel/teams')).json as unknown as readonly PanelTeam[]
  const member = keys.find((key) => key.name === 'crew-member')
  expect(teams[0]?.budget).toMatchObject({ heldUsd: '0.000000000', settledUsd: member?.budget.settledUsd })
}

/** The folder as the crash left it, recovered in a copy, so that the next start still meets the crash. */
async function verifyCopy(dataDir: string): Promise<readonly Violation[]> {
  const copy = `${dataDir}-copy`
  await cp(dataDir, copy, { recursive: true })
  const found = await verify(copy)
  await rm(copy, { recursive: true })
  return found
}

/** Opens the stopped folder as the next start would, and recomputes everything. */
async function verify(dataDir: string): Promise<readonly Violation[]> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const ledger = await createLedger({ dataDir, durability: 'full', limits: defaultLimits, zone, log: () => undefined })
  const found = await ledger.reports.verify()
  await ledger.close()
  return found
}
