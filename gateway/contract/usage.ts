// What a reply consumed, in disjoint meters, and where that knowledge came from.
// Promises: meters never overlap (input excludes cached tokens, output excludes reasoning), so a bill is one sum.
// Leaves alone: prices.

/**
 * Units that can be priced. Token meters are disjoint; `calls`, `seconds`, `images`, `pixels`, `characters` are for operations sold that way,
 * `searches` for what a vendor looks up on the web while it answers.
 */
export const meters = [
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
  'inputAudio',
  'cacheReadAudio',
  'inputImage',
  'cacheReadImage',
  'output',
  'reasoning',
  'outputAudio',
  'outputImage',
  'calls',
  'seconds',
  'images',
  'pixels',
  'characters',
  'searches',
] as const
export type Meter = (typeof meters)[number]
export const inputMeters: readonly Meter[] = [
  ...(['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'inputAudio', 'cacheReadAudio', 'inputImage', 'cacheReadImage'] as const),
]
export const outputMeters: readonly Meter[] = ['output', 'reasoning', 'outputAudio', 'outputImage']
/** Sold whole; all others are tokens. */
export const unitMeters: readonly Meter[] = ['calls', 'seconds', 'images', 'pixels', 'characters', 'searches']

export type Meters = Readonly<Partial<Record<Meter, number>>>

/** reported: the vendor said so · counted: we counted what passed · estimated: bounded or guessed, always flagged. */
export type Provenance = 'reported' | 'counted' | 'estimated'

export interface Usage {
  readonly meters: Meters
  readonly provenance: Provenance
}

/** The text of a reply while it passes, for what it cost when the vendor does not say. */
export interface TextTally {
  /** UTF-8 bytes of all text. A token is at least one. */
  readonly bytes: number
  /** Pieces that brought text. */
  readonly deltas: number
  /** `deltas`: how many pieces brought it, where they are added as one. */
  add(text: string, deltas?: number): void
  /** About. */
  tokens(): number
}

/**
 * Vendors report early, often and late: the last report counts. Except one of nothing after one of something, which some append to every stream.
 */
export function laterUsage(earlier: Usage | null, later: Usage | null): Usage | null {
  if (earlier === null || later === null) return later ?? earlier
  return completionTokens(later.meters) === 0 && completionTokens(earlier.meters) > 0 ? earlier : later
}

/** As a vendor bills it that has a shortest recording. */
export const withLeast = (values: Meters, { secondsMin }: { readonly secondsMin?: number }): Meters =>
  values.seconds === undefined || secondsMin === undefined ? values : { ...values, seconds: Math.max(values.seconds, secondsMin) }

const sum = (values: Meters, names: readonly Meter[]): number => names.reduce((total, name) => total + (values[name] ?? 0), 0)
/** All input tokens, cached ones included: OpenAI's `prompt_tokens`. */
export const promptTokens = (values: Meters): number => sum(values, inputMeters)
/** All output tokens, reasoning included: OpenAI's `completion_tokens`. */
export const completionTokens = (values: Meters): number => sum(values, outputMeters)
export const cachedTokens = (values: Meters): number => sum(values, ['cacheRead', 'cacheReadAudio', 'cacheReadImage'])
