// Small tools over the pieces of a stream: the events in them, and the bytes they become.
// Promises: of one piece, which is the usual number, nothing is copied. Leaves alone: what a piece says.

/** What `flatMap` gives. */
export function gather<Piece, Found>(pieces: readonly Piece[], read: (piece: Piece) => readonly Found[]): readonly Found[] {
  const [only] = pieces
  return pieces.length === 1 && only !== undefined ? read(only) : pieces.flatMap(read)
}

const nothing = new Uint8Array()

/** All of them as one, and the list is empty. */
export function takeAll(pieces: Uint8Array[]): Uint8Array {
  const [only = nothing] = pieces
  const all = pieces.length < 2 ? only : Buffer.concat(pieces)
  pieces.length = 0
  return all
}

/** What passes of each piece; of neighbours that lie side by side in memory, as those of one push do, one view over all. */
export function passRuns<Piece>(pieces: readonly Piece[], pass: (piece: Piece) => Uint8Array | null, runs: Uint8Array[] = []): Uint8Array[] {
  for (const piece of pieces) {
    const bytes = pass(piece)
    if (bytes !== null) addRun(runs, bytes)
  }
  return runs
}

export function addRun(runs: Uint8Array[], bytes: Uint8Array): void {
  const last = runs.at(-1)
  if (last !== undefined && last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset)
    runs[runs.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + bytes.length)
  else runs.push(bytes)
}
