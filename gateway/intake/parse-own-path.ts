// One entry of `pass_through_endpoints` as the API brings it.
// Promises: nothing is kept before all of it is read; a literal secret goes into the vault; what a file would be warned of is left out in silence here.
// Leaves alone: what an entry may say (own-paths), where it is kept (own-path-book).

import { refuse } from '../contract/errors.ts'
import type { OwnPath } from '../contract/own-path.ts'
import type { Secret } from '../contract/sealed.ts'
import type { CredentialRef } from '../contract/vault.ts'
import { noteSentence, pathText } from './notes.ts'
import { readOwnPath } from './own-paths.ts'

export interface ParseOwnPathTools {
  readonly id: string
  /** @throws GatewayError vault_unavailable */
  readonly keepSecret: (slot: string, value: Secret) => Promise<CredentialRef>
  /** The rest of a sentence; null: the path is free. */
  readonly whyTaken: (own: Pick<OwnPath, 'path' | 'includesBelow'>) => string | null
}

/** @throws GatewayError invalid_request, vault_unavailable */
export async function parseOwnPath(input: unknown, { id, keepSecret, whyTaken }: ParseOwnPathTools): Promise<OwnPath> {
  const { draft, notes } = readOwnPath(input)
  const fault = notes.find(({ kind }) => kind !== 'warning')
  if (fault !== undefined) throw refuse('invalid_request', { reason: noteSentence(fault) }, { param: pathText(fault.path) })
  if (draft === null) throw refuse('invalid_request', { reason: 'The entry cannot be used.' })
  const why = whyTaken(draft)
  if (why !== null) throw refuse('invalid_request', { reason: `path cannot be used: ${why}.` }, { param: 'path' })
  const headers: Record<string, OwnPath['headers'][string]> = {}
  for (const [name, { text, given }] of Object.entries(draft.headers))
    headers[name] = { text, ref: given.literal === null ? given.reference : await keepSecret(`own-path/${id}/${name}`, given.literal) }
  return { ...draft, id, headers }
}
