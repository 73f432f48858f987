// Time and chance as parameters, so that ledger, limiter and router can be simulated from a seed.
// Promises: types only. Leaves alone: calendars (kit/calendar.ts).

export interface Clock {
  /** Epoch milliseconds; labels rows and picks periods, nothing else. */
  nowMs(): number
  /** Monotonic microseconds since an arbitrary start; all durations. */
  monotonicUs(): number
}
/** A number in [0, 1). */
export type Random = () => number
