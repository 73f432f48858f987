// Runs of events that are the same but for one text, as engines stream them: found all at once by what stands between the texts.
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
  /** The strings as they are written, escapes and all. */
  readonly texts: readonly string[]
}

/** The events from `from` on that are like the one before; null when the next is not. Bytes are read as latin1. */
export function readRun(text: string, from: number, { head, tail }: Likeness): ChunkRun | null {
  if (!text.startsWith(head, from)) return null
  const first = from + head.length
  // Native and one pass: what stands between two texts is long, and a long pattern is searched for in leaps.
  const texts = text.slice(first).split(tail + head)
  const last = texts.pop() ?? ''
  if (last.endsWith(tail)) texts.push(last.slice(0, -tail.length))
  if (texts.length === 0 || !texts.every(isInside)) return null
  const between = tail.length + head.length
  const end = texts.reduce((at, { length }) => at + length + between, from)
  return { end, texts }
}

const odd = /["\n\r]|\\$/
/** Whether this can stand between two quotes and be one string. */
function isInside(inside: string): boolean {
  return !odd.test(inside) || endOfString(`${inside}"`, 0) === inside.length
}

/** Position of the closing quote; the length when there is none. A native search for it is several times faster than a pattern that walks every character. */
export function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charAt(at - 1 - slashes) === '\\') slashes += 1
    if (slashes % 2 === 0) return at
  }
  return text.length
}
