// The numbers of every bound on an update. Promises: what an update file claims about itself is held against these before it is believed.
// Leaves alone: how long running requests may take to end (the caller's choice).

const mib = 1024 * 1024

export const bundleBytesMax = 1024 * mib
export const manifestBytesMax = 4 * mib
export const filesMax = 20_000
export const notesLengthMax = 64 * 1024
export const pathLengthMax = 240
export const pathDepthMax = 32
/** Read and hashed at a time. */
export const pieceBytes = mib
/** A new version that does not serve after so long is taken back. */
export const readyTimeoutMs = 60_000
export const readyLookMs = 200
export const killWaitMs = 5_000
/** A backup copies the ledger and reads it again: minutes for many gigabytes on a slow disk. */
export const ledgerCommandMs = 30 * 60_000
