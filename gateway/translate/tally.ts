// What a bound notes down while it walks through a request's body.
// Promises: types only. Leaves alone: what counts as what (the bound.ts of each wire).

export interface Tally {
  mediaBytes: number
  images: number
  files: number
  readonly unbounded: string[]
}
/** Where tools that run at the vendor can be bounded, too. */
export interface HostedTally extends Tally {
  readonly tools: string[]
}
