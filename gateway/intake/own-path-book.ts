// The administrator's own paths: the file's, which stay as they are, and those made through the API, which the ledger keeps as one setting.
// Promises: a change is durable when it resolves, and counts from then on; the file's entry wins where both say one path.
// Leaves alone: what an entry may say (own-paths), secrets (vault).

import { isJsonObject, listOf, type Json } from '../contract/json.ts'
import type { OwnPath } from '../contract/own-path.ts'
import type { AdminStore } from '../contract/store.ts'
import { toJson } from './values.ts'

export const ownPathsSetting = 'passThroughEndpoints'

export interface OwnPathBook {
  /** The same array until something changes. */
  list(): readonly OwnPath[]
  isFromFile(id: string): boolean
  /** In the place of the entry with its id, or at the end. */
  put(own: OwnPath): Promise<void>
  remove(id: string): Promise<void>
}
export interface OwnPathBookTools {
  readonly file: readonly OwnPath[]
  /** The setting, as it was read at start. */
  readonly stored: Json | undefined
  readonly store: Pick<AdminStore, 'saveSetting'>
}

export function createOwnPathBook({ file, stored, store }: OwnPathBookTools): OwnPathBook {
  let kept = listOf(stored).filter(isOwnPath)
  const merge = (): readonly OwnPath[] => [...file, ...kept.filter(({ path }) => !file.some((one) => one.path === path))]
  let all = merge()
  const keep = async (next: readonly OwnPath[]): Promise<void> => {
    await store.saveSetting(ownPathsSetting, toJson(next) ?? [])
    kept = [...next]
    all = merge()
  }
  return {
    list: () => all,
    isFromFile: (id) => file.some((one) => one.id === id),
    put: async (own) => await keep(kept.some(({ id }) => id === own.id) ? kept.map((one) => (one.id === own.id ? own : one)) : [...kept, own]),
    remove: async (id) => await keep(kept.filter((one) => one.id !== id)),
  }
}

/** Only what `put` wrote stands there. */
const isOwnPath = (value: unknown): value is OwnPath => isJsonObject(value) && typeof value['id'] === 'string' && typeof value['path'] === 'string'
