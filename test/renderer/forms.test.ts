// The form of a key: what it checks, says and sends; and what the list says of a key.
// Promises: an edit sends only what changed.

import { describe, expect, it } from 'vitest'
import type { PanelKey, PanelWindow } from '../../gateway/contract/panel.ts'
import { type KeyForm, checkKeyForm, describeKey, emptyKeyForm, toCreateBody, toKeyForm, toUpdateBody } from '../../renderer/lib/key-form.ts'
import { statusOf } from '../../renderer/pages/keys/key-status.ts'

const nowMs = Date.parse('2026-11-21T11:00:00Z')
const key: PanelKey = {
  id: 3,
  token: 'f'.repeat(64),
  name: 'ci',
  alias: 'ci',
  shown: 'sk-…1a2b',
  teamId: 'web',
  teamName: 'Web',
  models: ['b', 'a'],
  budget: {
    limitUsd: '50.000000000',
    duration: '1mo',
    settledUsd: '10.000000000',
    heldUsd: '0.000000000',
    resetsAtMs: nowMs + 1,
    softUsd: '40.500000000',
    holds: 'block',
    windows: [],
    increase: null,
  },
  organizationId: 'acme',
  projectId: null,
  userId: 'ada',
  spendTotalUsd: '10.000000000',
  rpm: 60,
  parallel: null,
  expiresAtMs: nowMs + 30 * 86_400_000,
  blocked: false,
  metadata: { repository: 'shop', weight: 3 },
  createdAtMs: 0,
  lastUsedAtMs: nowMs,
}
const form = (changes: Partial<KeyForm>): KeyForm => ({ ...emptyKeyForm(), name: 'laptop', ...changes })
const windowOf = (limitUsd: string, settledUsd: string): PanelWindow => ({
  hard: true,
  limitUsd: `${limitUsd}.000000000`,
  duration: '1d',
  settledUsd: `${settledUsd}.000000000`,
  heldUsd: '0.000000000',
  resetsAtMs: null,
})
const names = { team: null, expiresAtMs: null, nowMs, zone: 'UTC' }

describe('the form of a key', () => {
  it('sends a name and nothing else when nothing else was chosen', () => {
    expect(toCreateBody(form({}))).toEqual({ key_alias: 'laptop' })
  })

  it('sends each limit under the name the admin route has for it', () => {
    expect(
      toCreateBody(
        form({
          budget: 'amount',
          amount: '$1,000.50',
          duration: '7d',
          allModels: false,
          models: ['x'],
          rpm: '60',
          parallel: '4',
          expiry: '30d',
          teamId: 'web',
          tags: [{ name: 'app', value: 'shop' }],
        }),
      ),
    ).toEqual({
      key_alias: 'laptop',
      team_id: 'web',
      max_budget: 1000.5,
      budget_duration: '7d',
      models: ['x'],
      rpm_limit: 60,
      max_parallel_requests: 4,
      duration: '30d',
      metadata: { app: 'shop' },
    })
  })

  it('sends a budget of zero, which blocks paid models, and none for an amount without a period', () => {
    expect(toCreateBody(form({ budget: 'amount', amount: '0', duration: '' }))).toEqual({ key_alias: 'laptop', max_budget: 0 })
  })

  it('changes nothing when nothing was changed', () => {
    expect(toUpdateBody(toKeyForm(key), key)).toEqual({})
  })

  it('sends only what changed, and null to take a limit away', () => {
    expect(toUpdateBody({ ...toKeyForm(key), budget: 'none', rpm: '' }, key)).toEqual({ max_budget: null, budget_holds: 'strict', rpm_limit: null })
    expect(toUpdateBody({ ...toKeyForm(key), allModels: true }, key)).toEqual({ models: [] })
    expect(toUpdateBody({ ...toKeyForm(key), amount: '75' }, key)).toEqual({ max_budget: 75 })
    expect(toUpdateBody({ ...toKeyForm(key), soft: '', userId: ' ', projectId: 'apollo' }, key)).toEqual({
      soft_budget: null,
      user_id: null,
      project_id: 'apollo',
    })
    expect(toUpdateBody({ ...toKeyForm(key), budget: 'none', soft: '', holds: 'strict' }, key)).toMatchObject({
      max_budget: null,
      soft_budget: null,
      budget_duration: null,
    })
  })

  it('takes the period of a soft budget from the key, and sends the one that a limit is given', () => {
    const soft: PanelKey = { ...key, budget: { ...key.budget, limitUsd: null, duration: null } }
    expect(toKeyForm(soft).duration).toBe('')
    expect(toUpdateBody(toKeyForm(soft), soft)).toEqual({})
    const limited = { ...toKeyForm(soft), budget: 'amount' as const, amount: '50' }
    expect(toUpdateBody({ ...limited, duration: '1mo' }, soft)).toMatchObject({ max_budget: 50, budget_duration: '1mo' })
    expect(toKeyForm({ ...soft, budget: { ...soft.budget, duration: '7d' } }).duration).toBe('7d')
    expect(toKeyForm({ ...soft, budget: { ...soft.budget, softUsd: null } }).duration).toBe('1mo')
  })

  it('saves a key whose rate is zero, and takes the zero away', () => {
    const stopped: PanelKey = { ...key, rpm: 0, parallel: 0 }
    expect(checkKeyForm(toKeyForm(stopped))).toEqual({})
    expect(toUpdateBody(toKeyForm(stopped), stopped)).toEqual({})
    expect(toUpdateBody({ ...toKeyForm(stopped), rpm: '', parallel: '' }, stopped)).toEqual({ rpm_limit: null, max_parallel_requests: null })
  })

  it('sends a name whatever it says', () => {
    expect(toCreateBody(form({ name: 'strict' }))).toEqual({ key_alias: 'strict' })
  })

  it('keeps the type of a tag that was not touched', () => {
    const edited = toKeyForm(key)
    expect(toUpdateBody({ ...edited, tags: [...edited.tags, { name: 'owner', value: 'ada' }] }, key)).toEqual({
      metadata: { repository: 'shop', weight: 3, owner: 'ada' },
    })
  })

  it('takes an expiry away with -1 and leaves it alone otherwise', () => {
    expect(toUpdateBody({ ...toKeyForm(key), expiry: 'never' }, key)).toEqual({ duration: '-1' })
    expect(toUpdateBody({ ...toKeyForm(key), expiry: '7d' }, key)).toEqual({ duration: '7d' })
    expect(toUpdateBody({ ...toKeyForm(key), expiry: 'never' }, { ...key, expiresAtMs: null })).toEqual({})
  })

  it('names each field that is wrong', () => {
    expect(
      Object.keys(
        checkKeyForm(form({ name: ' ', budget: 'amount', amount: 'ten', allModels: false, rpm: '-1', parallel: '1.5', tags: [{ name: '', value: 'x' }] })),
      ),
    ).toEqual(['name', 'amount', 'models', 'rpm', 'parallel', 'tags'])
    expect(
      checkKeyForm(
        form({
          tags: [
            { name: 'a', value: '' },
            { name: ' a ', value: '' },
          ],
        }),
      ).tags,
    ).toBe('Two tags have the same name.')
    expect(checkKeyForm(form({}))).toEqual({})
  })

  it('says in words what the key may do', () => {
    expect(describeKey(form({}), names)).toEqual(['Can use every model of this gateway.', 'No budget of its own.', 'Never expires.'])
    expect(
      describeKey(form({ budget: 'amount', amount: '50', allModels: false, models: ['a', 'b'], expiry: '7d', rpm: '60' }), { ...names, team: 'Web' }),
    ).toEqual([
      'Can use 2 models.',
      'Up to $50.00 per calendar month. Requests beyond it are blocked.',
      'Spends from the budget of team Web as well.',
      'At most 60 requests per minute.',
      'Expires in 7 days.',
    ])
  })
})

describe('an amount', () => {
  it('beyond what the gateway keeps is said to be too much, where it is typed', () => {
    const beyond = checkKeyForm(form({ name: 'x', budget: 'amount', amount: '1000000000.01', soft: '2,000,000,000' }))
    expect(beyond).toEqual({ amount: 'A budget is at most $1,000,000,000.00.', soft: 'A budget is at most $1,000,000,000.00.' })
    expect(checkKeyForm(form({ name: 'x', budget: 'amount', amount: '1000000000' }))).toEqual({})
  })
})

describe('the status of a key', () => {
  it.each([
    [{}, 'active'],
    [{ blocked: true, expiresAtMs: nowMs - 1 }, 'blocked'],
    [{ expiresAtMs: nowMs }, 'expired'],
    [{ budget: { ...key.budget, settledUsd: '49.000000000', heldUsd: '1.000000000' } }, 'spent'],
    [{ budget: { ...key.budget, settledUsd: '40.000000000' } }, 'near'],
    [{ budget: { ...key.budget, limitUsd: '0.000000000' } }, 'spent'],
    [{ budget: { ...key.budget, limitUsd: '0.000000000', settledUsd: '0.000000000', heldUsd: '0.000000000' } }, 'active'],
    [{ budget: { ...key.budget, limitUsd: '50.000000000', settledUsd: '55.000000000', windows: [windowOf('70', '55')] } }, 'active'],
    [{ budget: { ...key.budget, limitUsd: '50.000000000', settledUsd: '56.000000000', windows: [windowOf('70', '56')] } }, 'near'],
    [{ budget: { ...key.budget, windows: [windowOf('50', '10'), windowOf('5', '5')] } }, 'spent'],
    [{ budget: { ...key.budget, limitUsd: null, windows: [windowOf('5', '4')] } }, 'near'],
    [{ budget: { ...key.budget, limitUsd: null, windows: [{ ...windowOf('5', '9'), hard: false }] } }, 'active'],
    [{ expiresAtMs: nowMs + 86_400_000 }, 'expiring'],
    [{ lastUsedAtMs: null }, 'unused'],
  ])('with %j it is %s', (changes, status) => {
    expect(statusOf({ ...key, ...changes }, nowMs).id).toBe(status)
  })
})
