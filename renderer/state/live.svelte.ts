// The line to the gateway: notices that the ledger changed, and since when the line is gone.
// Promises: no polling; closed after five minutes in the background; a lost line is shown, data stays; a line that comes back counts as a change.
// Leaves alone: what a page reads again when something changed.

import { observeCalls, openEvents, readSession } from '../lib/api.ts'

const lostAfterMs = 5000
const retryAfterMs = 5000
const hiddenMaxMs = 300_000

class Live {
  /** Rises with every notice. */
  changes = $state(0)
  /** Rises when a line that was gone is back: by now it may be another gateway. */
  returns = $state(0)
  /** Since when nothing answers; null = connected. */
  lostSinceMs = $state<number | null>(null)
  readonly lost: boolean = $derived(this.lostSinceMs !== null)
  #source: EventSource | null = null
  #brokenSinceMs: number | null = null
  /** Notices may have been given while nobody listened. */
  #missed = false
  #timers = new Set<number>()
  #hiddenTimer = 0
  #wanted = false

  constructor() {
    observeCalls((error) => {
      if (error === null) this.#found()
      else if (error.kind === 'unreachable') this.#broken()
    })
    document.addEventListener('visibilitychange', () => this.#onVisibility())
  }

  /** Opens the line; the returned function closes it. */
  start(): () => void {
    this.#wanted = true
    this.#open()
    return () => {
      this.#wanted = false
      this.#close()
    }
  }

  /** Tries now instead of at the next turn. */
  retry(): void {
    if (this.#wanted) this.#open()
  }

  #open(): void {
    this.#close()
    const source = openEvents()
    this.#source = source
    source.addEventListener('open', () => {
      this.#found()
      if (this.#missed) {
        this.changes += 1
        this.returns += 1
      }
      this.#missed = false
    })
    source.addEventListener('change', () => {
      this.#found()
      this.changes += 1
    })
    source.addEventListener('error', () => {
      this.#missed = true
      this.#broken()
      if (source.readyState !== EventSource.CLOSED || this.#source !== source) return
      // A refused stream (not a broken one) is closed for good by the browser, which keeps the reason to itself. Whoever observes the answer to this
      // learns it: the session has ended, or only the stream is refused. Then it is asked for again later.
      void readSession().catch(() => undefined)
      this.#later(() => this.retry(), retryAfterMs)
    })
  }

  #close(): void {
    if (this.#source !== null) this.#missed = true
    this.#source?.close()
    this.#source = null
    for (const timer of this.#timers) window.clearTimeout(timer)
    this.#timers.clear()
  }

  #found(): void {
    this.#brokenSinceMs = null
    this.lostSinceMs = null
  }

  #broken(): void {
    if (this.#brokenSinceMs !== null) return
    const sinceMs = Date.now()
    this.#brokenSinceMs = sinceMs
    window.setTimeout(() => {
      if (this.#brokenSinceMs === sinceMs) this.lostSinceMs = sinceMs
    }, lostAfterMs)
  }

  #later(action: () => void, delayMs: number): void {
    const timer = window.setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, delayMs)
    this.#timers.add(timer)
  }

  #onVisibility(): void {
    window.clearTimeout(this.#hiddenTimer)
    if (document.hidden) this.#hiddenTimer = window.setTimeout(() => this.#close(), hiddenMaxMs)
    else if (this.#source === null) this.retry()
  }
}

export const live = new Live()
