// What notifications remember across restarts: what was told, who is down, when something was shown, what had to wait.
// Promises: bounded; any JSON reads as a memory, the parts that make no sense as empty. Leaves alone: when something is told (notification-rules.ts).

import { isJsonObject, listOf, numberOf, objectOf, textOf, type Json } from '../../gateway/contract/json.ts'
import { shellLimits } from './limits.ts'

export interface NoticeMemory {
  /** Threshold, period and scope in one word each; oldest first. */
  readonly told: readonly string[]
  readonly down: readonly { readonly id: string; readonly sinceMs: number }[]
  readonly gateway: 'well' | 'crashed' | 'stopped'
  /** Of the last hour. */
  readonly shownAtMs: readonly number[]
  /** Titles that found no room in the hour. */
  readonly held: readonly string[]
}

const gatewayStates = ['well', 'crashed', 'stopped'] as const
export const noMemory: NoticeMemory = { told: [], down: [], gateway: 'well', shownAtMs: [], held: [] }

export function parseMemory(value: unknown): NoticeMemory {
  if (!isJsonObject(value)) return noMemory
  return boundMemory({
    told: texts(value['told']),
    down: listOf(value['down']).flatMap((entry) => {
      const [id, sinceMs] = [textOf(objectOf(entry)?.['id']), numberOf(objectOf(entry)?.['sinceMs'])]
      return id === undefined || sinceMs === undefined ? [] : [{ id, sinceMs }]
    }),
    gateway: gatewayStates.find((state) => state === value['gateway']) ?? 'well',
    shownAtMs: listOf(value['shownAtMs']).flatMap((at) => numberOf(at) ?? []),
    held: texts(value['held']),
  })
}

export function boundMemory(memory: NoticeMemory): NoticeMemory {
  return {
    told: memory.told.slice(-shellLimits.noticesToldMax),
    down: memory.down.slice(-shellLimits.providersDownMax),
    gateway: memory.gateway,
    shownAtMs: memory.shownAtMs.slice(-shellLimits.noticesPerHour),
    held: memory.held.slice(-shellLimits.noticesHeldMax),
  }
}

export const toJson = (memory: NoticeMemory): Json => ({ ...memory, down: memory.down.map((entry) => ({ ...entry })) })

const texts = (value: unknown): readonly string[] => listOf(value).flatMap((one) => textOf(one) ?? [])
