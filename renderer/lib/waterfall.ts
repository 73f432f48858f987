// One request's stages and attempts as rows on a common time axis.
// Promises: attempts stand below the stage that made them; the gateway's own time is what no attempt covers.
// Leaves alone: drawing.

import type { PanelRequestDetail } from '../../gateway/contract/panel.ts'

export interface TimeBar {
  readonly label: string
  readonly kind: 'gateway' | 'provider' | 'stream'
  readonly depth: 0 | 1 | 2
  readonly startMs: number
  readonly endMs: number
}
export interface Waterfall {
  readonly bars: readonly TimeBar[]
  readonly totalMs: number
  readonly ticksMs: readonly number[]
  readonly providerMs: number
  readonly gatewayMs: number
}

const stageNames: Readonly<Record<string, string>> = {
  door: 'Receive',
  receive: 'Receive',
  identify: 'Identify',
  admit: 'Check limits, reserve budget',
  guard: 'Guardrails',
  route: 'Choose a route',
  call: 'Call the provider',
  settle: 'Settle the cost',
  record: 'Write the ledger',
}

/** null while nothing is known yet. */
export function prepareWaterfall(detail: Pick<PanelRequestDetail, 'stages' | 'attemptRows' | 'totalMs'>): Waterfall | null {
  const attempts = detail.attemptRows.filter((attempt) => attempt.endedMs !== null)
  const bars: TimeBar[] = []
  const attemptBars = attempts.flatMap((attempt) => toAttemptBars(attempt))
  const home = detail.stages.find((stage) => stage.name === 'call')
  for (const stage of detail.stages) {
    bars.push({ label: stageNames[stage.name] ?? capitalise(stage.name), kind: 'gateway', depth: 0, startMs: stage.startMs, endMs: stage.endMs })
    if (stage === home) bars.push(...attemptBars)
  }
  if (home === undefined) bars.push(...attemptBars)
  if (bars.length === 0) return null
  const totalMs = Math.max(detail.totalMs ?? 0, ...bars.map((bar) => bar.endMs))
  const providerMs = coveredMs(attempts.map((attempt) => [attempt.startedMs, attempt.endedMs ?? attempt.startedMs]))
  return { bars, totalMs, ticksMs: ticksFor(totalMs), providerMs, gatewayMs: Math.max(0, totalMs - providerMs) }
}

function toAttemptBars(attempt: PanelRequestDetail['attemptRows'][number]): readonly TimeBar[] {
  const endMs = attempt.endedMs ?? attempt.startedMs
  const label = `Attempt ${String(attempt.ordinal)}: ${attempt.upstreamModel}`
  const whole: TimeBar = { label, kind: 'provider', depth: 1, startMs: attempt.startedMs, endMs }
  if (attempt.firstByteMs === null || attempt.firstByteMs >= endMs) return [whole]
  return [
    whole,
    { label: 'Wait for the first byte', kind: 'provider', depth: 2, startMs: attempt.startedMs, endMs: attempt.firstByteMs },
    { label: 'Receive the reply', kind: 'stream', depth: 2, startMs: attempt.firstByteMs, endMs },
  ]
}

/** About four round marks from zero to the end. */
export function ticksFor(totalMs: number): readonly number[] {
  if (totalMs <= 0) return [0]
  const rough = totalMs / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough
  const ticks: number[] = []
  // Multiplied, not added up: sums of tenths drift.
  for (let index = 0; index * step <= totalMs * 1.0001; index += 1) ticks.push(Number((index * step).toPrecision(6)))
  return ticks
}

/** Length of the union of spans: parallel or overlapping attempts count once. */
function coveredMs(spans: readonly (readonly [number, number])[]): number {
  let covered = 0
  let reached = -Infinity
  for (const [startMs, endMs] of [...spans].sort((left, right) => left[0] - right[0])) {
    covered += Math.max(0, endMs - Math.max(startMs, reached))
    reached = Math.max(reached, endMs)
  }
  return covered
}

function capitalise(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')
}
