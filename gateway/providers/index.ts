// The shelf of providers: those with something of their own, then the rows of data.
// Promises: an id or alias means one provider, or the start stops. Leaves alone: deployments (compose and admin build those).

import type { Provider } from '../contract/provider.ts'
import { anthropic } from './anthropic.ts'
import { azure } from './azure.ts'
import { bedrock } from './bedrock.ts'
import { cloudflare } from './cloudflare.ts'
import { cohere } from './cohere.ts'
import { gemini } from './gemini.ts'
import { ollama } from './ollama.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { openai } from './openai.ts'
import { perplexity } from './perplexity.ts'
import { createRowProvider } from './row.ts'
import { textEmbeddingsInference } from './text-embeddings-inference.ts'
import { vertexAi } from './vertex-ai.ts'

const own: readonly Provider[] = [
  ...[openai, azure, anthropic, bedrock, gemini, vertexAi, cohere, perplexity, cloudflare],
  ...[ollama, textEmbeddingsInference, openaiCompatible],
]

export interface Providers {
  readonly all: readonly Provider[]
  /** By id or alias, as LiteLLM spells its prefixes. */
  find(idOrAlias: string): Provider | null
}

/** `rows`: the parsed resources/providers.json. `isSet`: is there such a variable in the gateway's environment? @throws Error naming the row that is wrong or the name that is taken twice */
export function createProviders(rows: unknown, isSet: (variable: string) => boolean = () => false): Providers {
  if (!Array.isArray(rows)) throw new Error('the provider rows must be a list')
  const all = [...own, ...rows.map((row: unknown) => createRowProvider(row))].map((provider) => withKeyVariable(provider, isSet))
  const named = new Map<string, Provider>()
  for (const provider of all) {
    for (const name of [provider.id, ...provider.aliases]) {
      const other = named.get(name)
      if (other !== undefined) throw new Error(`the provider name "${name}" belongs to ${other.title} and to ${provider.title}`)
      named.set(name, provider)
    }
  }
  return { all, find: (idOrAlias) => named.get(idOrAlias) ?? null }
}

function withKeyVariable(provider: Provider, isSet: (variable: string) => boolean): Provider {
  const { keyVariable, otherKeyVariables = [] } = provider
  const other = keyVariable === null || isSet(keyVariable) ? undefined : otherKeyVariables.find(isSet)
  return other === undefined ? provider : { ...provider, keyVariable: other }
}
