// The misbehaving vendor with an impatient gateway before it: one model per dialect, calls by an ordinary client, their rows.
// Promises: each call is told apart by a marker of its own, in the vendor's books and in the gateway's. Leaves alone: judging.

import type { PanelKey, PanelRequest, PanelRequestDetail, PanelRequestPage } from '../../../gateway/contract/panel.ts'
import type { BilledCall, Rate } from './bill.ts'
import { startImpatientHouse, type ImpatientHouse } from './impatient-gateway.ts'
import { embeddings, type Dialect, type Form } from './misbehaviour.ts'
import { dialectModels, toModelList } from './models.ts'
import { createMisbehavingVendor, type MisbehavingVendor, type VendorOptions } from './vendor.ts'

/** One caller's call and everything that is known about it afterwards. */
export interface Told {
  readonly marker: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly tookMs: number
  /** The client's own word when the connection broke. */
  readonly broken: string | null
  readonly row: PanelRequestDetail
  readonly billed: readonly BilledCall[]
}
export interface Order {
  readonly dialect: Dialect
  readonly form: Form
  /** Text of the prompt; may name a misbehaviour. */
  readonly text: string
  readonly model?: string
}
export interface Scene {
  readonly house: ImpatientHouse
  readonly vendor: MisbehavingVendor
  readonly credential: string
  tell(order: Order): Promise<Told>
  /** Every row of the gateway, newest first. */
  allRows(): Promise<readonly PanelRequest[]>
  heldUsd(): Promise<readonly string[]>
  stop(): Promise<number>
}

export const credential = 'sk-credential-of-the-vendor-0123456789'
const rate: Rate = { input: 1_000_000n, cached: 500_000n, output: 3_000_000n }
/** A vendor is waited for about a second; every other number is what users have. */
const limits = {
  upstreamHeadersTimeoutMs: 1000,
  upstreamColdLoadTimeoutMs: 1000,
  upstreamIdleTimeoutMs: 1000,
  upstreamTotalTimeoutMs: 2500,
  upstreamBodyBytesMax: 2 * 1024 * 1024,
  streamBytesMax: 2 * 1024 * 1024,
}

function configFor(origin: string): string {
  const { 'openai-chat': plain, 'anthropic-messages': claude } = dialectModels
  const models = [
    ...Object.values(dialectModels),
    { ...plain, name: 'plain-or-second' },
    { ...claude, name: 'claude-or-second' },
    { name: 'second', model: 'openai/vendor-second', base: '/v1' },
  ]
  return `${toModelList(origin, models)}router_settings: { num_retries: 0, fallbacks: [{ plain-or-second: [second] }, { claude-or-second: [second] }] }
`
}

export async function startScene(options: Pick<VendorOptions, 'seed'> & Partial<VendorOptions>): Promise<Scene> {
  const vendor = await createMisbehavingVendor({ rates: { '*': rate }, ...options })
  const house = await startImpatientHouse({ config: configFor(vendor.origin), limits, env: { VENDOR_KEY: credential } })
  const { key } = await house.key({ max_budget: 1000 })
  let count = 0
  return {
    house,
    vendor,
    credential,
    async tell(order) {
      count += 1
      const marker = `c${count}`
      const answer = await call(house, key, { ...order, text: `[[call:${marker}]] ${order.text}` })
      const row = await house.closedRow(answer.headers.get('x-request-id') ?? '')
      return { marker, ...answer, row, billed: await booked(vendor, marker, row.attempts) }
    },
    async allRows() {
      const rows: PanelRequest[] = []
      for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null;) {
        const page: PanelRequestPage = (await house.get(`/panel/requests?limit=200&before=${before}`)).json as unknown as PanelRequestPage
        rows.push(...page.rows)
        before = page.next
      }
      return rows
    },
    heldUsd: async () => ((await house.get('/panel/keys')).json as unknown as readonly PanelKey[]).map((one) => one.budget.heldUsd),
    async stop() {
      const code = await house.stop()
      await vendor.close()
      return code
    },
  }
}

const bookedWithinMs = 3000
/** The vendor books a call when its side is over, which may be a moment after the gateway's. */
async function booked(vendor: MisbehavingVendor, marker: string, attempts: number): Promise<readonly BilledCall[]> {
  const untilMs = performance.now() + bookedWithinMs
  while (vendor.callsOf(marker).length < attempts && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 10))
  return vendor.callsOf(marker)
}

type Heard = Pick<Told, 'status' | 'headers' | 'text' | 'tookMs' | 'broken'>

async function call(house: ImpatientHouse, key: string, order: Order): Promise<Heard> {
  const { dialect, form, text } = order
  const embeds = embeddings.includes(dialect)
  const body = embeds ? { input: [text, 'and this'] } : { messages: [{ role: 'user', content: text }], max_tokens: 20, stream: form === 'streamed' }
  const startedMs = performance.now()
  const response = await fetch(`${house.baseUrl}/${embeds ? 'embeddings' : 'chat/completions'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: order.model ?? dialectModels[dialect].name, ...body }),
  })
  let broken: string | null = null
  const heard = await response.text().catch((error: unknown) => {
    broken = String(error)
    return ''
  })
  return { status: response.status, headers: response.headers, text: heard, tookMs: performance.now() - startedMs, broken }
}
