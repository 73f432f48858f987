// GET /panel/events: tells an open panel that the ledger changed, as server-sent events.
// Promises: at most four changes a second, folded into the highest row; a comment while nothing happens; nothing is kept once the panel leaves; a session
// that has ended is told nothing more.
// Leaves alone: what changed (the panel asks). Source: https://html.spec.whatwg.org/multipage/server-sent-events.html, as known 2026-11-21.

import type { PanelChange } from '../contract/panel.ts'
import type { JsonRoute } from '../contract/route.ts'
import { defineRoute } from './define-route.ts'
import type { AdminDeps } from './deps.ts'

const paceMs = 250
const reconnectMs = 2000

export function createPanelEventRoutes(deps: AdminDeps): readonly JsonRoute[] {
  return [
    defineRoute(deps, {
      method: 'GET',
      path: '/panel/events',
      auth: 'admin',
      tag: 'panel',
      summary: 'Server-sent events: the ledger changed',
      reply: 'stream',
      handle: ({ gone, sessionHash: hash }) => {
        const mayListen = (): boolean => hash === null || deps.sessions.expiresAtMs(hash) !== null
        const chunks = streamChanges(deps, gone, mayListen)
        return Promise.resolve({ kind: 'stream', contentType: 'text/event-stream', headers: { 'x-accel-buffering': 'no' }, chunks })
      },
    }),
  ]
}

/** Ends when `gone` is aborted, and with the session: the panel that asks again is refused, and so learns of it. */
export async function* streamChanges(
  deps: Pick<AdminDeps, 'onChange' | 'limits'>,
  gone: AbortSignal,
  mayListen: () => boolean = () => true,
): AsyncGenerator<string> {
  let highest = 0
  // A row can change long after newer ones came: what counts is that something did, not how high the number is.
  let news = false
  let wake: () => void = () => undefined
  const stop = deps.onChange((row) => {
    highest = Math.max(highest, row)
    news = true
    wake()
  })
  const leave = (): void => wake()
  gone.addEventListener('abort', leave)
  const pause = (longestMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, longestMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  try {
    yield `retry: ${reconnectMs}\n\n`
    while (!gone.aborted) {
      if (!news) await pause(deps.limits.keepAliveCommentMs)
      if (gone.aborted || !mayListen()) return
      if (!news) {
        yield ': nothing new\n\n'
        continue
      }
      news = false
      yield wordChange({ requests: highest })
      await rest(gone)
    }
  } finally {
    stop()
    gone.removeEventListener('abort', leave)
  }
}

const wordChange = (change: PanelChange): string => `event: change\ndata: ${JSON.stringify(change)}\n\n`

/** The pace between two changes; not cut short by news, only by leaving. */
function rest(gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      gone.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, paceMs)
    gone.addEventListener('abort', done)
  })
}
