// Where a named credential may go: to deployments of the provider it names, and to the address it is kept for, whoever is called there.
// Promises: a key that was saved as one vendor's never follows a deployment to another vendor's host. One that names no provider goes wherever it is named.
// Leaves alone: keys that an entry brings itself, where they are sent (intake).

import { textOf } from './json.ts'
import type { Provider } from './provider.ts'
import type { CredentialEntry } from './store.ts'

export interface Destination {
  readonly provider: Pick<Provider, 'id' | 'title'>
  readonly baseUrl: string
}
export type FindByName = (idOrAlias: string) => Provider | null

/** As a deployment's provider is found. */
export const findByName =
  (providers: readonly Provider[]): FindByName =>
  (idOrAlias) =>
    providers.find(({ id, aliases }) => id === idOrAlias || aliases.includes(idOrAlias)) ?? null

/** A sentence; null: it may go there. */
export function whyNotTo({ provider, baseUrl }: Destination, entry: CredentialEntry, find: FindByName): string | null {
  if (entry.providerId === null) return null
  const owner = find(entry.providerId)
  if (owner?.id === provider.id) return null
  // A server that speaks OpenAI's API is one server, whether a deployment calls it vllm or openai_compatible.
  const origin = originOf(baseUrl)
  if (origin !== null && homesOf(entry, owner).some((home) => originOf(home) === origin)) return null
  const whose = owner?.title ?? entry.providerId
  return `The credential ${entry.name} is for ${whose} and is not sent to ${provider.title} at ${baseUrl}. Save one for ${provider.title}, or one without custom_llm_provider, which goes wherever it is named.`
}

function homesOf({ values }: CredentialEntry, owner: Provider | null): readonly string[] {
  const place = Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])))
  const own = owner?.addressOf?.(place) ?? owner?.defaultBaseUrl ?? null
  return [textOf(values['api_base']) ?? null, own].flatMap((address) => address ?? [])
}

const originOf = (address: string): string | null => URL.parse(address)?.origin ?? null
