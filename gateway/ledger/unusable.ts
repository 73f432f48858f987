// A data folder or ledger file that this program cannot use as it is.
// Promises: the message is the whole explanation, one sentence for the terminal. Leaves alone: faults that mean a bug.

export class LedgerUnusable extends Error {
  // Crosses from the writer's thread as a property; the class itself does not.
  override readonly name = 'LedgerUnusable'
}

/** Somebody else holds the folder now; later it may be free. */
export class DataFolderInUse extends LedgerUnusable {}
