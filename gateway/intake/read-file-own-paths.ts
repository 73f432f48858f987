// `general_settings.pass_through_endpoints` of a configuration file.
// Promises: a mistake in one of them stops the start; each path stands once. Leaves alone: what an entry may say (own-paths).

import { isJsonObject, type JsonObject } from '../contract/json.ts'
import type { OwnPath } from '../contract/own-path.ts'
import type { Secret } from '../contract/sealed.ts'
import type { CredentialRef } from '../contract/vault.ts'
import { note } from './notes.ts'
import { readOwnPath } from './own-paths.ts'
import { digest, referTo } from './refer-to.ts'
import type { Reading } from './read-settings.ts'

const key = 'pass_through_endpoints'

export function readFileOwnPaths(root: JsonObject, literalSecrets: Map<CredentialRef, Secret>, reading: Reading): readonly OwnPath[] {
  const general = root['general_settings']
  const list = (isJsonObject(general) ? general[key] : null) ?? []
  if (!Array.isArray(list)) {
    reading.notes.push(note('mistake', ['general_settings', key], 'must be a list'))
    return []
  }
  const seen = new Set<string>()
  return list.flatMap((item: unknown, index): OwnPath[] => {
    const at = ['general_settings', key, index]
    const { draft, notes } = readOwnPath(item)
    reading.notes.push(...notes.map((one) => ({ ...one, path: [...at, ...one.path] })))
    if (draft === null) return []
    if (seen.has(draft.path)) reading.notes.push(note('mistake', [...at, 'path'], `${draft.path} stands twice`))
    seen.add(draft.path)
    const headers = Object.entries(draft.headers).map(([name, { text, given }]): [string, OwnPath['headers'][string]] => [
      name,
      { text, ref: referTo(given, { path: [...at, 'headers', name], user: draft.path, literalSecrets }, reading) },
    ])
    return [{ ...draft, id: `file_${digest(draft.path)}`, headers: Object.fromEntries(headers) }]
  })
}
