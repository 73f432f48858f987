// Entries made into deployments over the real shelf of providers, for tests that look at what comes of them.
// Promises: everything is unpriced and has the limits of an unknown model, unless a test says otherwise. Leaves alone: what is expected.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deploymentId } from '../../../gateway/contract/ids.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { PriceBook, PriceQuery } from '../../../gateway/contract/prices.ts'
import type { Deployment } from '../../../gateway/contract/provider.ts'
import type { CredentialEntry } from '../../../gateway/contract/store.ts'
import { toDeployment, type ToDeploymentTools } from '../../../gateway/intake/to-deployment.ts'
import { createProviders } from '../../../gateway/providers/index.ts'

const rows: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/providers.json'), 'utf8'))
export const providers = createProviders(rows)
export const shared: CredentialEntry = {
  name: 'shared',
  providerId: null,
  ref: 'keychain/shared',
  values: { api_base: 'https://shared.example/v1' },
  createdAtMs: 1,
}

interface Asked {
  readonly queries: PriceQuery[]
  readonly prices: PriceBook
}
/** Remembers what it was asked. */
export function createAsked(): Asked {
  const queries: PriceQuery[] = []
  return {
    queries,
    prices: {
      cardFor: (query) => (queries.push(query), null),
      factsFor: () => ({ contextTokensMax: null, outputTokensMax: 4096, imageTokensMax: null, fileTokensMax: null, capabilities: [] }),
    },
  }
}
export function make(params: JsonObject, more: { readonly modelInfo?: JsonObject; readonly tools?: Partial<ToDeploymentTools> } = {}): Deployment {
  const tools: ToDeploymentTools = {
    findProvider: providers.find,
    prices: createAsked().prices,
    credentials: new Map([['shared', shared]]),
    origin: 'ledger',
    readVariable: () => undefined,
    defaults: { timeoutMs: 60_000, streamTimeoutMs: null, dropParams: false },
    ...more.tools,
  }
  return toDeployment({ id: deploymentId('d'), modelName: 'm', params, modelInfo: more.modelInfo ?? {}, credential: null }, tools)
}
