// The living catalog over the real price list: prices are there when a rebuild asks for them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deploymentId, keyId, scopeId } from '../../../gateway/contract/ids.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { AdminStore, DeploymentEntry, StoreSnapshot } from '../../../gateway/contract/store.ts'
import { createLiveCatalog, type LiveCatalog } from '../../../gateway/intake/live-catalog.ts'
import { createPriceBook } from '../../../gateway/prices/price-book.ts'
import { createProviders } from '../../../gateway/providers/index.ts'

const models: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/models.json'), 'utf8'))
const entry = (params: JsonObject, modelInfo: JsonObject): DeploymentEntry => ({ id: deploymentId('d'), modelName: 'm', params, modelInfo, credential: null })

async function build(deployments: readonly DeploymentEntry[]): Promise<LiveCatalog> {
  const snapshot: StoreSnapshot = {
    keys: [],
    teams: [],
    deployments,
    credentials: [],
    settings: {},
    sessions: [],
    globalScopeId: scopeId(1),
    scopes: [],
    adminKeyId: keyId(1),
    panelKeyId: keyId(2),
    recoveredRequests: 0,
    zone: 'UTC',
    prices: { tables: [], rows: [], overrides: [] },
  }
  const unused = (): Promise<never> => Promise.reject(new Error('nothing is written here'))
  const store: AdminStore = {
    createKey: unused,
    updateKey: unused,
    deleteKey: unused,
    createTeam: unused,
    updateTeam: unused,
    saveDeployment: unused,
    deleteDeployment: unused,
    saveCredential: unused,
    deleteCredential: unused,
    saveSetting: unused,
    setBudget: unused,
    saveSession: unused,
    deleteSession: unused,
  }
  const clock = { nowMs: () => Date.UTC(2026, 10, 21), monotonicUs: () => 0 }
  return createLiveCatalog({
    config: { file: null },
    ledger: { store, snapshot },
    prices: createPriceBook({ models, clock }),
    findProvider: createProviders([]).find,
    readVariable: () => undefined,
    clock,
    log: () => undefined,
  })
}

describe('the living catalog', () => {
  it('prices a deployment whose base model belongs to a vendor that no other deployment uses', async () => {
    const live = await build([entry({ model: 'openai_compatible/mine', api_base: 'https://proxy.example/v1' }, { base_model: 'openai/gpt-4o' })])
    expect(live.deployment(deploymentId('d')).price?.note).toContain('gpt-4o')
  })
})
