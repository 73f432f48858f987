// Waiting, as a parameter. Promises: a cancelled wait never runs. Leaves alone: what is waited for.

export interface Timers {
  /** @returns what calls it off */
  after(waitMs: number, run: () => void): () => void
}

export const systemTimers: Timers = {
  after(waitMs, run) {
    const timer = setTimeout(run, waitMs)
    return () => clearTimeout(timer)
  },
}
