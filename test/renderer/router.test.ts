// Addresses of the panel: every route has one path, every path one route.
// Promises: hostile and unknown paths lead to "no such page", not to an exception.

import { describe, expect, it } from 'vitest'
import { type Route, parsePath, toPath, withQuery } from '../../renderer/lib/router.ts'
import { baseUrlFrom } from '../../renderer/lib/address.ts'
import { countFilters, readFilters, toApiQuery } from '../../renderer/pages/requests/filters.ts'
import { readView, toExportQuery, toSpendQuery } from '../../renderer/pages/spend/view.ts'

const routes: readonly Route[] = [
  { page: 'home' },
  { page: 'requests', id: null },
  { page: 'requests', id: 'req_01KABC' },
  { page: 'requests', id: 'chatcmpl/with slash' },
  { page: 'spend' },
  { page: 'keys' },
  { page: 'new-key' },
  { page: 'key', id: 12 },
  { page: 'providers' },
  { page: 'new-provider' },
]

describe('paths', () => {
  it.each(routes)('lead back to $page', (route) => {
    expect(parsePath(toPath(route))).toEqual(route)
  })

  it.each(['/ui/keys/abc', '/ui/keys/1/2', '/ui/spend/x', '/ui/nothing', '/elsewhere', '/ui/keys/-1', '/ui/providers/old'])('%s is no page', (path) => {
    expect(parsePath(path)).toEqual({ page: 'missing', path })
  })

  it('take the bare prefix as home and a broken escape as it stands', () => {
    expect(parsePath('/ui')).toEqual({ page: 'home' })
    expect(parsePath('/ui/requests/%E0%A4%A')).toEqual({ page: 'requests', id: '%E0%A4%A' })
  })

  it('carry only parameters that have a value', () => {
    expect(withQuery('/ui/requests', { model: 'a b', key: 3, team: '', provider: null, outcome: undefined })).toBe('/ui/requests?model=a+b&key=3')
    expect(withQuery('/ui/keys', {})).toBe('/ui/keys')
  })
})

describe('the request filters', () => {
  it('are read from the address, and what is unknown is left out', () => {
    const filters = readFilters(new URLSearchParams('range=7d&outcome=bogus&model=gpt-4o&key=3&other=1'))
    expect(filters).toEqual({ range: '7d', span: null, values: { outcome: '', model: 'gpt-4o', key: '3', team: '', provider: '' } })
    expect(countFilters(filters)).toBe(2)
  })

  it('prefer a fixed span to a rolling range, and ignore half a span', () => {
    expect(toApiQuery(readFilters(new URLSearchParams('from=100&to=200')), 10_000)).toMatchObject({ from: 100, to: 200 })
    expect(toApiQuery(readFilters(new URLSearchParams('from=100')), 100_000_000)).toMatchObject({ from: 100_000_000 - 86_400_000, to: null })
    expect(toApiQuery(readFilters(new URLSearchParams('from=8640000000000001&to=9007199254740991&range=all')), 10_000)).toMatchObject({ from: null, to: null })
    expect(toApiQuery(readFilters(new URLSearchParams('range=all')), 10_000)).toMatchObject({ from: null, to: null })
  })
})

describe('the spend view', () => {
  const nowMs = Date.parse('2026-11-21T11:00:00Z')
  it('asks and exports the same range and filters', () => {
    const view = readView(new URLSearchParams('range=month&group=key&model=gpt-4o'), nowMs, 'UTC')
    expect(toSpendQuery(view)).toMatchObject({
      group: 'key',
      grain: 'day',
      model: 'gpt-4o',
      from: Date.parse('2026-11-01T00:00:00Z'),
      to: Date.parse('2026-11-22T00:00:00Z'),
    })
    expect(toExportQuery(view, 'shown')).toMatchObject({ group: 'key', model: 'gpt-4o', from: view.span.fromMs, to: view.span.toMs })
    expect(toExportQuery(view, 'requests')).toMatchObject({ group: 'none' })
  })

  it('counts by hours in short ranges and falls back from nonsense', () => {
    expect(readView(new URLSearchParams('range=today'), nowMs, 'UTC').grain).toBe('hour')
    expect(readView(new URLSearchParams('range=x&group=y&measure=z'), nowMs, 'UTC')).toMatchObject({
      range: '30d',
      group: 'model',
      measure: 'cost',
      compare: false,
    })
  })
})

describe('the address of the gateway', () => {
  const own = 'http://127.0.0.1:4000/v1'
  it.each([
    ['http://127.0.0.1:4000', own],
    ['http://localhost:4000', own],
    ['http://[::1]:4000', own],
    ['https://192.168.1.5:4443', 'https://192.168.1.5:4443/v1'],
    ['https://localhost.example.com', 'https://localhost.example.com/v1'],
  ])('seen from %s is %s', (origin, address) => {
    expect(baseUrlFrom(own, new URL(origin))).toBe(address)
  })

  it('in the desktop window is the one it goes by', () => {
    expect(baseUrlFrom(own, null)).toBe(own)
  })
})
