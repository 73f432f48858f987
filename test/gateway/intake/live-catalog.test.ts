// The living catalog over the real price list: prices are there when a rebuild asks for them.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FileConfig } from '../../../gateway/contract/config.ts'
import { deploymentId, keyId, scopeId } from '../../../gateway/contract/ids.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { Deployment } from '../../../gateway/contract/provider.ts'
import type { AdminStore, DeploymentEntry, StoreSnapshot } from '../../../gateway/contract/store.ts'
import { createLiveCatalog, type LiveCatalog } from '../../../gateway/intake/live-catalog.ts'
import { readConfigFile } from '../../../gateway/intake/read-config-file.ts'
import { createPriceBook } from '../../../gateway/prices/price-book.ts'
import { createProviders } from '../../../gateway/providers/index.ts'

const models: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/models.json'), 'utf8'))
const entry = (params: JsonObject, modelInfo: JsonObject): DeploymentEntry => ({ id: deploymentId('d'), modelName: 'm', params, modelInfo, credential: null })

async function build(deployments: readonly DeploymentEntry[], file: FileConfig | null = null): Promise<LiveCatalog> {
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
    config: { file },
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

  it('serves every value that LiteLLM documents', async () => {
    const file = readText(documented)
    const live = await build([], file)
    expect(live.problems()).toEqual([])
    const find = (name: string): Deployment[] =>
      live
        .catalog()
        .deployments()
        .filter(({ modelName }) => modelName === name)
    expect(find('thinker').map(({ settings }) => settings)).toEqual([{ reasoning_effort: 'high' }])
    expect(find('shared').map(({ id, extraHeaders }) => [id, extraHeaders])).toEqual([
      ['mine', { 'openai-organization': 'org-1' }],
      ['mine_2', { 'openai-organization': 'org-2' }],
    ])
    expect(find('painter')[0]?.price?.prices.pixels?.pico).toBe(65_000n)
    expect(find('listener')[0]?.price?.prices.seconds?.pico).toBe(100_000_000n)
    expect(find('moderator')[0]?.facts).toMatchObject({ outputTokensMax: 32_768 })
    expect(find('numbered')[0]?.place).toMatchObject({ vertex_project: '123456789012' })
    expect(file.warnings).toEqual([
      'config.yaml line 3: model_list[0].litellm_params.reasoning_effort.summary is not sent as a default and has no effect.',
      'config.yaml line 5: model_list[1].litellm_params.rpm is kept but not enforced by this version.',
    ])
  })
})

const documented = `model_list:
  - model_name: thinker
    litellm_params: { model: openai/gpt-5.1, reasoning_effort: { effort: high, summary: detailed } }
  - model_name: shared
    litellm_params: { model: openai/gpt-4o, organization: [org-1, org-2], rpm: 5 }
    model_info: { id: mine }
  - model_name: painter
    litellm_params: { model: openai/dall-e-3 }
    model_info: { mode: image_generation, input_cost_per_pixel: 6.5e-8, output_cost_per_pixel: 0.0 }
  - model_name: listener
    litellm_params: { model: openai/whisper-1, input_cost_per_second: 0, output_cost_per_second: 0.0001 }
  - model_name: moderator
    litellm_params: { model: openai/mine }
    model_info: { max_tokens: 32768, max_output_tokens: 0 }
  - model_name: numbered
    litellm_params: { model: vertex_ai/gemini-2.5-pro, vertex_project: 123456789012, vertex_location: us-central1 }
`

function readText(text: string): FileConfig {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-live-'))
  try {
    writeFileSync(join(folder, 'config.yaml'), text)
    return readConfigFile(join(folder, 'config.yaml'), { readVariable: () => undefined })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
