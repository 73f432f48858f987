// Why LAN mode cannot start, as one error.
// Promises: its message is the whole explanation for people. Leaves alone: printing it.

export class LanUnusable extends Error {
  override readonly name = 'LanUnusable'
}
