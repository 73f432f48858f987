// Sets up the measured gateway as its users run it: the bundle, durable, one real virtual key with a hard budget, prices, everything on.
// Promises: temporary folders only; after a run it can show that the ledger counted every request it answered.
// Leaves alone: load and figures.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isJsonObject, numberOf, objectOf, textOf } from '../../gateway/contract/json.ts'
import { startGateway, type GatewayProcess } from '../kit/gateway-process.ts'
import { inputUsdPerToken, outputUsdPerToken } from './shapes.ts'

export interface Subject {
  readonly gateway: GatewayProcess
  readonly key: string
  /** Dollars the key has spent, from the ledger. */
  readSpend(): Promise<number>
  stop(): Promise<void>
}

const modelName = 'bench'
// As npm start runs it: compiled code is kept between starts.
const compileCache = resolve(import.meta.dirname, '../../node_modules/.cache/compiled')

export async function startSubject(upstreamOrigin: string): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-bench-'))
  const config = join(folder, 'config.yaml')
  await writeFile(config, configText(upstreamOrigin))
  const start = async (): Promise<GatewayProcess> =>
    await startGateway({
      from: 'dist',
      dataDir: join(folder, 'data'),
      args: ['--config', config],
      env: { NODE_COMPILE_CACHE: compileCache, BENCH_UPSTREAM_KEY: 'sk-bench-upstream' },
    })
  const first = await start()
  const made = await callAdmin(first, '/key/generate', { key_alias: 'bench', max_budget: 1_000_000, models: [modelName] })
  const key = textOf(made['key'])
  if (key === undefined) throw new Error(`/key/generate gave no key: ${JSON.stringify(made)}`)
  // Idle memory is that of a configured gateway that nobody has asked anything yet.
  await first.stop()
  const gateway = await start()
  return {
    gateway,
    key,
    readSpend: async () => {
      const info = await callAdmin(gateway, `/key/info?key=${encodeURIComponent(key)}`, null)
      return numberOf(objectOf(info['info'])?.['spend']) ?? Number.NaN
    },
    stop: async () => {
      await gateway.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Starts and stops the bundle `count` times on one data folder. Milliseconds to the first answer; the first start also makes the ledger. */
export async function measureStarts(count: number): Promise<{ readonly firstMs: number; readonly laterMs: readonly number[] }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tollgate-start-'))
  const times: number[] = []
  for (let turn = 0; turn <= count; turn += 1) {
    const gateway = await startGateway({ from: 'dist', dataDir, env: { NODE_COMPILE_CACHE: compileCache } })
    times.push(gateway.startMs)
    await gateway.stop()
  }
  await rm(dataDir, { recursive: true, force: true })
  return { firstMs: times[0] ?? Number.NaN, laterMs: times.slice(1) }
}

function configText(upstreamOrigin: string): string {
  return [
    'model_list:',
    `  - model_name: ${modelName}`,
    '    litellm_params:',
    '      model: openai/bench-upstream',
    `      api_base: ${upstreamOrigin}/v1`,
    '      api_key: os.environ/BENCH_UPSTREAM_KEY',
    `      input_cost_per_token: ${inputUsdPerToken}`,
    `      output_cost_per_token: ${outputUsdPerToken}`,
    '',
  ].join('\n')
}

async function callAdmin(gateway: GatewayProcess, path: string, body: object | null): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${gateway.origin}${path}`, {
    method: body === null ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${gateway.adminKey}`, ...(body === null ? {} : { 'content-type': 'application/json' }) },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  })
  const answer: unknown = await response.json()
  if (!response.ok || !isJsonObject(answer)) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(answer)}`)
  return answer
}
