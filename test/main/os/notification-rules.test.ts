// What interrupts a person, once each, and never more than four times an hour.
// Promises: the pace and the once hold for random histories; every notice is free of credentials. Leaves alone: showing them (notifications.test.ts).

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PanelAlerts } from '../../../gateway/contract/alerts.ts'
import { noMemory, parseMemory, toJson, type NoticeMemory } from '../../../main/os/notice-memory.ts'
import { nextNotices, type News, type Notice } from '../../../main/os/notification-rules.ts'
import { budgetAlert, keyAlert, noAlerts, providerAlert, serving, startMs } from '../../kit/shell-parts.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const alerts = (facts: Partial<PanelAlerts>): News => ({ kind: 'alerts', alerts: { ...noAlerts, ...facts } })

/** Tells one piece of news after the other, hours apart unless told otherwise, through the stored form as after a restart. */
function tell(news: readonly News[], stepMs = 2 * hourMs): readonly (readonly Notice[])[] {
  let memory: NoticeMemory = noMemory
  return news.map((one, index) => {
    const told = nextNotices(parseMemory(JSON.parse(JSON.stringify(toJson(memory)))), one, startMs + index * stepMs)
    memory = told.memory
    return told.notices
  })
}
const titles = (told: readonly (readonly Notice[])[]): readonly (readonly string[])[] => told.map((notices) => notices.map(({ title }) => title))

describe('budgets', () => {
  test('are told at 80 and at 100 percent, once in a period', () => {
    const at = (percent: number, facts = {}): News => alerts({ budgets: [budgetAlert({ percent, ...facts })] })
    const next = { periodStartMs: Date.UTC(2026, 11, 1) }
    expect(titles(tell([at(80), at(81), at(100), at(104), at(80, next), at(90, next)]))).toEqual([
      ['Team “Web” is at 80 % of its budget'],
      [],
      ['Team “Web” has used its budget'],
      [],
      ['Team “Web” is at 80 % of its budget'],
      [],
    ])
  })

  test('that are used up at once are not told at 80 percent afterwards', () => {
    const full = alerts({ budgets: [budgetAlert({ percent: 100 })] })
    expect(titles(tell([full, alerts({ budgets: [budgetAlert({ percent: 95 })] })]))).toEqual([['Team “Web” has used its budget'], []])
  })

  test.each([
    [true, 'Requests it cannot cover are refused.', true],
    [false, 'It is a soft limit: nothing is refused.', false],
  ])('hard %s: %s', (hard, body, urgent) => {
    expect(tell([alerts({ budgets: [budgetAlert({ percent: 100, hard })] })])[0]).toMatchObject([{ body, urgent, path: '/ui/keys' }])
  })

  test('a raised limit is another one', () => {
    const raised = alerts({ budgets: [budgetAlert({ percent: 82, limitUsd: '20.000000000' })] })
    expect(titles(tell([alerts({ budgets: [budgetAlert({})] }), raised]))[1]).toHaveLength(1)
  })
})

describe('providers', () => {
  const failing = alerts({ providers: [providerAlert()] })
  const ok = alerts({ providers: [providerAlert({ state: 'ok' })] })
  const unclear = alerts({ providers: [providerAlert({ state: 'unclear' })] })

  test('are told when they fail and when they answer again', () => {
    const told = tell([ok, failing, failing, unclear, alerts({}), ok, ok, failing])
    expect(titles(told)).toEqual([[], ['OpenAI is failing'], [], [], [], ['OpenAI answers again'], [], ['OpenAI is failing']])
    expect(told[1]).toMatchObject([
      {
        body: '12 of 14 calls failed in the last minutes; 9 requests served by fallback.',
        path: '/ui/requests?provider=openai&outcome=failed',
        id: 'provider openai',
      },
    ])
    expect(told[5]).toMatchObject([{ id: 'provider openai', urgent: false }])
  })

  test('that nobody called for a week are forgotten, not recovered', () => {
    expect(titles(tell([failing, ok], 7 * dayMs))).toEqual([['OpenAI is failing'], []])
  })
})

test('keys are told a week and a day before their end', () => {
  const seen = Array.from({ length: 10 }, () => alerts({ keys: [keyAlert({ expiresAtMs: startMs + 9 * dayMs })] }))
  const told = titles(tell(seen, dayMs))
  expect(told.flatMap((notices, day) => notices.map((title) => `${String(day)}: ${title}`))).toEqual([
    '2: Key “ci” expires in 7 days',
    '8: Key “ci” expires within a day',
  ])
})

describe('the gateway', () => {
  const waiting = (crashes: number): News => ({ kind: 'gateway', state: { kind: 'waiting', reason: 'It ended with code 1.', retryAtMs: 0, crashes } })
  const gateway = (state: Extract<News, { kind: 'gateway' }>['state']): News => ({ kind: 'gateway', state })

  test('a row of crashes is told once, also when it serves in between', () => {
    const told = titles(tell([waiting(1), gateway({ kind: 'starting' }), gateway(serving()), waiting(2), waiting(3), gateway(serving()), waiting(1)]))
    expect(told.map((notices) => notices.length)).toEqual([1, 0, 0, 0, 0, 0, 1])
    expect(told[0]).toEqual(['The gateway stopped unexpectedly'])
  })

  test.each([
    [{ kind: 'stopped', reason: 'The configuration is wrong.' }, ['The gateway does not run']],
    [{ kind: 'stopped', reason: null }, []],
    [{ kind: 'stopping' }, []],
    [{ kind: 'port-taken', port: 4000, owner: 'node (pid 12)' }, ['Port 4000 is taken']],
  ] as const)('%o', (state, expected) => {
    expect(titles(tell([waiting(1), gateway(state), gateway(state)]))).toEqual([['The gateway stopped unexpectedly'], expected, []])
  })

  test('a reason brings no credential and no control characters along', () => {
    const [told] = tell([gateway({ kind: 'stopped', reason: `Bearer sk-${'a1'.repeat(20)}\u001b[31m\u202e ${'long '.repeat(100)}` })])
    expect(told?.[0]?.body).toMatch(/^Bearer \[credential\]/)
    expect(told?.[0]?.body).not.toMatch(/[\u0000-\u001f\u202e]|a1a1/)
    expect(told?.[0]?.body.length).toBeLessThanOrEqual(200)
  })
})

describe('the pace', () => {
  const many = (count: number, from = 0): News =>
    alerts({ budgets: Array.from({ length: count }, (_, index) => budgetAlert({ id: `team ${String(from + index)}`, name: `T${String(from + index)}` })) })

  test('four fit in an hour; with a fifth the last is a digest', () => {
    expect(titles(tell([many(4)]))[0]).toHaveLength(4)
    const [told] = tell([many(6)])
    expect(told).toHaveLength(4)
    expect(told?.[3]).toMatchObject({ id: 'digest', title: '3 more notices', path: '/ui/' })
    expect(told?.[3]?.body).toBe('Team “T3” is at 86 % of its budget · Team “T4” is at 86 % of its budget · Team “T5” is at 86 % of its budget')
  })

  test('what finds no room comes as one digest when an hour has passed', () => {
    const told = tell([many(4), many(2, 4), { kind: 'time' }, many(1, 6), { kind: 'time' }], 20 * minuteMs)
    expect(told.map((notices) => notices.map(({ title }) => title))).toEqual([
      expect.objectContaining({ length: 4 }),
      [],
      [],
      // The first four are an hour old now.
      ['Team “T6” is at 86 % of its budget', '2 more notices'],
      [],
    ])
  })

  test('what is urgent goes first', () => {
    const [told] = tell([alerts({ budgets: Array.from({ length: 5 }, (_, index) => budgetAlert({ id: `b${String(index)}` })), providers: [providerAlert()] })])
    expect(told?.[0]?.title).toBe('OpenAI is failing')
  })

  test('no hour has more than four, whatever happens', () => {
    const news = fc.oneof(
      fc.record({ count: fc.integer({ min: 0, max: 7 }), from: fc.integer({ min: 0, max: 400 }) }).map(({ count, from }) => many(count, from)),
      fc.constantFrom<PanelAlerts['providers'][number]['state']>('failing', 'ok', 'unclear').map((state) => alerts({ providers: [providerAlert({ state })] })),
      fc.integer({ min: 1, max: 3 }).map((crashes): News => ({ kind: 'gateway', state: { kind: 'waiting', reason: 'x', retryAtMs: 0, crashes } })),
      fc.constant<News>({ kind: 'time' }),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(news, fc.integer({ min: 0, max: 30 * minuteMs })), { maxLength: 60 }), (history) => {
        let [memory, now] = [noMemory, startMs]
        const shownAt: number[] = []
        for (const [one, waitMs] of history) {
          now += waitMs
          const told = nextNotices(memory, one, now)
          memory = parseMemory(toJson(told.memory))
          shownAt.push(...told.notices.map(() => now))
        }
        for (const at of shownAt) expect(shownAt.filter((other) => other >= at && other < at + hourMs).length).toBeLessThanOrEqual(4)
      }),
    )
  })
})

describe('the memory', () => {
  test.each([null, 7, 'x', [], { told: 'x', down: [{ id: 1 }], gateway: 'gone', shownAtMs: ['a', Number.NaN], held: [1] }])('reads %o as nothing', (value) => {
    expect(parseMemory(value)).toEqual(noMemory)
  })

  test('is bounded', () => {
    const texts = Array.from({ length: 9000 }, (_, index) => String(index))
    const memory = parseMemory({ told: texts, held: texts, shownAtMs: texts.map(Number), down: texts.map((id) => ({ id, sinceMs: 1 })) })
    expect([memory.told.length, memory.held.length, memory.shownAtMs.length, memory.down.length]).toEqual([500, 50, 4, 50])
    expect(memory.told.at(-1)).toBe('8999')
  })
})
