// Runs of events that are the same but for one text, as engines stream them: found one after another by what stands between the texts.
// Promises: an event counts as like another only if every byte outside the one string is the same; escapes cannot end the string early.
// Leaves alone: what the first of them says (the tap has read it), what the texts mean.

/** An event as it travels, without the one string in it that changes. */
export interface Likeness {
  /** Up to and with the string's opening quote. */
  readonly head: string
  /** From its closing quote to the blank line. */
  readonly tail: string
}
export interface ChunkRun {
  /** Where the last event of the run ends. */
  readonly end: number
  /** The strings one after another, as they are written, escapes and all. */
  readonly inside: string
  /** How many of them are not empty. */
  readonly filled: number
}

/** The events from `from` on that are like the one before; null when the next is not. Bytes are read as latin1. */
export function readRun(text: string, from: number, { head, tail }: Likeness): ChunkRun | null {
  if (!isAt(text, from, head)) return null
  const between = tail + head
  let inside = ''
  let filled = 0
  let end = from
  for (let start = from + head.length; ;) {
    let close = text.indexOf('"', start)
    if (text.charCodeAt(close - 1) === backslash) close = endOfString(text, start)
    const goesOn = isAt(text, close, between)
    if (!goesOn && !isAt(text, close, tail)) break
    if (close > start) {
      inside += text.slice(start, close)
      filled += 1
    }
    end = close + tail.length
    if (!goesOn) break
    start = end + head.length
  }
  // An event ends where its line does, whatever quote was open: then this is none of those that can be taken at once.
  return end === from || lineEnd.test(inside) ? null : { end, inside, filled }
}

/** The strings of a run one by one. */
export function textsIn(text: string, from: number, { run, likeness: { head, tail } }: { readonly run: ChunkRun; readonly likeness: Likeness }): string[] {
  return text.slice(from + head.length, run.end - tail.length).split(tail + head)
}

/** Taken out and compared, which goes by words of memory; asking whether it starts with them goes by characters and takes three times as long. */
const isAt = (text: string, at: number, wanted: string): boolean => text.slice(at, at + wanted.length) === wanted

const lineEnd = /[\n\r]/
const backslash = 0x5c

/** Position of the closing quote; the length when there is none. A native search for it is several times faster than a pattern that walks every character. */
export function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charAt(at - 1 - slashes) === '\\') slashes += 1
    if (slashes % 2 === 0) return at
  }
  return text.length
}
