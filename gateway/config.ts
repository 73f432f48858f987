// Options and environment into one frozen GatewayConfig. The only reader of process.env and process.argv.
// Promises: a bad option is one clear sentence; every limit of the gateway has its number here.
// Leaves alone: the configuration file's meaning (intake/), secrets in the vault (asked for by name through `readVariable`).

import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import type { FileConfig, GatewayConfig, Limits, VaultConfig } from './contract/config.ts'
import { dataFolderParts } from './contract/data-folder.ts'
import type { LanConfig } from './contract/lan.ts'
import { secret, type Secret } from './contract/sealed.ts'
import type { LaunchMessage } from './contract/shell.ts'
import { vaultStores } from './contract/vault.ts'
import { readNetwork } from './intake/network-settings.ts'
import { withFullOptions } from './kit/full-options.ts'
import { parseLan } from './lan/settings.ts'
import { checkAdminKey, checkBind, checkHosts, StartRefusal } from './intake/start-checks.ts'

export type ReadVariable = (name: string) => string | undefined

export interface Launch {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly configPath: string | null
  readonly acceptUnsupported: boolean
  readonly durability: 'full' | 'normal'
  readonly hosts: readonly string[]
  readonly adminKey: Secret | null
  readonly vault: VaultConfig
  /** Variables by name: the environment's, or those a shell handed over. */
  readonly readVariable: ReadVariable
  readonly lan: LanConfig | null
}

const kib = 1024
const mib = 1024 * kib
const second = 1000
const minute = 60 * second

export const defaultLimits: Limits = Object.freeze({
  connectionsMax: 12_000,
  headersTimeoutMs: 10 * second,
  requestTimeoutMs: 120 * second,
  keepAliveTimeoutMs: 65 * second,
  headerBytesMax: 32 * kib,
  inferenceBodyBytesMax: 32 * mib,
  adminBodyBytesMax: 256 * kib,
  bodiesInFlightBytesMax: 256 * mib,
  jsonDepthMax: 64,
  formPartsMax: 128,
  formHeaderBytesMax: 4 * kib,
  formFieldBytesMax: mib,
  inflatedRatioMax: 100,
  upstreamHeadersTimeoutMs: 10 * minute,
  upstreamColdLoadTimeoutMs: 20 * minute,
  upstreamIdleTimeoutMs: 5 * minute,
  upstreamTotalTimeoutMs: 60 * minute,
  upstreamConnectTimeoutMs: 10 * second,
  upstreamConnectionsPerOriginMax: 1024,
  upstreamOriginsMax: 256,
  upstreamBodyBytesMax: 64 * mib,
  upstreamErrorBytesMax: 256 * kib,
  streamBytesMax: 128 * mib,
  callerDrainTimeoutMs: 60 * second,
  revocationCheckMs: 2 * second,
  drainCallsMax: 50,
  drainTimeMs: 60 * second,
  drainBytesMax: 8 * mib,
  keepAliveCommentMs: 15 * second,
  lastByteWaitMs: 250,
  attemptsMax: 8,
  outputTokensFloor: 16,
  outputBlockTokens: 2048,
  ledgerQueueMax: 20_000,
  ledgerGroupMax: 256,
  refusalRowsPerMinute: 20,
  ledgerFreeBytesMin: 512 * mib,
  ledgerFreeShareMin: 0.02,
  ledgerBallastBytes: 64 * mib,
  ledgerSpaceCheckMs: 3 * second,
  ledgerBackupFirstMs: 10 * minute,
  ledgerBackupEveryMs: 24 * 60 * minute,
  ledgerVerifyFirstMs: minute,
  ledgerVerifyEveryMs: 60 * minute,
  ledgerVerifyFullEveryMs: 24 * 60 * minute,
  ledgerUpkeepRetryMs: 60 * minute,
  ledgerJobTimeoutMs: 30 * minute,
  ledgerPruneEveryMs: 60 * minute,
  ledgerPruneRowsMax: 200,
  ledgerPrunePauseMs: 100,
  reportTimeoutMs: 5 * second,
  reportRowsMax: 10_000,
  countMax: 10_000,
  sessionMs: 12 * 60 * minute,
  signInCodeMs: 10 * minute,
  signInAttemptsPerMinute: 10,
  vaultTimeoutMs: 5 * second,
  vaultFileBytesMax: 4 * mib,
  passphraseAttemptsPerMinute: 10,
  tokenFetchTimeoutMs: 10 * second,
  tokenReplyBytesMax: 64 * kib,
  tokensKeptMax: 200,
  tokenRenewBeforeMs: 5 * minute,
  tokenMarginMs: 10 * second,
  tokenBackOffMs: 3 * second,
  tokenDropEveryMs: 10 * second,
  probeTimeoutMs: 5 * second,
  engineProbeTimeoutMs: 400,
  modelListBytesMax: 4 * mib,
  priceFileBytesMax: 16 * mib,
  priceModelsMax: 20_000,
  priceTablesMax: 500,
  repriceBatch: 200,
  shutdownDrainMs: 30 * second,
  idempotencyKeysMax: 20_000,
  idempotencyBytesMax: 64 * mib,
  idempotencyReplyBytesMax: 4 * mib,
  idempotencyKeptMs: 24 * 60 * minute,
  responsesKeptMax: 5_000,
  responsesKeptBytesMax: 64 * mib,
  responseKeptBytesMax: 8 * mib,
  responsesKeptMs: 4 * 60 * minute,
  lanConnectionsPerAddressMax: 256,
  lanCertificateMs: 90 * 24 * 60 * minute,
  lanRenewEveryMs: 24 * 60 * minute,
  lanCheckEveryMs: minute,
})

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  'data-dir': { type: 'string' },
  config: { type: 'string' },
  'accept-unsupported': { type: 'boolean' },
  durability: { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  vault: { type: 'string' },
  'passphrase-file': { type: 'string' },
  lan: { type: 'string' },
  'lan-certificate': { type: 'string' },
  'lan-key': { type: 'string' },
  'lan-callers': { type: 'string' },
  'lan-panel': { type: 'boolean' },
  'lan-name': { type: 'string', multiple: true },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const

type Given = ReturnType<typeof parseArgs<{ options: typeof options; strict: true; allowPositionals: false }>>['values']

export type CommandLaunch = Launch & { readonly kind: 'run' | 'help' | 'version' }

/** @throws StartRefusal, LanUnusable naming the option */
export function readLaunch(): CommandLaunch {
  const given = readArguments(process.argv.slice(2))
  return { kind: given.help === true ? 'help' : given.version === true ? 'version' : 'run', ...toLaunch(given, readVariable) }
}

/** As a shell asks for it. What it leaves open its variables decide; this process's own environment has no say. @throws StartRefusal */
export function toShellLaunch({ options: { port, dataDir, configPath }, variables }: LaunchMessage): Launch {
  const kept = new Map(Object.entries(variables).flatMap(([name, value]): [string, Secret][] => (value === '' ? [] : [[spelled(name), secret(value)]])))
  const given = {
    ...(port === null ? {} : { port: String(port) }),
    ...(dataDir === null ? {} : { 'data-dir': dataDir }),
    ...(configPath === null ? {} : { config: configPath }),
  }
  return toLaunch(given, (name) => kept.get(spelled(name))?.open())
}

/** Windows does not tell `Path` from `PATH`. */
const spelled = (name: string): string => (process.platform === 'win32' ? name.toUpperCase() : name)

function toLaunch(given: Given, variable: ReadVariable): Launch {
  return {
    host: given.host ?? variable('TOLLGATE_HOST') ?? '127.0.0.1',
    port: readPort(given.port ?? variable('TOLLGATE_PORT')),
    dataDir: resolve(given['data-dir'] ?? variable('TOLLGATE_DATA_DIR') ?? defaultDataDir(variable)),
    configPath: pathOf(given.config ?? variable('TOLLGATE_CONFIG')),
    acceptUnsupported: given['accept-unsupported'] === true,
    durability: readDurability(given.durability ?? variable('TOLLGATE_DURABILITY')),
    hosts: readHosts(given, variable),
    adminKey: readAdminKey(variable),
    vault: readVault(given, variable),
    // No reference to the environment may hand it to a provider.
    readVariable: (name) => (spelled(name) === passphraseName ? undefined : variable(name)),
    lan: readLan(given, variable),
  }
}

/** One environment variable, for the vault's `os.environ/NAME` references. */
export function readVariable(name: string): string | undefined {
  const value = process.env[name]
  return value === '' ? undefined : value
}

export function toGatewayConfig(launch: Launch, file: FileConfig | null, facts: { panelDir: string; resourcesDir: string; version: string }): GatewayConfig {
  const fromFile = file?.adminKey ?? null
  const adminKey =
    launch.adminKey !== null ? { value: launch.adminKey, from: 'option' as const } : fromFile !== null ? { value: fromFile, from: 'file' as const } : null
  checkAdminKey(adminKey?.value ?? null)
  checkBind(launch, adminKey?.value ?? null)
  const { host, port, dataDir, hosts, durability, vault, lan } = launch
  const network = readNetwork(file?.network ?? null, { readVariable: launch.readVariable, fileVariables: file?.literalSecrets ?? new Map<string, Secret>() })
  return Object.freeze({ host, port, dataDir, hosts, durability, adminKey, vault, lan, file, network, limits: defaultLimits, ...facts })
}

function readArguments(list: string[]): Given {
  return parse({ args: list, options, strict: true, allowPositionals: false }).values
}

/** @throws StartRefusal */
export function parse<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return withFullOptions(parseArgs(config))
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('.')[0] : String(error)
    throw new StartRefusal(`${reason}. Run with --help to see the options.`, { cause: error })
  }
}

function readPort(text: string | undefined): number {
  if (text === undefined) return 4000
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535) throw new StartRefusal(`The port must be a number from 0 to 65535, not "${text.slice(0, 40)}".`)
  return port
}

function readDurability(text: string | undefined): 'full' | 'normal' {
  if (text === undefined || text === 'full') return 'full'
  if (text === 'normal') return 'normal'
  throw new StartRefusal(`The durability must be "full" or "normal", not "${text.slice(0, 40)}".`)
}

function readHosts(given: Given, variable: ReadVariable): string[] {
  const listed = (variable('TOLLGATE_HOSTS') ?? '').split(',').map((name) => name.trim())
  return checkHosts([...(given['allow-host'] ?? []), ...listed].filter((name) => name !== ''))
}

function readAdminKey(variable: ReadVariable): Secret | null {
  // Files that variables are filled from end in a line break, which no header can carry.
  const text = (variable('TOLLGATE_ADMIN_KEY') ?? variable('LITELLM_MASTER_KEY') ?? readKeyFile(variable('TOLLGATE_ADMIN_KEY_FILE')) ?? '').trim()
  return text === '' ? null : secret(text)
}

/** For whoever hands secrets over as files, as systemd and container engines do. @throws StartRefusal */
function readKeyFile(path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : readFileSync(path, 'utf8')
  } catch (error) {
    throw new StartRefusal(`The file that TOLLGATE_ADMIN_KEY_FILE names cannot be read: ${path}`, { cause: error })
  }
}

const passphraseName = 'TOLLGATE_PASSPHRASE'

/** @throws StartRefusal */
function readVault(given: Given, variable: ReadVariable): VaultConfig {
  const asked = given.vault ?? variable('TOLLGATE_VAULT')
  const choice = vaultStores.find((store) => store === asked) ?? null
  if (asked !== undefined && choice === null) throw new StartRefusal(`The vault must be one of ${vaultStores.join(', ')}, not "${asked.slice(0, 40)}".`)
  const text = variable(passphraseName) ?? ''
  // Read once: no report of this process and no child of it shows it again.
  delete process.env['TOLLGATE_PASSPHRASE']
  return { choice, passphrase: text === '' ? null : secret(text), passphraseFile: pathOf(given['passphrase-file'] ?? variable('TOLLGATE_PASSPHRASE_FILE')) }
}

/** @throws LanUnusable */
const readLan = (given: Given, variable: ReadVariable): LanConfig | null =>
  parseLan({
    lan: given.lan ?? variable('TOLLGATE_LAN'),
    certificate: pathOf(given['lan-certificate']) ?? undefined,
    key: pathOf(given['lan-key']) ?? undefined,
    callers: pathOf(given['lan-callers']) ?? undefined,
    panel: given['lan-panel'] === true,
    names: given['lan-name'] ?? [],
  })

const pathOf = (text: string | undefined): string | null => (text === undefined ? null : resolve(text))

export const defaultDataDir = (variable: ReadVariable): string =>
  join(...dataFolderParts({ platform: process.platform, home: homedir(), readVariable: variable }))
