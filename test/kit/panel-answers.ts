// What the fixture server answers to each read of the panel, computed from a sample world.
// Promises: filters, paging and grouping work as in the gateway, so that pages meet answers that fit their questions.
// Leaves alone: HTTP, writes.

import type { PanelFacets, PanelHome, PanelRequest, PanelRequestPage, PanelSpend, PanelSums } from '../../gateway/contract/panel.ts'
import { bucketsBetween } from '../../gateway/kit/calendar.ts'
import { type SampleWorld, toNano, toText } from './panel-samples.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const countMax = 10_000

export function answerHome(world: SampleWorld, range: string): PanelHome {
  const spanMs = range === '24h' ? dayMs : range === '7d' ? 7 * dayMs : 30 * dayMs
  const grain = range === '24h' ? 'hour' : 'day'
  const stepMs = grain === 'hour' ? hourMs : dayMs
  const toMs = Math.ceil(world.nowMs / stepMs) * stepMs
  const fromMs = toMs - spanMs
  const rows = within(ended(world.requests), fromMs, toMs)
  const spend = answerSpend(world, new URLSearchParams({ from: String(fromMs), to: String(toMs), group: 'model', grain }))
  const times = rows.flatMap((row) => row.firstByteMs ?? []).sort((left, right) => left - right)
  const quantile = (share: number): number | null => times[Math.floor(times.length * share)] ?? null
  const limited = world.keys.filter((key) => key.budget.limitUsd !== null)
  return {
    fromMs,
    toMs,
    totals: sumsOf(rows),
    previous: sumsOf(within(ended(world.requests), fromMs - spanMs, fromMs)),
    series: spend.buckets.map((bucketMs, index) => {
      const sums = sumsOf(within(rows, bucketMs, spend.buckets[index + 1] ?? toMs))
      return { bucketMs, requests: sums.requests, errors: sums.errors, costUsd: sums.costUsd }
    }),
    grain,
    latency: { samples: times.length, firstByteP50Ms: quantile(0.5), firstByteP95Ms: quantile(0.95), totalP95Ms: times.length === 0 ? null : 6120.5 },
    topModels: spend.rows.slice(0, 5).map((row) => ({ model: row.member, costUsd: row.costUsd, requests: row.requests, unpriced: row.unpriced })),
    budgets: limited.map((key) => ({
      kind: 'key',
      name: key.name,
      href: `/ui/keys/${String(key.id)}`,
      duration: key.budget.duration,
      limitUsd: key.budget.limitUsd ?? '0',
      settledUsd: key.budget.settledUsd,
      heldUsd: key.budget.heldUsd,
      resetsAtMs: key.budget.resetsAtMs,
    })),
    recent: world.requests.slice(0, 8),
    attention:
      world.keys.length === 0
        ? []
        : [
            { kind: 'budget', level: 'bad', text: 'The budget of the key Night batch is used up.', href: '/ui/keys/5' },
            { kind: 'expiring', level: 'warn', text: 'The key grace expires in 5 days.', href: '/ui/keys/6' },
            {
              kind: 'unpriced',
              level: 'warn',
              text: 'No price is known for qwen2.5-coder:32b-instruct-q4_K_M: its spend counts as zero, and keys with a budget cannot use it.',
              href: '/ui/providers',
            },
          ],
    setup: { models: world.providers.deployments.length, keys: world.keys.length, requests: world.requests.length },
  }
}

export function answerRequests(world: SampleWorld, query: URLSearchParams): PanelRequestPage {
  const limit = Number(query.get('limit') ?? '50')
  const matching = matches(world, query)
  const before = Number(query.get('before') ?? Number.MAX_SAFE_INTEGER)
  const rows = matching.filter((row) => row.row < before).slice(0, limit)
  const last = rows.at(-1)
  const more = last !== undefined && matching.some((row) => row.row < last.row)
  return { rows, next: more && last !== undefined ? last.row : null, count: Math.min(matching.length, countMax), more: matching.length > countMax }
}

function matches(world: SampleWorld, query: URLSearchParams): readonly PanelRequest[] {
  const is = (name: string, value: string | null): boolean => query.get(name) === null || query.get(name) === value
  const outcome = query.get('outcome')
  const fits = (row: PanelRequest): boolean =>
    outcome === null ||
    (outcome === 'open'
      ? row.state === 'open'
      : outcome === 'ended'
        ? row.state !== 'open'
        : outcome === 'error'
          ? row.end !== null && row.end !== 'answered'
          : outcome === 'ok'
            ? row.end === 'answered'
            : row.end === outcome)
  return within(world.requests, Number(query.get('from') ?? 0), Number(query.get('to') ?? Number.MAX_SAFE_INTEGER)).filter(
    (row) =>
      is('model', row.model) &&
      is('key', String(row.keyId)) &&
      is('provider', row.providerId) &&
      (query.get('team') === null || row.teamName !== null) &&
      fits(row),
  )
}

export function answerSpend(world: SampleWorld, query: URLSearchParams): PanelSpend {
  const fromMs = Number(query.get('from'))
  const toMs = Number(query.get('to'))
  const grain = query.get('grain') === 'hour' ? 'hour' : 'day'
  const group = query.get('group') ?? 'total'
  const buckets = bucketsBetween(fromMs, toMs, grain, world.session.zone)
  const rows = ended(matches(world, query))
  const members = Map.groupBy(rows, (row) => memberOf(row, group))
  const spendRows = [...members].map(([member, own]) => ({
    member,
    label: group === 'key' ? (own[0]?.keyName ?? '') : group === 'team' ? (own[0]?.teamName ?? '') : member,
    ...sumsOf(own),
    byBucket: buckets.map((bucketMs, index) => {
      const sums = sumsOf(within(own, bucketMs, buckets[index + 1] ?? toMs))
      return { costUsd: sums.costUsd, requests: sums.requests }
    }),
  }))
  const previous = new URLSearchParams(query)
  previous.set('from', String(fromMs - (toMs - fromMs)))
  previous.set('to', String(fromMs))
  return {
    fromMs,
    toMs,
    zone: world.session.zone,
    grain,
    group,
    totals: sumsOf(rows),
    previous: sumsOf(ended(matches(world, previous))),
    buckets,
    rows: spendRows.sort((left, right) => (toNano(left.costUsd) < toNano(right.costUsd) ? 1 : -1)),
  }
}

export function answerFacets(world: SampleWorld): PanelFacets {
  return {
    models: [...new Set(world.requests.map((row) => row.model))].sort(),
    providers: [
      ...new Map(world.requests.flatMap((row) => (row.providerId === null ? [] : [[row.providerId, row.providerTitle ?? row.providerId] as const]))).entries(),
    ]
      .map(([id, title]) => ({ id, title }))
      .sort((left, right) => left.title.localeCompare(right.title)),
    keys: world.keys.map((key) => ({ id: key.id, name: key.name, deleted: false })),
    teams: world.teams.map((team, index) => ({ id: index + 1, name: team.name })),
  }
}

function memberOf(row: PanelRequest, group: string): string {
  if (group === 'key') return String(row.keyId)
  if (group === 'team') return row.teamName === null ? '' : '1'
  if (group === 'provider') return row.providerId ?? ''
  if (group === 'deployment') return row.providerId === null ? '' : `dep_${row.providerId}_0`
  return group === 'model' ? row.model : ''
}

function within(rows: readonly PanelRequest[], fromMs: number, toMs: number): readonly PanelRequest[] {
  return rows.filter((row) => row.receivedAtMs >= fromMs && row.receivedAtMs < toMs)
}

/** What totals count. */
const ended = (rows: readonly PanelRequest[]): readonly PanelRequest[] => rows.filter((row) => row.state !== 'open')

function sumsOf(rows: readonly PanelRequest[]): PanelSums {
  const sum = (read: (row: PanelRequest) => number): number => rows.reduce((total, row) => total + read(row), 0)
  return {
    requests: rows.length,
    errors: sum((row) => (row.end === null || row.end === 'answered' ? 0 : 1)),
    unpriced: sum((row) => (row.unpriced ? 1 : 0)),
    promptTokens: sum((row) => row.promptTokens),
    completionTokens: sum((row) => row.completionTokens),
    cachedTokens: sum((row) => row.cachedTokens),
    reasoningTokens: 0,
    costUsd: toText(rows.reduce((total, row) => total + toNano(row.costUsd), 0n)),
  }
}
