// Every wait and size of the gateway's care, by name. Promises: the one table; tests bring shorter ones. Leaves alone: the gateway's own limits (its config.ts).

const second = 1000
const minute = 60 * second

export interface CareLimits {
  /** Without a sign of life for so long, it is killed. */
  readonly silenceMs: number
  /** How often that is looked at. Looks are counted, not time: a computer that slept has looked once. */
  readonly lookEveryMs: number
  /** From being started to being ready, migrations included. */
  readonly startMs: number
  /** Beyond the time its requests were given, for closing the books. */
  readonly stopGraceMs: number
  /** Between saying why it cannot go on and being gone. */
  readonly farewellMs: number
  readonly retryFirstMs: number
  readonly retryMostMs: number
  /** Serving for so long forgets earlier crashes. */
  readonly healthyMs: number
  readonly ownerLookupMs: number
  readonly logLinesMax: number
  readonly logLineLengthMax: number
  readonly logFileBytesMax: number
  readonly logFilesMax: number
}

export const careLimits: CareLimits = Object.freeze({
  silenceMs: 15 * second,
  lookEveryMs: second,
  startMs: 10 * minute,
  stopGraceMs: 5 * second,
  farewellMs: 3 * second,
  retryFirstMs: second,
  retryMostMs: minute,
  healthyMs: 5 * minute,
  ownerLookupMs: 2 * second,
  logLinesMax: 2000,
  logLineLengthMax: 16 * 1024,
  logFileBytesMax: 5 * 1024 * 1024,
  logFilesMax: 4,
})
