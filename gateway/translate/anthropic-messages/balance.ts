// Whether the text of a JSON object, arriving in pieces, has come to its end.
// Promises: each character is looked at once. Leaves alone: whether it is valid, which is the reader's business.

export interface Balance {
  readonly empty: boolean
  /** Its outermost bracket is closed. */
  readonly closed: boolean
  push(text: string): void
}

const marks = /["\\{}[\]]/g

export function createBalance(): Balance {
  let depth = 0
  let empty = true
  let closed = false
  let quoted = false
  /** The place of the character that a backslash before it has taken the meaning from. */
  let skip = -1
  return {
    get empty() {
      return empty
    },
    get closed() {
      return closed
    },
    push(text) {
      if (text !== '') empty = false
      marks.lastIndex = 0
      for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
        const [mark] = found
        if (found.index === skip) continue
        if (mark === '\\') {
          if (quoted) skip = found.index + 1
        } else if (mark === '"') quoted = !quoted
        else if (!quoted) {
          depth += mark === '{' || mark === '[' ? 1 : -1
          if (depth <= 0) closed = true
        }
      }
      // A backslash at the end takes the meaning from the next piece's first character.
      skip = skip === text.length ? 0 : -1
    },
  }
}
