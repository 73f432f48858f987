// Budgets that hold in blocks: many live streams on a budget that affords some of them, each paid for as it passes, and a clear end for those it does not.
// Promises: a real gateway, real HTTP, eight streams at once. Leaves alone: what agents really send (test/proof/agent-traffic.ts).

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultLimits } from '../../gateway/config.ts'
import { parseUsd } from '../../gateway/contract/money.ts'
import type { HoldSize } from '../../gateway/contract/scope.ts'
import { errorOf, startHouse, type Answer, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'
import { verifyFolder } from '../proof/offline-ledger.ts'

// A tenth of a cent for a token of output and nothing for input: a thousand tokens are a dollar. A model that may think unasked would be held whole.
const config = (origin: string): string => `
model_list:
  - model_name: talker
    litellm_params: { model: anthropic/claude-3-5-haiku, api_base: ${origin}, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0, output_cost_per_token: 0.001 }
    model_info: { max_output_tokens: 8000 }
`
const dollar = 1_000_000_000n
const tokenNano = dollar / 1000n
const streams = 8
const outputTokens = 3000
const limit = 10n * dollar

describe('eight streams on a budget for some of them', () => {
  let vendor: Vendor
  let house: House
  let dataDir: string
  let keys: Readonly<Record<'blocks' | 'strict' | 'whole' | 'rich', string>>
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tollgate-blocks-'))
    vendor = await startVendor()
    house = await startHouse({ dataDir, config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
    const made = async (max_budget: number, budget_holds: HoldSize): Promise<string> => (await house.key({ max_budget, budget_holds })).key
    keys = { blocks: await made(10, 'block'), strict: await made(10, 'strict'), whole: await made(10, 'block'), rich: await made(100, 'block') }
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
    expect(await verifyFolder(dataDir)).toEqual([])
    await rm(dataDir, { recursive: true, force: true })
  })
  const idOf = (answer: Answer): string => answer.headers.get('x-request-id') ?? ''
  const many = async (key: string): Promise<readonly Answer[]> =>
    Promise.all(Array.from({ length: streams }, () => house.chat(key, { model: 'talker', stream: true, max_tokens: outputTokens })))
  const spentBy = async (key: string): Promise<bigint> => {
    const info = (await house.get(`/key/info?key=${key}`)).json['info'] as { spend: number }
    return parseUsd(String(info.spend))
  }

  it('spends no more than the limit, ends what it cannot pay with a clear word, and every row says which', async () => {
    const answers = await many(keys.blocks)
    const refused = answers.filter((answer) => answer.status === 429)
    const begun = answers.filter((answer) => answer.status === 200)
    const ended = begun.filter((answer) => answer.text.includes('"insufficient_quota"'))
    // A block is two dollars: four streams begin, and three of them could be paid to their end.
    expect(begun.length).toBeGreaterThan(2)
    expect(refused.length + begun.length).toBe(streams)
    expect(ended.length).toBeGreaterThan(0)
    for (const answer of refused) expect(errorOf(answer).code).toBe('insufficient_quota')
    for (const answer of ended) {
      expect(answer.text).toContain('the budget was used up while it was streamed. What has been delivered counts.')
      const row = await house.closedRow(idOf(answer))
      expect(row).toMatchObject({ end: 'cut', status: 200, errorCode: 'stream_budget_spent', provenance: 'counted' })
      expect(row.completionTokens).toBeGreaterThan(0)
      expect(row.completionTokens).toBeLessThan(outputTokens)
    }
    for (const answer of begun.filter((one) => !ended.includes(one)))
      expect(await house.closedRow(idOf(answer))).toMatchObject({ end: 'answered', provenance: 'reported', completionTokens: outputTokens })
    const block = BigInt(defaultLimits.outputBlockTokens) * tokenNano
    const spent = await spentBy(keys.blocks)
    expect(spent).toBeGreaterThan(0n)
    expect(spent).toBeLessThanOrEqual(limit + BigInt(begun.length) * block)
    const rows = await Promise.all(answers.map((answer) => house.closedRow(idOf(answer))))
    expect(rows.reduce((sum, row) => sum + parseUsd(row.costUsd), 0n)).toBe(spent)
  })

  it('asks the vendor for what the caller asked for, not for a block', async () => {
    vendor.behave(() => ({ outputTokens: 3 }))
    await house.chat(keys.rich, { model: 'talker', stream: true, max_tokens: 5000 })
    expect(vendor.received.at(-1)?.json['max_tokens']).toBe(5000)
    await house.chat(keys.rich, { model: 'talker', stream: true })
    expect(vendor.received.at(-1)?.json['max_tokens']).toBe(8000)
    vendor.behave(() => ({}))
  })

  it('stays a wall for a key that holds strictly: whole replies or refusals, never a dollar more', async () => {
    const answers = await many(keys.strict)
    const answered = answers.filter((answer) => answer.status === 200)
    expect(answered.some((answer) => answer.text.includes('"error"'))).toBe(false)
    for (const answer of answered) expect(await house.closedRow(idOf(answer))).toMatchObject({ end: 'answered', provenance: 'reported' })
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(streams - answered.length)
    expect(await spentBy(keys.strict)).toBeLessThanOrEqual(limit)
  })

  it('holds the worst case of what does not stream, on a budget in blocks as well', async () => {
    const answers = await Promise.all(Array.from({ length: streams }, () => house.chat(keys.whole, { model: 'talker', max_tokens: outputTokens })))
    const answered = answers.filter((answer) => answer.status === 200)
    for (const answer of answered) expect(await house.closedRow(idOf(answer))).toMatchObject({ end: 'answered' })
    expect(await spentBy(keys.whole)).toBeLessThanOrEqual(limit)
  })

  it('leaves nothing reserved', async () => {
    const found = (await house.get('/panel/keys')).json as unknown as readonly { readonly budget: { readonly heldUsd: string } }[]
    expect(new Set(found.map((one) => one.budget.heldUsd))).toEqual(new Set(['0.000000000']))
  })
})
