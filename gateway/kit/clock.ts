// The real clock. Promises: monotonic microseconds never go back. Leaves alone: zones (calendar.ts).

export const systemClock = {
  nowMs: (): number => Date.now(),
  monotonicUs: (): number => Math.round(performance.now() * 1000),
}
