// Responses kept in memory, each for the key that asked.
// Promises: bounded in number, bytes and time, the oldest forgotten first; nothing survives a restart. Leaves alone: what is kept (converse.ts).

import type { Clock } from '../../contract/clock.ts'
import type { Limits } from '../../contract/config.ts'
import type { KeptResponse, KeptResponses } from '../../contract/converse.ts'
import { content, type Content } from '../../contract/sealed.ts'

export type KeptLimits = Pick<Limits, 'responsesKeptMax' | 'responsesKeptBytesMax' | 'responseKeptBytesMax' | 'responsesKeptMs'>

interface Slot {
  readonly kept: Content<KeptResponse>
  readonly bytes: number
  readonly sinceUs: number
}

export function createKeptResponses(limits: KeptLimits, clock: Pick<Clock, 'monotonicUs'>): KeptResponses {
  // In order of keeping, so the oldest come first.
  const slots = new Map<string, Slot>()
  let bytesHeld = 0
  const drop = (name: string, slot: Slot): void => {
    bytesHeld -= slot.bytes
    slots.delete(name)
  }
  const makeRoom = (bytes: number): void => {
    const beforeUs = clock.monotonicUs() - limits.responsesKeptMs * 1000
    for (const [name, slot] of slots) {
      if (slot.sinceUs > beforeUs && slots.size < limits.responsesKeptMax && bytesHeld + bytes <= limits.responsesKeptBytesMax) return
      drop(name, slot)
    }
  }
  return {
    find(keyId, id) {
      const slot = slots.get(nameOf(keyId, id))
      return slot !== undefined && slot.sinceUs > clock.monotonicUs() - limits.responsesKeptMs * 1000 ? slot.kept : null
    },
    keep(keyId, id, { kept, bytes }) {
      if (bytes > limits.responseKeptBytesMax) return false
      makeRoom(bytes)
      bytesHeld += bytes
      slots.set(nameOf(keyId, id), { kept: content(kept), bytes, sinceUs: clock.monotonicUs() })
      return true
    },
    forget(keyId, id) {
      const name = nameOf(keyId, id)
      const slot = slots.get(name)
      if (slot === undefined) return false
      drop(name, slot)
      return true
    },
  }
}

const nameOf = (keyId: number, id: string): string => `${keyId} ${id}`
