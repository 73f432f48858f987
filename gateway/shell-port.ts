// The way to the process that started this one: Electron's parent port, or Node's own channel between parent and child.
// Promises: one shape for both, so that nothing here imports Electron; a message is on its way when `post` resolves.
// Leaves alone: what is said (contract/shell.ts).
// Source: https://www.electronjs.org/docs/latest/api/parent-port, https://nodejs.org/api/process.html#processsendmessage-sendhandle-options-callback,
// as known 2026-11-21.

export interface ShellPort {
  post(message: object): Promise<void>
  onMessage(listener: (message: unknown) => void): void
  /** The other side is gone. */
  onClose(listener: () => void): void
}

/** The part of Electron's `process.parentPort` that is used. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
}

/** null: nobody is there to talk to. */
export function findShellPort(): ShellPort | null {
  const { parentPort } = process as { readonly parentPort?: ParentPort | null }
  if (parentPort !== undefined && parentPort !== null) return electronPort(parentPort)
  return process.send === undefined ? null : nodePort()
}

/** Gone with its parent: Electron ends its utility processes itself. */
function electronPort(port: ParentPort): ShellPort {
  return {
    async post(message) {
      port.postMessage(message)
      // There is no word of its arrival; a process that ends in the same turn would take it along.
      await new Promise((resolve) => setTimeout(resolve, travelMs))
    },
    onMessage: (listener) => void port.on('message', ({ data }) => listener(data)),
    onClose: () => undefined,
  }
}
const travelMs = 50

function nodePort(): ShellPort {
  return {
    // An error means that the other side is gone, which `onClose` tells.
    post: (message) => new Promise((resolve) => void process.send?.(message, undefined, undefined, () => resolve())),
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.on('disconnect', listener),
  }
}
