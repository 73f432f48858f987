// What a named credential holds: a key, a provider's further secrets, and its own parameters that are none (a project, a tenant, an address).
// Promises: every secret goes into the vault or stays where it is referred to; a value no provider has a use for is refused by name.
// Leaves alone: the routes (credentials.ts).

import { refuse, type GatewayError } from '../contract/errors.ts'
import { isJsonObject, type JsonObject } from '../contract/json.ts'
import type { Provider } from '../contract/provider.ts'
import { secret } from '../contract/sealed.ts'
import { credentialRefsOf, furtherSecrets, isCredentialFile, type CredentialEntry } from '../contract/store.ts'
import { fileReferenceOf, isKeptRef, type CredentialRef } from '../contract/vault.ts'
import type { AdminDeps } from './deps.ts'

export interface GivenValues {
  readonly name: string
  readonly provider: Provider | null
  readonly values: Readonly<Record<string, unknown>>
  /** The description, which is kept with them. */
  readonly description: string | null
}

/** What is left out stays as it was. @throws GatewayError invalid_request before anything is kept, vault_unavailable */
export async function keepValues(
  deps: AdminDeps,
  asked: GivenValues,
  before: CredentialEntry | null,
): Promise<Pick<CredentialEntry, 'ref' | 'values' | 'savedAtMs'>> {
  const texts = readTexts(asked, knownNames(deps.providers, asked.provider))
  const known = before === null ? [] : credentialRefsOf(before)
  if (known.length === 0 && !Object.keys(texts).some(isSecret)) throw wrong('api_key', 'is needed, or another secret of the provider')
  for (const [name, text] of Object.entries(texts)) if (isSecret(name)) checkReference(name, text)
  const values: Record<string, JsonObject[string]> = { ...before?.values }
  let ref = before?.ref ?? ''
  const given: CredentialRef[] = []
  for (const [name, text] of Object.entries(texts)) {
    if (!isSecret(name)) values[name] = text
    else {
      // The closed list of names comes first, so no credential's own name can be mistaken for one.
      const kept = await keep(deps, text, { name, slot: name === 'api_key' ? `credential/${asked.name}` : `credential-part/${name}/${asked.name}` })
      if (name === 'api_key') ref = kept
      else values[name] = kept
      given.push(kept)
    }
  }
  if (asked.description !== null) values['description'] = asked.description
  const savedAtMs = given.some(isKeptRef) ? deps.clock.nowMs() : before?.savedAtMs
  return { ref, values, ...(savedAtMs !== undefined && credentialRefsOf({ ref, values }).some(isKeptRef) ? { savedAtMs } : {}) }
}

const isSecret = (name: string): boolean => name === 'api_key' || furtherSecrets.includes(name)
const wrong = (name: string, rest: string): GatewayError =>
  refuse('invalid_request', { reason: `credential_values.${name} ${rest}.` }, { param: `credential_values.${name}` })

function knownNames(providers: readonly Provider[], provider: Provider | null): ReadonlySet<string> {
  const asked = provider === null ? providers : [provider]
  return new Set(['api_key', 'api_base', ...asked.flatMap(({ ownParams = {} }) => Object.keys(ownParams))])
}

const textMax = 16_384

function readTexts({ values, provider }: GivenValues, known: ReadonlySet<string>): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const [name, raw] of Object.entries(values)) {
    if (raw === undefined || raw === null) continue
    if (!known.has(name)) throw wrong(name.slice(0, 60), `is not something ${provider === null ? 'a credential' : provider.title} holds`)
    // A key file's JSON may be pasted as it is.
    const text = isCredentialFile(name) && isJsonObject(raw) ? JSON.stringify(raw) : raw
    if (typeof text !== 'string' || text.trim() === '' || text.length > textMax) throw wrong(name, 'must be a text')
    texts[name] = text.trim()
  }
  return texts
}

const environmentRef = /^os\.environ\/([A-Za-z_][A-Za-z0-9_]{0,200})$/

function checkReference(name: string, text: string): void {
  if (text.startsWith('os.environ/') && !environmentRef.test(text)) throw wrong(name, 'must be os.environ/NAME with a variable name, or the secret itself')
}

/** A reference stays a reference, anything else is a secret. @throws GatewayError vault_unavailable */
async function keep(deps: AdminDeps, text: string, { name, slot }: { name: string; slot: string }): Promise<CredentialRef> {
  const file = isCredentialFile(name) ? fileReferenceOf(text) : null
  return environmentRef.test(text) ? text : (file ?? (await deps.vault.save(slot, secret(text))))
}
