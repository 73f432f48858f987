// The admin and panel routes over real directory, catalog, providers, prices and sign-in, with a ledger that lives in plain arrays.
// Promises: a call goes through the route's own schemas, as the door does it; time and randomness are the test's.
// Leaves alone: HTTP and SQLite (the journeys have those).

import { readFileSync } from 'node:fs'
import { createAccess, type Access } from '../../../gateway/admin/access.ts'
import type { AdminDeps, ModelListQuery } from '../../../gateway/admin/deps.ts'
import { createDirectory } from '../../../gateway/admin/directory.ts'
import { createOpenApiRoute } from '../../../gateway/admin/open-api.ts'
import { createPanelRoutes } from '../../../gateway/admin/panel-routes.ts'
import { createAdminRoutes } from '../../../gateway/admin/routes.ts'
import { defaultLimits } from '../../../gateway/config.ts'
import type { Caller } from '../../../gateway/contract/caller.ts'
import type { Limits } from '../../../gateway/contract/config.ts'
import { refuse } from '../../../gateway/contract/errors.ts'
import { deploymentId, type DeploymentId } from '../../../gateway/contract/ids.ts'
import { isJsonObject, textOf, type JsonObject } from '../../../gateway/contract/json.ts'
import type { LedgerPort } from '../../../gateway/contract/ledger.ts'
import type { JsonRoute, RouteAnswer } from '../../../gateway/contract/route.ts'
import type { Secret } from '../../../gateway/contract/sealed.ts'
import type { PriceStore } from '../../../gateway/contract/prices.ts'
import type { DeploymentEntry, StoreSnapshot } from '../../../gateway/contract/store.ts'
import { isKeptRef, type VaultPort } from '../../../gateway/contract/vault.ts'
import { createRouter } from '../../../gateway/door/router.ts'
import { parseDeployment, type ParseTools } from '../../../gateway/intake/parse-deployment.ts'
import { parseOwnPath } from '../../../gateway/intake/parse-own-path.ts'
import { hashKey } from '../../../gateway/kit/virtual-key.ts'
import { buildPriceParts, buildReprice, type PricePartsTools } from '../../../gateway/compose-prices.ts'
import { createProviders } from '../../../gateway/providers/index.ts'
import { createPlainLedger, type PlainLedger } from './plain-ledger.ts'

export const adminKeyText = 'sk-the-admin-key-of-this-test'
export const startMs = Date.UTC(2026, 10, 21, 9, 30)

export interface WorldOptions {
  readonly zone?: string
  readonly limits?: Partial<Limits>
  readonly variables?: Readonly<Record<string, string>>
  readonly fileDeployments?: readonly JsonObject[]
  readonly canSave?: boolean
  readonly fileBudgets?: AdminDeps['facts']['fileBudgets']
  /** A real ledger instead of the plain one; `World.ledger` then stays empty. */
  readonly on?: Pick<AdminDeps, 'store' | 'reports' | 'onChange'> & {
    readonly snapshot: StoreSnapshot
    readonly prices: PriceStore
    readonly port: Pick<LedgerPort, 'adjust'>
  }
}
export interface World {
  readonly deps: AdminDeps
  readonly access: Access
  readonly ledger: PlainLedger
  readonly routes: readonly JsonRoute[]
  readonly vaultSecrets: Map<string, Secret>
  readonly logged: { readonly event: string; readonly facts: Readonly<Record<string, unknown>> }[]
  /** Replaceable answers of the network. */
  readonly network: { listModels: (query: ModelListQuery) => Promise<readonly string[]> }
  readonly time: { nowMs: number }
  notify(row: number): void
  /** As an administrator unless `as` says otherwise. Rejects with GatewayError. */
  ask(method: JsonRoute['method'], target: string, options?: AskOptions): Promise<RouteAnswer>
  /** The JSON of a successful answer, held against the route's own reply schema. */
  get(target: string, options?: AskOptions): Promise<JsonObject>
  post(target: string, body: JsonObject, options?: AskOptions): Promise<JsonObject>
}
export interface AskOptions {
  readonly body?: JsonObject
  /** Of routes that read their JSON as text. */
  readonly text?: string
  readonly as?: Caller
  readonly changedBy?: string
  readonly sessionHash?: string
  readonly secure?: boolean
  readonly gone?: AbortSignal
}

/** What a configuration file brought. */
const fromFile = {
  teamDefaults: [{ team_id: 'preset', max_budget: 7, budget_duration: '30d', rpm_limit: 5, models: ['gpt-4o'], success_callback: ['x'] }],
  configWarnings: [],
}

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const time = { nowMs: startMs }
  const clock = { nowMs: () => time.nowMs, monotonicUs: () => time.nowMs * 1000 }
  const ledger = createPlainLedger({ clock, zone: options.zone ?? 'UTC' })
  const { store, reports, snapshot, prices } = options.on ?? ledger
  const limits = { ...defaultLimits, ...options.limits }
  const providers = createProviders(readResource('providers.json'))
  const logged: World['logged'] = []
  const log: AdminDeps['log'] = (_level, event, facts = {}) => void logged.push({ event, facts })
  const config = { file: fileConfig(options.fileDeployments ?? []), limits }
  const surroundings = { readVariable: () => undefined, clock, log, models: readResource('models.json') }
  const { live, priceDesk, ownPaths } = await buildPriceParts({ config, ledger: { store, snapshot, prices }, providers, ...surroundings })
  const vaultSecrets = new Map<string, Secret>()
  const random = createRandom()
  const access = createAccess({ adminKeyHash: hashKey(adminKeyText), sessions: [], nowMs: clock.nowMs, randomBytes: random, codeMs: limits.signInCodeMs })
  const directory = createDirectory(snapshot)
  const network: World['network'] = { listModels: () => Promise.resolve(['b-model', 'a-model']) }
  const listeners = new Set<(row: number) => void>()
  const keepSecret: ParseTools['keepSecret'] = (value, where) => deps.vault.save(where.id, value)
  const parse = async (entry: unknown): Promise<DeploymentEntry> =>
    (await parseDeployment(entry, { newId: newIds(random), nowMs: clock.nowMs, keepSecret })).entry
  const deps: AdminDeps = {
    store,
    reports,
    directory,
    catalog: live.catalog,
    entries: live.entries,
    ownPaths: { ...ownPaths, parse: (entry, id) => parseOwnPath(entry, { id: id ?? hex(random(4)), keepSecret: deps.vault.save, whyTaken: () => null }) },
    problems: live.problems,
    prices: priceDesk,
    reprice: buildReprice({ ledger: options.on ?? ledger, directory, priceDesk, newUlid: () => hex(random(13)), limits }),
    parseDeployment: async (entry) => await parse(entry),
    vault: createPlainVault(vaultSecrets, options.canSave ?? true),
    providers: providers.all,
    hasVariable: (name) => options.variables?.[name] !== undefined,
    listModels: (query) => network.listModels(query),
    ...plainAnswers(),
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    clock,
    randomBytes: random,
    log,
    facts: {
      version: '0.0.0',
      baseUrl: () => 'http://127.0.0.1:4000/v1',
      dataDir: '/data',
      configFile: null,
      durability: 'full',
      zone: snapshot.zone,
      ...fromFile,
      fileBudgets: options.fileBudgets ?? [],
    },
    signIn: access,
    sessions: access.sessions,
    limits,
  }
  return {
    ...createAsker(deps),
    deps,
    access,
    ledger,
    vaultSecrets,
    logged,
    network,
    time,
    notify: (row) => listeners.forEach((listener) => listener(row)),
  }
}

const newIds = (random: AdminDeps['randomBytes']) => (): DeploymentId => deploymentId(`dep_${hex(random(4))}`)

/** Of parts that no test here is about; each world has its own, so that a test may replace one. */
function plainAnswers(): Pick<AdminDeps, 'runTest' | 'engines' | 'care' | 'passphrase' | 'lan'> {
  return {
    lan: { state: () => null, authority: () => null, warnings: () => [] },
    passphrase: { unlock: () => Promise.resolve(), change: () => Promise.resolve() },
    runTest: (id) => Promise.resolve({ ok: true, status: 200, requestId: 'req_test', message: `${id} answered`, durationMs: 12.5 }),
    engines: () => Promise.resolve([]),
    care: {
      state: () => ({ kind: 'ok' }),
      onState: () => () => undefined,
      trouble: () => [],
      backups: () => [],
      backUp: () => Promise.resolve({ name: 'ledger-20261121T093000Z-10.db', madeAtMs: startMs, schemaVersion: 10, bytes: 4096 }),
      verify: () => Promise.resolve({ checkedAtMs: startMs, violations: [] }),
      retentionDays: () => null,
      setRetentionDays: () => Promise.resolve(),
      removeOld: () => Promise.resolve(0),
      compact: () => Promise.resolve(4096),
    },
  }
}

interface Asker extends Pick<World, 'ask' | 'get' | 'post'> {
  readonly routes: readonly JsonRoute[]
}

/** The routes as a caller meets them: matched, judged by class, parsed, answered. */
function createAsker(deps: AdminDeps): Asker {
  const declared = [...createAdminRoutes(deps), ...createPanelRoutes(deps)]
  const routes = [...declared, createOpenApiRoute(deps, declared)]
  const router = createRouter(routes)

  async function ask(method: JsonRoute['method'], target: string, asked: AskOptions = {}): Promise<RouteAnswer> {
    const url = new URL(target, 'http://127.0.0.1')
    const { route, params } = router.match(method, url.pathname)
    const caller = asked.as ?? deps.directory.adminCaller
    if (route.auth !== 'key' && route.auth !== 'none' && caller.kind !== 'admin') throw refuse('admin_only')
    return await route.handle({
      params,
      query: parse(route.query, Object.fromEntries(url.searchParams)),
      body: route.body === 'text' ? (asked.text ?? '') : parse(route.body === 'wire' ? undefined : route.body, asked.body ?? null),
      caller: route.auth === 'none' ? null : caller,
      sessionHash: asked.sessionHash ?? null,
      changedBy: asked.changedBy ?? null,
      requestId: 'req_of_this_test',
      secure: asked.secure ?? false,
      gone: asked.gone ?? new AbortController().signal,
    })
  }
  async function read(method: JsonRoute['method'], target: string, asked: AskOptions): Promise<JsonObject> {
    const answer = await ask(method, target, asked)
    if (answer.kind !== 'json') throw new Error(`${target} answered ${answer.kind}`)
    const { reply } = router.match(method, new URL(target, 'http://127.0.0.1').pathname).route
    // What a client reads is what JSON carries.
    const value: unknown = JSON.parse(JSON.stringify(answer.value))
    if (typeof reply !== 'string') reply.parse(value)
    return isJsonObject(value) ? value : { list: value as never }
  }
  return { routes, ask, get: (target, asked = {}) => read('GET', target, asked), post: (target, body, asked = {}) => read('POST', target, { ...asked, body }) }
}

/** As the door words a schema's refusal. */
function parse(schema: JsonRoute['query'], value: unknown): unknown {
  if (schema === undefined) return value
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = issue?.path.join('.') ?? ''
  throw refuse('invalid_request', { reason: `${path}: ${issue?.message ?? ''}` }, path === '' ? {} : { param: path })
}

function createPlainVault(secrets: Map<string, Secret>, canSave: boolean): VaultPort {
  return {
    status: () =>
      Promise.resolve({
        store: canSave ? 'keychain' : 'environment',
        passphrase: 'absent',
        keychainAnswers: canSave,
        title: 'A vault of this test',
        sentence: 'Secrets are kept in memory.',
        canSave,
      }),
    read: (ref) => Promise.resolve(secrets.get(ref) ?? null),
    save(name, value) {
      if (!canSave) return Promise.reject(refuse('vault_unavailable', { reason: 'Use an environment variable.' }))
      secrets.set(`keychain/${name}`, value)
      return Promise.resolve(`keychain/${name}`)
    },
    remove: (ref) => Promise.resolve(void secrets.delete(ref)),
  }
}

function fileConfig(entries: readonly JsonObject[]): PricePartsTools['config']['file'] {
  if (entries.length === 0) return null
  const deployments = entries.map((entry, index) => {
    const params = isJsonObject(entry['litellm_params']) ? entry['litellm_params'] : {}
    const credential = textOf(params['api_key']) ?? ''
    return {
      id: deploymentId(`file-${index}`),
      modelName: String(entry['model_name']),
      params,
      modelInfo: {},
      credential: isKeptRef(credential) ? credential : null,
    }
  })
  return {
    path: '/config.yaml',
    deployments,
    literalSecrets: new Map(),
    adminKey: null,
    aliases: {},
    hiddenAliases: [],
    fallbacks: {},
    retries: null,
    timeoutMs: null,
    streamTimeoutMs: null,
    dropParams: null,
    checkProviderEndpoint: null,
    defaultTeamSettings: [],
    budgets: [],
    network: { httpsProxy: null, httpProxy: null, noProxy: null, authorities: null, certificate: null, certificates: new Map() },
    ownPaths: [],
    locked: [],
    warnings: [],
  }
}

/** Different at every call, the same in every run. */
function createRandom(): (count: number) => Uint8Array {
  let state = 1
  return (count) => Uint8Array.from({ length: count }, () => (state = (state * 48_271) % 2_147_483_647) & 0xff)
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const readResource = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../../resources/${name}`, import.meta.url), 'utf8'))
