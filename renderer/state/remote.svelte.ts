// Something read from the gateway: its last good value, its last error, and whether a read is running.
// Promises: an answer that a newer question overtook is dropped; old data stays while new data loads or fails.
// Leaves alone: when to read (pages).

import { onDestroy } from 'svelte'
import { ApiError } from '../lib/api.ts'

export class Remote<Value> {
  value = $state.raw<Value | null>(null)
  error = $state.raw<ApiError | null>(null)
  loading = $state(false)
  #read: (signal: AbortSignal) => Promise<Value>
  #running: AbortController | null = null

  constructor(read: (signal: AbortSignal) => Promise<Value>) {
    this.#read = read
  }

  /** Reads again. Resolves when done, whatever came of it. */
  reload = async (): Promise<void> => {
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    this.loading = true
    try {
      const value = await this.#read(running.signal)
      if (this.#running !== running) return
      this.value = value
      this.error = null
    } catch (error) {
      if (this.#running !== running) return
      if (!(error instanceof ApiError)) throw error
      this.error = error
    }
    this.loading = false
  }

  /** Forgets the value: the next read is about something else. */
  clear(): void {
    this.value = null
    this.error = null
  }
}

/**
 * Runs at most once per `gapMs`, the last call always, until the component that made it is gone: what it would read then has no
 * properties left to ask with. For change notices, which come up to four times a second.
 */
export function calmly(action: () => void, gapMs: number): () => void {
  let timer = 0
  let lastMs = 0
  onDestroy(() => window.clearTimeout(timer))
  return () => {
    if (timer !== 0) return
    timer = window.setTimeout(
      () => {
        timer = 0
        lastMs = Date.now()
        action()
      },
      Math.max(0, lastMs + gapMs - Date.now()),
    )
  }
}
