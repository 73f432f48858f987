// What the spend page shows, as it stands in the address: range, grouping, measure, filters.
// Promises: the same address shows the same thing; the export is asked for exactly what is on screen.
// Leaves alone: reading and drawing.

import type { Query } from '../../lib/api.ts'
import type { Measure } from '../../lib/chart.ts'
import { type Span, type SpendRange, customSpan, daySpan, previousSpan, spendRanges } from '../../lib/ranges.ts'

export const groups = [
  { value: 'key', label: 'By key', one: 'Key' },
  { value: 'team', label: 'By team', one: 'Team' },
  { value: 'model', label: 'By model', one: 'Model' },
  { value: 'provider', label: 'By provider', one: 'Provider' },
  { value: 'deployment', label: 'By deployment', one: 'Deployment' },
  { value: 'total', label: 'Total only', one: 'Total' },
] as const
export type Group = (typeof groups)[number]['value']
/** Groupings whose members can be filtered by. */
export const filterable = ['key', 'team', 'model', 'provider'] as const
export type Filterable = (typeof filterable)[number]

const dayMs = 86_400_000

export interface SpendView {
  readonly range: SpendRange
  readonly span: Span
  readonly grain: 'hour' | 'day'
  readonly group: Group
  readonly measure: Measure
  readonly compare: boolean
  readonly filters: Readonly<Record<Filterable, string>>
}

export function readView(query: URLSearchParams, nowMs: number, zone: string): SpendView {
  const wanted = spendRanges.find((range) => range === query.get('range')) ?? '30d'
  const custom = wanted === 'custom' ? customSpan(query.get('first') ?? '', query.get('last') ?? '', zone) : null
  // A custom range without two dates shows this month until they are there.
  const span = wanted === 'custom' ? (custom ?? daySpan('month', nowMs, zone)) : daySpan(wanted, nowMs, zone)
  return {
    range: wanted,
    span,
    grain: span.toMs - span.fromMs <= 2 * dayMs ? 'hour' : 'day',
    group: groups.find((group) => group.value === query.get('group'))?.value ?? 'model',
    measure: query.get('measure') === 'requests' ? 'requests' : 'cost',
    compare: query.get('compare') === 'before',
    filters: { key: query.get('key') ?? '', team: query.get('team') ?? '', model: query.get('model') ?? '', provider: query.get('provider') ?? '' },
  }
}

export function toSpendQuery(view: SpendView): Query {
  return { from: view.span.fromMs, to: view.span.toMs, group: view.group, grain: view.grain, ...view.filters }
}
export function toPreviousQuery(view: SpendView): Query {
  const span = previousSpan(view.span)
  return { from: span.fromMs, to: span.toMs, group: 'total', grain: view.grain, ...view.filters }
}
/** `shown` repeats the table; `requests` is every request of the same range and filters. */
export function toExportQuery(view: SpendView, what: 'shown' | 'requests'): Query {
  const group = what === 'requests' ? 'none' : view.group === 'total' ? 'day' : view.group
  return { from: view.span.fromMs, to: view.span.toMs, group, ...view.filters }
}
