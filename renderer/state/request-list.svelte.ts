// The list of requests: pages fetched by key, new rows arriving while someone reads.
// Promises: rows never move under a reader — new ones wait and are counted until the list is at its top; running rows turn final in place.
// Leaves alone: filters (the address), drawing (pages/requests).

import type { PanelRequest, PanelRequestPage } from '../../gateway/contract/panel.ts'
import { ApiError, type Query, readRequests } from '../lib/api.ts'
import { withFresh } from '../lib/rows.ts'

const pageSize = 100
/** Rows kept while new ones stream in; older ones are read again when scrolled to. */
const keptMax = 2000

export class RequestList {
  rows = $state.raw<readonly PanelRequest[]>([])
  waiting = $state.raw<readonly PanelRequest[]>([])
  count = $state(0)
  more = $state(false)
  /** The newest page has been read at least once for these filters. */
  ready = $state(false)
  loading = $state(false)
  error = $state.raw<ApiError | null>(null)
  next = $state<number | null>(null)
  /** More new rows exist than one page holds; history in between is read when the list starts over. */
  gap = $state(false)
  #query: () => Query
  #turn = 0

  /** `query` gives the present filters each time it is called. */
  constructor(query: () => Query) {
    this.#query = query
  }

  /** Reads the newest page and forgets the rest. */
  restart = async (): Promise<void> => {
    this.#turn += 1
    await this.#read({}, (page) => {
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
    if (this.next === null || this.loading) return
    await this.#read({ before: this.next }, (page) => {
      this.rows = [...this.rows, ...page.rows]
      this.next = page.next
    })
  }

  /** Reads the newest page beside what is shown: known rows are replaced, new ones shown at once or kept waiting. */
  refresh = async (hold: boolean): Promise<void> => {
    if (!this.ready) return this.restart()
    await this.#read({}, (page) => {
      this.#note(page)
      this.rows = withFresh(this.rows, page.rows)
      const newest = this.rows[0]?.row ?? 0
      this.waiting = page.rows.filter((row) => row.row > newest)
      this.gap = this.waiting.length > 0 && this.waiting.length === page.rows.length && page.next !== null && this.rows.length > 0
      if (!hold) this.release()
    })
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

  #note(page: PanelRequestPage): void {
    this.count = page.count
    this.more = page.more
  }

  async #read(extra: Query, apply: (page: PanelRequestPage) => void): Promise<void> {
    const turn = this.#turn
    this.loading = true
    try {
      const page = await readRequests({ ...this.#query(), ...extra, limit: pageSize })
      if (turn !== this.#turn) return
      this.error = null
      // Before `loading` falls: whoever waits for that must not meet the old rows.
      apply(page)
    } catch (error) {
      if (turn !== this.#turn) return
      if (!(error instanceof ApiError)) throw error
      this.error = error
    } finally {
      if (turn === this.#turn) this.loading = false
    }
  }
}
