// Finds the members of a JSON text's top-level object without building it, replaces values in place and takes members out.
// Promises: bytes outside what is replaced or taken out stay as they were. Expects text that JSON.parse already accepted.
// Leaves alone: nested values.

const quote = 0x22
const backslash = 0x5c
const openers = new Set([0x7b, 0x5b])
const closers = new Set([0x7d, 0x5d])

export interface Member {
  readonly key: string
  readonly keyStart: number
  /** Half-open span of the value in the bytes. */
  readonly start: number
  readonly end: number
}
export interface Scan {
  readonly members: readonly Member[]
  readonly depth: number
  /** Position just after the opening brace, where a member can be inserted. */
  readonly bodyStart: number
}

/** Members of the top-level object in order, duplicates included. */
export function scanObject(bytes: Uint8Array): Scan {
  const members: Member[] = []
  let depth = 0
  let deepest = 0
  let bodyStart = 0
  let key: string | null = null
  let keyStart = -1
  let valueStart = -1
  let valueEnd = -1
  const close = (): void => {
    if (key !== null && valueStart >= 0) members.push({ key, keyStart, start: valueStart, end: valueEnd })
    key = null
    valueStart = -1
  }
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === quote) {
      const end = endOfString(bytes, at)
      if (depth === 1 && key === null) {
        key = readKey(bytes, at, end)
        keyStart = at
      } else if (depth === 1 && valueStart < 0) valueStart = at
      if (valueStart >= 0) valueEnd = end
      at = end - 1
    } else if (openers.has(byte)) {
      if (depth === 1 && valueStart < 0) valueStart = at
      depth += 1
      if (depth > deepest) deepest = depth
      if (depth === 1) bodyStart = at + 1
    } else if (closers.has(byte)) {
      depth -= 1
      if (depth === 0) close()
      else valueEnd = at + 1
    } else if (depth === 1 && byte === 0x2c) close()
    else if (depth === 1 && byte > 0x20 && byte !== 0x3a) {
      if (valueStart < 0) valueStart = at
      valueEnd = at + 1
    }
  }
  return { members, depth: deepest, bodyStart }
}

/** One change to a top-level member: a new value as JSON text, or a new member at the front. */
export interface Edit {
  readonly key: string
  readonly json: string
}

/** Replaces the members that exist and inserts the others at the front of the object. */
export function editObject(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  if (edits.length === 0) return bytes
  const scan = scanObject(bytes)
  const splices: { start: number; end: number; text: string }[] = []
  let inserted = ''
  for (const edit of edits) {
    const found = scan.members.filter((member) => member.key === edit.key)
    for (const member of found) splices.push({ start: member.start, end: member.end, text: edit.json })
    if (found.length === 0) inserted += `${JSON.stringify(edit.key)}:${edit.json},`
  }
  if (inserted !== '') splices.push({ start: scan.bodyStart, end: scan.bodyStart, text: scan.members.length === 0 ? inserted.slice(0, -1) : inserted })
  splices.sort((left, right) => left.start - right.start)
  const pieces: Buffer[] = []
  let at = 0
  for (const splice of splices) {
    pieces.push(Buffer.from(bytes.buffer, bytes.byteOffset + at, splice.start - at), Buffer.from(splice.text))
    at = splice.end
  }
  pieces.push(Buffer.from(bytes.buffer, bytes.byteOffset + at, bytes.length - at))
  return Buffer.concat(pieces)
}

/** Takes members out, each with one comma beside it. None there: the same bytes. */
export function removeMembers(bytes: Uint8Array, keys: readonly string[]): Uint8Array {
  const { members, bodyStart } = scanObject(bytes)
  const pieces: Uint8Array[] = []
  let from = 0
  let keptEnd = bodyStart
  members.forEach(({ key, keyStart, end }, index) => {
    if (!keys.includes(key)) {
      keptEnd = end
      return
    }
    const next = members.slice(index + 1).find((member) => !keys.includes(member.key))
    // What follows moves up; where nothing that is kept follows, the comma before it goes instead.
    const [cutStart, cutEnd] = next === undefined ? [keptEnd, end] : [keyStart, members[index + 1]?.keyStart ?? end]
    pieces.push(bytes.subarray(from, Math.max(from, cutStart)))
    from = cutEnd
  })
  return from === 0 ? bytes : Buffer.concat([...pieces, bytes.subarray(from)])
}

// Strings are most of a prompt, so the native search does the walking.
function endOfString(bytes: Uint8Array, start: number): number {
  let at = bytes.indexOf(quote, start + 1)
  while (at > 0 && isEscaped(bytes, at)) at = bytes.indexOf(quote, at + 1)
  return at < 0 ? bytes.length : at + 1
}

function isEscaped(bytes: Uint8Array, at: number): boolean {
  let slashes = 0
  while (bytes[at - 1 - slashes] === backslash) slashes += 1
  return slashes % 2 === 1
}

function readKey(bytes: Uint8Array, start: number, end: number): string {
  return String(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')))
}
