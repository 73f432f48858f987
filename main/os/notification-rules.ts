// What is worth an interruption, and when: what was known and what is new make notices.
// Promises: once per threshold, period and scope; a provider's recovery only after its failure; at most four in any hour, then a digest. Pure.
// Leaves alone: reading the facts (alert-feed.ts), showing notices (notifications.ts), keeping the memory (settings.ts).

import type { PanelAlerts } from '../../gateway/contract/alerts.ts'
import type { GatewayState } from '../gateway/state.ts'
import { shellLimits } from './limits.ts'
import { boundMemory, type NoticeMemory } from './notice-memory.ts'
import { hideSecrets } from './redact.ts'
import { providerPath, wordOwner } from './tray-menu.ts'
import { countOf, plainText } from './words.ts'

export interface Notice {
  /** A later one with the same id takes its place. */
  readonly id: string
  readonly title: string
  readonly body: string
  /** A panel path. */
  readonly path: string
  readonly urgent: boolean
}
export type News =
  { readonly kind: 'alerts'; readonly alerts: PanelAlerts } | { readonly kind: 'gateway'; readonly state: GatewayState } | { readonly kind: 'time' }
export interface Told {
  readonly memory: NoticeMemory
  readonly notices: readonly Notice[]
}

const dayMs = 86_400_000

export function nextNotices(memory: NoticeMemory, news: News, nowMs: number): Told {
  const found = findNotices(memory, news, nowMs)
  const paced = pace(found.memory, found.notices.map(fit), nowMs)
  return { memory: boundMemory(paced.memory), notices: paced.notices }
}

function findNotices(memory: NoticeMemory, news: News, nowMs: number): Told {
  if (news.kind === 'gateway') return ofGateway(memory, news.state)
  if (news.kind === 'time') return { memory, notices: [] }
  const steps = [ofProviders, ofBudgets, ofKeys]
  return steps.reduce<Told>(
    (so, step) => {
      const next = step(so.memory, news.alerts, nowMs)
      return { memory: next.memory, notices: [...so.notices, ...next.notices] }
    },
    { memory, notices: [] },
  )
}

/** One notice for a row of crashes, and one when it does not run at all, until it serves again. */
function ofGateway(memory: NoticeMemory, state: GatewayState): Told {
  switch (state.kind) {
    case 'serving':
      // Crashes go on being one row until the supervisor says that the next is a first.
      return { memory: { ...memory, gateway: 'well' }, notices: [] }
    case 'waiting': {
      const notice = ofCrash('The gateway stopped unexpectedly', `It is started again. ${state.reason}`)
      return { memory: { ...memory, gateway: 'crashed' }, notices: state.crashes === 1 ? [notice] : [] }
    }
    case 'port-taken':
    case 'stopped': {
      const notice = wordStop(state)
      if (notice === null || memory.gateway === 'stopped') return { memory, notices: [] }
      return { memory: { ...memory, gateway: 'stopped' }, notices: [notice] }
    }
    default:
      return { memory, notices: [] }
  }
}

const ofCrash = (title: string, body: string): Notice => ({ id: 'gateway', title, body, path: '/ui/', urgent: true })

/** null: it was asked to. */
function wordStop(state: Extract<GatewayState, { kind: 'port-taken' | 'stopped' }>): Notice | null {
  if (state.kind === 'stopped') return state.reason === null ? null : ofCrash('The gateway does not run', state.reason)
  return ofCrash(`Port ${String(state.port)} is taken`, `${state.owner === null ? 'Another program' : plainText(state.owner)} uses the gateway’s port.`)
}

function ofProviders(memory: NoticeMemory, { providers }: PanelAlerts, nowMs: number): Told {
  const known = memory.down.filter(({ sinceMs }) => nowMs - sinceMs < shellLimits.providerDownMs)
  const isDown = (id: string): boolean => known.some((entry) => entry.id === id)
  const failed = providers.filter(({ id, state }) => state === 'failing' && !isDown(id))
  const back = providers.filter(({ id, state }) => state === 'ok' && isDown(id))
  return {
    memory: {
      ...memory,
      down: [...known.filter(({ id }) => !back.some((one) => one.id === id)), ...failed.map(({ id }) => ({ id, sinceMs: nowMs }))],
    },
    notices: [
      ...failed.map(({ id, title, calls, failures, rescued }) => ({
        id: `provider ${id}`,
        title: `${plainText(title)} is failing`,
        body: `${String(failures)} of ${countOf(calls, 'call')} failed in the last minutes${rescued === 0 ? '' : `; ${countOf(rescued, 'request')} served by fallback`}.`,
        path: providerPath(id),
        urgent: true,
      })),
      ...back.map(({ id, title }) => ({
        id: `provider ${id}`,
        title: `${plainText(title)} answers again`,
        body: 'The newest call was answered.',
        path: `/ui/requests?provider=${encodeURIComponent(id)}`,
        urgent: false,
      })),
    ],
  }
}

/** A limit that was changed is another threshold. */
function ofBudgets(memory: NoticeMemory, { budgets }: PanelAlerts): Told {
  const [told, notices] = [[...memory.told], [] as Notice[]]
  for (const { id, kind, name, href, hard, percent, limitUsd, periodStartMs } of budgets) {
    const reached = [100, 80].filter((threshold) => percent >= threshold)
    const words = reached.map((threshold) => ['budget', id, limitUsd, periodStartMs, threshold].join(' '))
    const highest = reached[0]
    if (highest === undefined || words[0] === undefined || told.includes(words[0])) continue
    told.push(...words.filter((word) => !told.includes(word)))
    const full = highest === 100
    notices.push({
      id: `budget ${id}`,
      title: `${wordOwner(kind, name)} ${full ? 'has used its budget' : `is at ${String(percent)} % of its budget`}`,
      body: full ? (hard ? 'Requests it cannot cover are refused.' : 'It is a soft limit: nothing is refused.') : 'It goes on until the limit is reached.',
      path: href,
      urgent: full && hard,
    })
  }
  return { memory: { ...memory, told }, notices }
}

function ofKeys(memory: NoticeMemory, { keys }: PanelAlerts, nowMs: number): Told {
  const [told, notices] = [[...memory.told], [] as Notice[]]
  for (const { id, name, expiresAtMs, href } of keys) {
    const reached = [1, 7].filter((days) => expiresAtMs > nowMs && expiresAtMs - nowMs <= days * dayMs)
    const words = reached.map((days) => ['key', id, expiresAtMs, days].join(' '))
    if (words[0] === undefined || told.includes(words[0])) continue
    told.push(...words.filter((word) => !told.includes(word)))
    const days = Math.ceil((expiresAtMs - nowMs) / dayMs)
    notices.push({
      id: `key ${String(id)}`,
      title: `Key “${plainText(name)}” expires ${days <= 1 ? 'within a day' : `in ${String(days)} days`}`,
      body: 'Programs that use it are refused after that.',
      path: href,
      urgent: days <= 1,
    })
  }
  return { memory: { ...memory, told }, notices }
}

/** What does not fit into the hour becomes one digest: in its last place, or in the first that is free again. */
function pace(memory: NoticeMemory, notices: readonly Notice[], nowMs: number): Told {
  const shown = memory.shownAtMs.filter((at) => at <= nowMs && nowMs - at < shellLimits.noticeWindowMs)
  const room = shellLimits.noticesPerHour - shown.length
  const urgentFirst = [...notices.filter(({ urgent }) => urgent), ...notices.filter(({ urgent }) => !urgent)]
  const all = memory.held.length + notices.length
  const single = memory.held.length === 0 && all <= room ? urgentFirst : urgentFirst.slice(0, Math.max(0, room - 1))
  const waiting = [...memory.held, ...urgentFirst.slice(single.length).map(({ title }) => title)]
  const digest = waiting.length > 0 && room > 0 ? [toDigest(waiting)] : []
  const out = [...single, ...digest]
  return {
    memory: { ...memory, shownAtMs: [...shown, ...out.map(() => nowMs)], held: digest.length > 0 ? [] : waiting },
    notices: out,
  }
}

const toDigest = (titles: readonly string[]): Notice => ({
  id: 'digest',
  title: countOf(titles.length, 'more notice'),
  body: plainText(titles.join(' · '), shellLimits.reasonLengthMax),
  path: '/ui/',
  urgent: false,
})

/** Reasons come from a program that crashed, names from people: neither brings a credential along. */
const fit = (notice: Notice): Notice => ({
  ...notice,
  title: plainText(hideSecrets(notice.title), shellLimits.reasonLengthMax),
  body: plainText(hideSecrets(notice.body), shellLimits.reasonLengthMax),
})
