// The composition root: builds every part once and hands each what it needs.
// Promises: no part finds another by itself; a failed start leaves no lock and no thread behind.
// Leaves alone: logic.

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findAdminKey, type AdminKey } from './admin-key.ts'
import { createAccess, type Access } from './admin/access.ts'
import { createCountTokensRoute } from './admin/count-tokens.ts'
import type { AdminDeps } from './admin/deps.ts'
import { createDirectory } from './admin/directory.ts'
import { createGeminiModelRoutes } from './admin/gemini-models.ts'
import { createOpenApiRoute } from './admin/open-api.ts'
import { createPanelRoutes } from './admin/panel-routes.ts'
import { createAdminRoutes } from './admin/routes.ts'
import { createKeptResponseRoutes } from './admin/kept-responses.ts'
import { createOllamaModelRoutes } from './admin/ollama-models.ts'
import { createServedModelRoutes } from './admin/served-models.ts'
import { createPatternNames } from './admin/pattern-names.ts'
import { buildAuthorize } from './compose-authorize.ts'
import { buildCorridor, countTokens } from './compose-corridor.ts'
import { buildLan, type Lan } from './compose-lan.ts'
import { buildVault, type VaultParts } from './compose-vault.ts'
import { originOf, toGateway, type Gateway } from './compose-life.ts'
import type { Authorize } from './contract/authorize.ts'
import type { Clock } from './contract/clock.ts'
import type { GatewayConfig } from './contract/config.ts'
import type { Directory } from './contract/directory.ts'
import type { Egress } from './contract/egress.ts'
import { deploymentId, requestId, type RequestId } from './contract/ids.ts'
import { toPanelFiles, type PanelFiles } from './contract/panel-files.ts'
import type { PriceDesk } from './contract/prices.ts'
import type { Secret } from './contract/sealed.ts'
import { createDoor, type Door } from './door/door.ts'
import { createHouseCall } from './door/house-call.ts'
import { inferenceRoutes } from './door/surfaces/index.ts'
import { passagesOf } from './door/surfaces/passages.ts'
import { createEgress } from './egress/egress.ts'
import { keepFileBudgets, settleProviders } from './file-budgets.ts'
import type { Flow } from './flow.ts'
import { createDiscover } from './intake/discover.ts'
import type { LiveCatalog } from './intake/live-catalog.ts'
import { refuseTaken } from './intake/config-refusal.ts'
import type { OwnPathBook } from './intake/own-path-book.ts'
import type { FindPassage } from './intake/passages.ts'
import { parseOwnPath } from './intake/parse-own-path.ts'
import { parseDeployment } from './intake/parse-deployment.ts'
import { errorFacts, type Log } from './kit/log.ts'
import { readFolder } from './kit/read-folder.ts'
import { createRandomDigits, createUlid } from './kit/ulid.ts'
import { hashKey } from './kit/virtual-key.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Books } from './open-books.ts'
import { buildPriceParts, buildReprice } from './compose-prices.ts'
import { createProviders, type Providers } from './providers/index.ts'
import { countInput } from './rooms/call/count-input.ts'
import { createDrains, type Drains } from './rooms/call/drains.ts'
import { createIsRevoked } from './rooms/identify.ts'
import { boundGemini } from './translate/gemini-generate/bound.ts'

export interface Surroundings {
  readonly log: Log
  readonly clock: Clock
  readonly readVariable: (name: string) => string | undefined
  /** Asks at the terminal; absent where nobody sits at one. */
  readonly askSecret?: ((question: string) => Promise<Secret | null>) | null
  /** The gateway cannot go on; the sentence says why. */
  readonly onFatal: (sentence: string) => void
  /** Only below a desktop shell: its way in for as long as this process lives, so that no sign-in link and no admin key has to be made. */
  readonly bootToken?: Secret
}
/** @param opening the ledger, which may still be on its way (open-books.ts); closed again when the rest cannot be built */
export async function compose(config: GatewayConfig, around: Surroundings, opening: Promise<Books>): Promise<Gateway> {
  const { ledger, release } = await opening
  try {
    return open(await buildParts(config, around, ledger), release)
  } catch (error) {
    await ledger.close()
    release()
    throw error
  }
}

/** What later parts are made of. */
interface Parts extends Surroundings, VaultParts {
  readonly config: GatewayConfig
  readonly ledger: Ledger
  readonly providers: Providers
  readonly live: LiveCatalog
  readonly priceDesk: PriceDesk
  readonly findPassage: FindPassage
  readonly ownPaths: OwnPathBook
  readonly fileBudgets: ReturnType<typeof settleProviders>
  readonly directory: Directory
  readonly adminKey: AdminKey
  readonly access: Access
  readonly egress: Egress
  readonly authorize: Authorize
  readonly drains: Drains
  readonly newUlid: () => string
  readonly newRequestId: () => RequestId
  readonly vaultSentence: string
  readonly lan: Lan
  /** Known once the door listens. */
  readonly address: { port: number }
}

async function buildParts(config: GatewayConfig, around: Surroundings, ledger: Ledger): Promise<Parts> {
  const { limits, file } = config
  const { clock, readVariable } = around
  const newUlid = createUlid(clock.nowMs, createRandomDigits(randomBytes))
  const literals = file?.literalSecrets ?? new Map<string, Secret>()
  const onChange = (): void => authorize.forget()
  const kept = await buildVault({ ...around, config, literals, askSecret: around.askSecret ?? null, onChange })
  const readAny = (name: string): string | undefined => readVariable(name) ?? literals.get(`os.environ/${name}`)?.open()
  const isSet = (name: string): boolean => readAny(name) !== undefined
  const providers = createProviders(readResource(config, 'providers.json'), isSet)
  const { live, priceDesk, findPassage, ownPaths } = await buildPriceParts({
    ...around,
    readVariable: readAny,
    config,
    ledger,
    providers,
    models: readResource(config, 'models.json'),
  })
  const fileBudgets = settleProviders(file?.budgets ?? [], providers.find)
  const fileScopes = await keepFileBudgets(fileBudgets.budgets, ledger)
  const directory = createDirectory(ledger.snapshot)
  for (const scope of fileScopes) directory.putScope(scope)
  for (const warning of fileBudgets.warnings) around.log('warn', 'file-budget', { warning })
  const adminKey = findAdminKey({ given: config.adminKey?.value ?? null, snapshot: ledger.snapshot, randomBytes })
  const access = createAccess({
    adminKeyHash: adminKey.hash,
    ...(around.bootToken === undefined ? {} : { bootTokenHash: hashKey(around.bootToken.open()) }),
    sessions: ledger.snapshot.sessions,
    nowMs: clock.nowMs,
    randomBytes,
    codeMs: limits.signInCodeMs,
  })
  const egress = createEgress({ limits, network: config.network })
  const authorize = buildAuthorize({ readSecret: kept.vault.read, readVariable: readAny, egress, clock, limits })
  return {
    ...around,
    config,
    ledger,
    ...kept,
    providers,
    live,
    priceDesk,
    findPassage,
    ownPaths,
    fileBudgets,
    adminKey,
    access,
    newUlid,
    directory,
    egress,
    authorize: authorize.authorize,
    drains: createDrains(limits.drainCallsMax),
    newRequestId: () => requestId(`req_${newUlid()}`),
    vaultSentence: (await kept.vault.status()).sentence,
    lan: await buildLan({ ...around, config }),
    address: { port: config.port },
  }
}

function buildDeps(parts: Parts, flow: Flow, whyTaken: Door['whyTaken']): AdminDeps {
  const { config, ledger, live, vault, providers, directory, access, clock, log, newUlid, newRequestId } = parts
  const { limits, file } = config
  const houseCall = createHouseCall({ flow, caller: () => directory.panelCaller, newRequestId, clock })
  const discover = createDiscover({ ...parts, readSecret: vault.read, providers: providers.all, limits })
  return {
    store: ledger.store,
    reports: ledger.reports,
    care: ledger.care,
    onChange: ledger.onChange,
    directory,
    catalog: live.catalog,
    entries: live.entries,
    ownPaths: { ...parts.ownPaths, parse: async (entry, id) => await parseOwnPath(entry, { id: id ?? newUlid(), keepSecret: vault.save, whyTaken }) },
    problems: live.problems,
    prices: parts.priceDesk,
    reprice: buildReprice({ ledger, directory, priceDesk: parts.priceDesk, newUlid, limits }),
    vault,
    passphrase: parts.passphrase,
    providers: providers.all,
    listModels: discover.listModels,
    engines: discover.engines,
    runTest: async (id, gone) => await houseCall(live.deployment(id), gone),
    parseDeployment: async (entry) => {
      const parsed = await parseDeployment(entry, {
        newId: () => deploymentId(`dep_${newUlid()}`),
        nowMs: clock.nowMs,
        keepSecret: async (value, { id, name }) => await vault.save(name === 'api_key' ? id : `${id}/${name}`, value),
      })
      for (const warning of parsed.warnings) log('warn', 'deployment-field', { warning })
      return parsed.entry
    },
    hasVariable: (name) => parts.readVariable(name) !== undefined,
    clock,
    randomBytes,
    log,
    facts: {
      version: config.version,
      baseUrl: () => `${originOf(parts)}/v1`,
      dataDir: config.dataDir,
      configFile: file?.path ?? null,
      durability: config.durability,
      zone: ledger.snapshot.zone,
      teamDefaults: file?.defaultTeamSettings ?? [],
      fileBudgets: parts.fileBudgets.budgets.map(({ name }) => name),
      configWarnings: [...(file?.warnings ?? []), ...parts.fileBudgets.warnings],
    },
    ...{ signIn: access, sessions: access.sessions, lan: parts.lan, limits },
  }
}

function buildDoor(parts: Parts, panel: PanelFiles): Door {
  const { config, directory, access, clock, log, newRequestId } = parts
  const { flow, identify, keptResponses } = buildCorridor(parts)
  const deps = buildDeps(parts, flow, (own) => door.whyTaken(own))
  const geminiRoutes = createGeminiModelRoutes({ ...deps, countInput: (body, facts) => countInput(body, boundGemini(body), facts) })
  const expand = config.file?.checkProviderEndpoint === true ? createPatternNames(deps) : null
  const models = [...createServedModelRoutes(deps, expand), ...createOllamaModelRoutes(deps), ...geminiRoutes, createCountTokensRoute(deps, countTokens)]
  const routes = [...models, ...createKeptResponseRoutes(keptResponses, deps), ...createAdminRoutes(deps), ...createPanelRoutes(deps)]
  const door: Door = createDoor({
    flow,
    identify,
    isRevoked: createIsRevoked(directory),
    countUnknown: parts.ledger.port.countUnknown,
    panel,
    newRequestId,
    clock,
    limits: config.limits,
    host: config.host,
    hosts: config.hosts,
    adminCaller: () => directory.adminCaller,
    isSession: access.isSession,
    isBootToken: access.isBootToken,
    hashToken: hashKey,
    passages: passagesOf(parts.providers.all),
    ownPaths: parts.ownPaths.list,
    jsonRoutes: [...routes, createOpenApiRoute(deps, [...inferenceRoutes(config.limits.inferenceBodyBytesMax), ...routes])],
    onError: (id, error) => log('error', 'request-failed', { requestId: id, code: error.code, ...errorFacts(error.cause ?? error) }),
  })
  return door
}

function open(parts: Parts, release: () => void): Gateway {
  const panel = toPanelFiles(readFolder(parts.config.panelDir))
  const door = buildDoor(parts, panel)
  refuseTaken(parts.config.file, door.whyTaken)
  return toGateway(parts, { door, panel, release })
}

function readResource(config: GatewayConfig, name: string): unknown {
  return JSON.parse(readFileSync(join(config.resourcesDir, name), 'utf8'))
}
