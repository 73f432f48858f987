// The list of requests: pages fetched by key, new rows arriving while someone reads.
// Promises: rows never move under a reader — new ones wait and are counted until the list is at its top; running rows turn final in place, however far down.
// Leaves alone: filters (the address), drawing (pages/requests).

import type { PanelRequest, PanelRequestPage } from '../../gateway/contract/panel.ts'
import { ApiError, type Query, readRequest, readRequests } from '../lib/api.ts'
import { openOutside, withFresh, withOlder, without } from '../lib/rows.ts'
import { Reading } from './reading.svelte.ts'

const pageSize = 100
/** Rows kept while new ones stream in; older ones are read again when scrolled to. */
const keptMax = 2000
/** Running requests that are asked for at once, to learn which rows further down run no more; and how many of those are read at a time. */
const runningMax = 200
const detailsMax = 10

export class RequestList {
  rows = $state.raw<readonly PanelRequest[]>([])
  waiting = $state.raw<readonly PanelRequest[]>([])
  count = $state(0)
  more = $state(false)
  /** The newest page has been read at least once for these filters. */
  ready = $state(false)
  error = $state.raw<ApiError | null>(null)
  next = $state<number | null>(null)
  /** More new rows exist than one page holds; history in between is read when the list starts over. */
  gap = $state(false)
  readonly #newest = new Reading()
  readonly #older = new Reading()
  readonly loadingOlder: boolean = $derived(this.#older.running)
  readonly loading: boolean = $derived(this.#newest.running || this.#older.running)
  #query: () => Query
  /** Rises when the list starts over. */
  #list = 0

  /** `query` gives the present filters each time it is called. */
  constructor(query: () => Query) {
    this.#query = query
  }

  /** Reads the newest page and forgets the rest. */
  restart = async (): Promise<void> => {
    this.#list += 1
    this.#newest.forget()
    this.#older.forget()
    await this.#read(this.#newest, {}, (page) => {
      this.rows = page.rows
      this.next = page.next
      this.#note(page)
      this.waiting = []
      this.gap = false
      this.ready = true
    })
  }

  forget(): void {
    this.ready = false
    this.rows = []
    this.waiting = []
    this.next = null
    this.error = null
  }

  older = async (): Promise<void> => {
    const before = this.next
    if (before === null || this.loadingOlder) return
    await this.#read(this.#older, { before }, (page) => {
      // The end of the list was cut off meanwhile: these rows no longer follow it.
      if (this.next !== before) return
      this.rows = withOlder(this.rows, page.rows)
      this.next = page.next
    })
  }

  /** Reads the newest page beside what is shown: known rows are replaced, new ones shown at once or kept waiting. */
  refresh = async (hold: boolean): Promise<void> => {
    if (!this.ready) return this.restart()
    // Under this filter a request that ends leaves the list, but not before a reader's eyes.
    const drop = !hold && this.#query()['outcome'] === 'open'
    const page = await this.#read(this.#newest, {}, (answer) => this.#merge(answer, { hold, drop }))
    if (page !== null) await this.#finish(openOutside(this.rows, page.rows), drop)
  }

  /** Shows what was waiting. */
  release = (): void => {
    if (this.gap) {
      // One page did not reach back to the first shown row: start over rather than leave a hole.
      void this.restart()
      return
    }
    const rows = [...this.waiting, ...this.rows]
    this.waiting = []
    this.rows = rows.slice(0, keptMax)
    if (rows.length > keptMax) this.next = rows[keptMax - 1]?.row ?? null
  }

  #merge(page: PanelRequestPage, { hold, drop }: { readonly hold: boolean; readonly drop: boolean }): void {
    this.#note(page)
    const rows = withFresh(this.rows, page.rows)
    const ended = [...rows.filter((row) => row.state !== 'open'), ...openOutside(rows, page.rows).filter(reachedBy(page))]
    this.rows = drop ? without(rows, ended) : rows
    const newest = this.rows[0]?.row ?? 0
    this.waiting = page.rows.filter((row) => row.row > newest)
    this.gap = this.waiting.length > 0 && this.waiting.length === page.rows.length && page.next !== null && this.rows.length > 0
    if (!hold) this.release()
  }

  /** Rows further down: those that run no more are read one by one, once. A read that fails is made up for with the next notice. */
  async #finish(open: readonly PanelRequest[], drop: boolean): Promise<void> {
    if (open.length === 0) return
    const list = this.#list
    const running = await orNull(readRequests({ ...this.#query(), outcome: 'open', limit: runningMax }))
    if (running === null) return
    const ended = openOutside(open, running.rows).filter(reachedBy(running))
    for (let at = 0; at < ended.length && list === this.#list; at += detailsMax) {
      const few = await Promise.all(ended.slice(at, at + detailsMax).map(({ requestId }) => orNull(readRequest(requestId))))
      if (list !== this.#list) return
      const final = few.filter((row) => row !== null).filter(({ state }) => state !== 'open')
      this.rows = drop ? without(this.rows, final) : withFresh(this.rows, final)
    }
  }

  #note(page: PanelRequestPage): void {
    this.count = page.count
    this.more = page.more
  }

  /** The answer, when it was taken. */
  async #read(reading: Reading, extra: Query, apply: (page: PanelRequestPage) => void): Promise<PanelRequestPage | null> {
    const turn = reading.begin()
    try {
      const page = await readRequests({ ...this.#query(), ...extra, limit: pageSize })
      if (!reading.counts(turn)) return null
      reading.take(turn)
      this.error = null
      // Before `loading` falls: whoever waits for that must not meet the old rows.
      apply(page)
      return page
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (!reading.counts(turn)) return null
      this.error = error
      return null
    } finally {
      reading.end(turn)
    }
  }
}

/** Does the page say of a row that far down whether it is there? */
function reachedBy({ next }: PanelRequestPage): (row: PanelRequest) => boolean {
  return ({ row }) => next === null || row >= next
}

async function orNull<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return null
  }
}
