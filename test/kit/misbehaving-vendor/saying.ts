// How usage is told and what a dialect can say: the shape that the dialects of the vendor fill.
// Promises: types only. Leaves alone: the formats.

import type { Call } from './misbehaviour.ts'

/** Counts as they will be written; a misbehaving vendor writes anything. */
export interface Report {
  readonly prompt: unknown
  readonly cached: unknown
  readonly completion: unknown
  readonly total: unknown
}
export interface Saying {
  /** Anthropic tells its input at the start; the others only when `startShown`. */
  readonly start: Report | null
  readonly startShown?: true
  /** In every piece of content, by the tokens written so far. */
  readonly each?: (soFar: number) => Report
  /** At the end, as often as there are entries. */
  readonly end: readonly Report[]
  /** Behind the end mark. */
  readonly late?: Report
}
/** One event or line of a stream. */
export interface Piece {
  readonly text: string
  /** Completion tokens it carries. */
  readonly tokens: number
}
export interface Speech {
  readonly streamType: string
  pieces(call: Call, saying: Saying): readonly Piece[]
  whole(call: Call, report: Report | null): object
  /** Error body in the vendor's own words. */
  refusal(words: { readonly type: string; readonly message: string }): unknown
  /** The same in the middle of a stream. */
  brokenOff(message: string): string
}
export const piece = (text: string, tokens = 0): Piece => ({ text, tokens })
