// The present as state, for relative times and running timers.
// Promises: ticks once a second while someone looks, and not at all in the background.

class Now {
  ms = $state(Date.now())
  constructor() {
    window.setInterval(() => {
      if (!document.hidden) this.ms = Date.now()
    }, 1000)
    document.addEventListener('visibilitychange', () => (this.ms = Date.now()))
  }
}
export const now = new Now()
