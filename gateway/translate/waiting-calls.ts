// Calls of a conversation that wait for their result, for dialects whose results may come without an id.
// Promises: the first that fits is found; however many wait, each is looked at once for its id, once for its name and once for its turn.
// Leaves alone: what a result without a call is called.

export interface WaitingCall {
  readonly id: string
  readonly name: string
}
export interface WaitingCalls {
  add(call: WaitingCall): void
  /** By id, else by name, else whichever waits longest. It waits no longer. */
  take(by: { readonly id: string | undefined; readonly name: string | undefined }): WaitingCall | undefined
}

interface Queue {
  readonly calls: WaitingCall[]
  next: number
}

export function createWaitingCalls(): WaitingCalls {
  const answered = new Set<WaitingCall>()
  const all: Queue = { calls: [], next: 0 }
  const byId = new Map<string, Queue>()
  const byName = new Map<string, Queue>()
  const first = (queue: Queue | undefined): WaitingCall | undefined => {
    while (queue !== undefined && queue.next < queue.calls.length) {
      const call = queue.calls[queue.next]
      queue.next += 1
      if (call === undefined || answered.has(call)) continue
      answered.add(call)
      return call
    }
    return undefined
  }
  return {
    add(call) {
      all.calls.push(call)
      queueOf(byId, call.id).calls.push(call)
      queueOf(byName, call.name).calls.push(call)
    },
    take({ id, name }) {
      if (id !== undefined) return first(byId.get(id))
      return first(name === undefined ? all : byName.get(name))
    },
  }
}

function queueOf(queues: Map<string, Queue>, key: string): Queue {
  const queue = queues.get(key) ?? { calls: [], next: 0 }
  queues.set(key, queue)
  return queue
}
