// Proof that our spend is the vendor's bill: mixed calls over real HTTP through a real gateway, to a vendor that keeps books of its own.
// Promises: where usage was told the difference is nothing, to the nano-dollar; where it was not, the sums are close; every cost says which of both.
// Leaves alone: prices of real vendors. Of a seed's run the mix replays; where exactly a caller's leaving cuts a stream, the machine decides.

import { nanoUsd, toUsdText } from '../../gateway/contract/money.ts'
import type { PanelRequest } from '../../gateway/contract/panel.ts'
import type { GatewayOptions } from '../kit/gateway-process.ts'
import { startHouse, type House } from '../kit/house.ts'
import { createMisbehavingVendor } from '../kit/misbehaving-vendor/vendor.ts'
import { createChance } from '../kit/random.ts'
import { createCallers } from './callers.ts'
import { rowsSince } from './kills-books.ts'
import type { ProofLine } from './line.ts'
import { compare, deviation, sumOf, type Comparison, type Evidence } from './shadow-bill-comparison.ts'
import { configFor, createMix, rate, type Mix, type Trouble } from './shadow-bill-mix.ts'
import { readTexts } from './shadow-bill-texts.ts'

export interface ShadowBillOptions {
  readonly log: (line: string) => void
  readonly short?: boolean
  readonly seed?: number | null
  readonly requests?: number | null
  /** The bundle unless told; the short form runs from the sources as they are. */
  readonly from?: GatewayOptions['from']
}

const requestsFull = 100_000
const requestsShort = 2000
const concurrency = 40
const logEvery = 5000
/** Of the counted share. */
const deviationMax = 0.02
/** Of all calls, for each kind of trouble that is asked for. */
const shareMin = 0.05

export async function proveShadowBill(options: ShadowBillOptions): Promise<readonly ProofLine[]> {
  const { short = false, log } = options
  const { seed } = createChance(0, options.seed ?? null)
  const requests = options.requests ?? (short ? requestsShort : requestsFull)
  const mix = createMix(seed, readTexts())
  const vendor = await createMisbehavingVendor({ seed, rates: { '*': rate }, only: [], thinks: mix.thinks, leaversPay: mix.leaversPay })
  const house = await startHouse({
    config: configFor(vendor.origin),
    env: { VENDOR_KEY: 'sk-vendor' },
    from: options.from ?? (short ? 'source' : 'dist'),
  })
  try {
    const startedMs = performance.now()
    const asked = await ask({ house, mix, requests, log })
    const perSecond = requests / ((performance.now() - startedMs) / 1000)
    const rows = await closedRows(house)
    while (vendor.running > 0) await pause(10)
    return toLines(compare({ rows, calls: vendor.calls, ...asked }), { seed, requests, perSecond })
  } finally {
    await house.stop()
    await vendor.close()
  }
}

interface Asking {
  readonly house: House
  readonly mix: Mix
  readonly requests: number
  readonly log: (line: string) => void
}

async function ask({ house, mix, requests, log }: Asking): Promise<Pick<Evidence, 'planned' | 'heard'>> {
  // One that every call holds money of, one that nobody limits.
  const keys = [(await house.key({ max_budget: 1_000_000 })).key, (await house.key({})).key]
  const planned = new Map<string, Trouble>()
  const heard = new Set<string>()
  const callers = createCallers(house.gateway.origin, concurrency)
  const startedMs = performance.now()
  let next = 0
  const loop = async (): Promise<void> => {
    for (let index = next++; index < requests; index = next++) {
      const { order, trouble } = mix.plan(index)
      planned.set(order.marker, trouble)
      const { status, requestId } = await callers.call({ ...order, key: keys[index % keys.length] ?? '' })
      if (status > 0) heard.add(requestId)
      if (index > 0 && index % logEvery === 0)
        log(`shadow bill: ${index} of ${requests}, ${(index / ((performance.now() - startedMs) / 1000)).toFixed(0)} a second`)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, loop))
  await callers.close()
  return { planned, heard }
}

const settledWithinMs = 90_000
/** A call whose caller left may be read to its end for its bill. */
async function closedRows(house: House): Promise<readonly PanelRequest[]> {
  const untilMs = performance.now() + settledWithinMs
  while (performance.now() < untilMs && (await house.rows('outcome=open')).length > 0) await pause(100)
  return rowsSince(house, 0)
}

interface Run {
  readonly seed: number
  readonly requests: number
  readonly perSecond: number
}

function toLines(found: Comparison, { seed, requests, perSecond }: Run): readonly ProofLine[] {
  const count = (value: number): string => value.toLocaleString('en')
  const usd = (amount: bigint): string => `${toUsdText(nanoUsd(amount))} USD`
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`
  const counted = sumOf(found.counted)
  const all = { theirsNanoUsd: found.told.theirsNanoUsd + counted.theirsNanoUsd, oursNanoUsd: found.told.oursNanoUsd + counted.oursNanoUsd }
  const shares = (['silent', 'aborted', 'retried', 'fallen back'] as const).map((trouble) => ({ trouble, share: (found.byTrouble[trouble] ?? 0) / requests }))
  const detail = [
    `${count(found.rows)} requests at ${perSecond.toFixed(0)} a second; ${shares.map(({ trouble, share }) => `${percent(share)} ${trouble}`).join(', ')}`,
    `overall ${usd(all.oursNanoUsd)} of ${usd(all.theirsNanoUsd)}: ${percent(deviation(all))} apart`,
    ...Object.entries(found.counted).map(
      ([trouble, share]) =>
        `${trouble}: ${count(share.calls)} counted, ${percent(deviation(share))} of ${usd(share.theirsNanoUsd)}, call by call ${percent(Number(share.apartNanoUsd) / Number(share.theirsNanoUsd))}`,
    ),
    ...found.troubles,
  ]
  // A caller who leaves very early may never have reached the gateway.
  const mixed = found.rows > requests * 0.98 && shares.every(({ share }) => share >= shareMin * 0.9)
  const line = { seed: String(seed), detail }
  return [
    {
      ...line,
      name: 'Shadow bill: usage told',
      figure: `${usd(found.told.apartNanoUsd)} apart over ${count(found.told.calls)} requests and ${usd(found.told.theirsNanoUsd)}`,
      target: '0 where the vendor told its usage',
      ok: found.told.apartNanoUsd === 0n && mixed,
    },
    {
      ...line,
      name: 'Shadow bill: usage counted',
      figure: `${percent(deviation(counted))} apart over ${count(counted.calls)} requests and ${usd(counted.theirsNanoUsd)}`,
      target: `at most ${percent(deviationMax)} of the counted share`,
      ok: Math.abs(deviation(counted)) <= deviationMax && counted.calls > 0 && mixed,
    },
    {
      ...line,
      name: 'Shadow bill: rows',
      figure: `${count(found.missing)} of ${count(found.rows)} missing, ${count(found.unlabelled)} without a label (${count(found.unused)} used nothing); ${count(found.attempts)} attempts for ${count(found.dispatches)} dispatches and ${count(found.unsent)} not sent, ${count(found.strangers)} do not meet`,
      target: 'every row there and labelled, one attempt for each dispatch',
      ok: found.missing + found.unlabelled + found.strangers === 0 && found.attempts === found.dispatches + found.unsent && mixed,
    },
  ]
}

const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
