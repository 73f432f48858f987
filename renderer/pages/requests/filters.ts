// The filters of the request list as they stand in the address, and as the gateway is asked.
// Promises: unknown values are ignored by name, not guessed. Leaves alone: what matches (the gateway).

import type { Query } from '../../lib/api.ts'
import { type RequestRange, requestRanges, rollingStartMs } from '../../lib/ranges.ts'

export const outcomes = [
  { value: '', label: 'Every outcome' },
  { value: 'error', label: 'All errors' },
  { value: 'ok', label: 'Answered' },
  { value: 'refused', label: 'Blocked or rejected' },
  { value: 'failed', label: 'Failed' },
  { value: 'cut', label: 'Caller left' },
  { value: 'open', label: 'Running' },
  { value: 'ended', label: 'All but running' },
] as const
const defaultRange: RequestRange = '24h'
const names = ['outcome', 'model', 'key', 'team', 'provider'] as const
export type FilterName = (typeof names)[number]

export interface RequestFilters {
  readonly range: RequestRange
  /** A fixed span from a link (a column of the spend chart); wins over the range. */
  readonly span: { readonly fromMs: number; readonly toMs: number } | null
  readonly values: Readonly<Record<FilterName, string>>
}

/** The last instant of the year 9999. Dates end later, and a page that is to show one beyond their end shows nothing at all. */
const lastMs = 253_402_300_799_999
const isInstant = (ms: number): boolean => Number.isSafeInteger(ms) && ms >= 0 && ms <= lastMs

export function readFilters(query: URLSearchParams): RequestFilters {
  const range = requestRanges.find((name) => name === query.get('range')) ?? defaultRange
  const fromMs = Number(query.get('from') ?? Number.NaN)
  const toMs = Number(query.get('to') ?? Number.NaN)
  const outcome = outcomes.some((option) => option.value === query.get('outcome')) ? (query.get('outcome') ?? '') : ''
  const text = (name: FilterName): string => query.get(name) ?? ''
  return {
    range,
    span: isInstant(fromMs) && isInstant(toMs) && toMs > fromMs ? { fromMs, toMs } : null,
    values: { outcome, model: text('model'), key: text('key'), team: text('team'), provider: text('provider') },
  }
}

export function toApiQuery(filters: RequestFilters, nowMs: number): Query {
  const from = filters.span?.fromMs ?? rollingStartMs(filters.range, nowMs)
  return { from, to: filters.span?.toMs ?? null, ...filters.values }
}

/** How many filters narrow the list beside the range. */
export function countFilters(filters: RequestFilters): number {
  return names.filter((name) => filters.values[name] !== '').length + (filters.span === null ? 0 : 1)
}

/** Address parameters that remove every filter and keep the range. */
export const noFilters = { outcome: null, model: null, key: null, team: null, provider: null, from: null, to: null } as const

export function isDefaultRange(range: string): boolean {
  return range === defaultRange
}
