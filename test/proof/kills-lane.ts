// One data folder, started and killed again and again: while it answers, while it starts and recovers, while it stops.
// Promises: between two kills the books are checked before anyone calls; now and then a copy of the dead folder is recomputed from scratch.
// Leaves alone: what must be true (kills-books.ts), what is asked (kills-load.ts).

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Violation } from '../../gateway/contract/reports.ts'
import { killWhileStarting, startGateway, type GatewayOptions, type GatewayProcess } from '../kit/gateway-process.ts'
import { visit, type House } from '../kit/house.ts'
import type { Rate } from '../kit/misbehaving-vendor/bill.ts'
import { createMisbehavingVendor, type MisbehavingVendor } from '../kit/misbehaving-vendor/vendor.ts'
import { createChance, type Chance } from '../kit/random.ts'
import { checkRestart, createBooks, readVendorBook, rowsSince, trouble, type Books } from './kills-books.ts'
import { startLoad, type Purchaser } from './kills-load.ts'
import { makeBlockKeys, outputBlockTokens, outputPico, renewPurchasers } from './kills-purchasers.ts'
import { verifyCopy, verifyFolder } from './offline-ledger.ts'

export interface LaneOptions {
  readonly number: number
  readonly seed: number
  readonly kills: number
  readonly folder: string
  readonly from: GatewayOptions['from']
  /** One of its budgets holds in blocks, and blocks are small. */
  readonly blocks: boolean
  /** After every kill, with how many there were in this lane. */
  readonly onKill: () => void
}
export interface Lane {
  readonly books: Books
  readonly kills: Record<'answering' | 'starting' | 'stopping', number>
  readonly verified: number
}

// Below the nano-dollar, so that every line of a bill is rounded.
const rate: Rate = { input: 1_234_567n, cached: 456_789n, output: outputPico }
const prices = 'input_cost_per_token: 0.000001234567, cache_read_input_token_cost: 0.000000456789, output_cost_per_token: 0.000003456789'

function configFor(origin: string): string {
  const entry = (name: string, model: string, base = origin): string => `
  - model_name: ${name}
    litellm_params: { model: ${model}, api_base: "${base}", api_key: os.environ/VENDOR_KEY, ${prices} }`
  const twice = (name: string, model: string, base = origin): string => entry(name, model, base) + entry(name, `${model}-2`, base)
  return `model_list:${[
    twice('plain', 'openai/vendor-chat', `${origin}/v1`),
    // A generation that thinks only when asked, so that its budgets hold in blocks too.
    twice('claude', 'anthropic/claude-3-5-vendor'),
    entry('engine', 'ollama_chat/vendor-engine'),
    entry('vectors', 'openai/vendor-embedding', `${origin}/v1`),
    entry('falls', 'openai/vendor-falls', `${origin}/v1`),
    entry('second', 'anthropic/vendor-second'),
  ].join('')}
router_settings: { num_retries: 1, fallbacks: [{ falls: [second] }] }
`
}

/** What a lane needs all along. */
interface Ground {
  readonly options: LaneOptions
  readonly gateway: GatewayOptions & { readonly dataDir: string }
  readonly vendor: MisbehavingVendor
  readonly chance: Chance
  readonly books: Books
  purchasers: [Purchaser, ...Purchaser[]] | null
  /** Names of keys that are deleted at the next renewal. */
  oldKeys: readonly string[]
}

const killsPerGeneration = 6
const answersMax = 40
const killsPerVerify = 25

export async function runLane(options: LaneOptions): Promise<Lane> {
  const vendor = await createMisbehavingVendor({ seed: options.seed + options.number, rates: { '*': rate }, only: [] })
  const config = join(options.folder, `lane-${options.number}.yaml`)
  await writeFile(config, configFor(vendor.origin))
  const dataDir = join(options.folder, `lane-${options.number}`)
  if (options.blocks) await makeBlockKeys(dataDir, Math.ceil(options.kills / killsPerGeneration), killsPerGeneration)
  const ground: Ground = {
    options,
    gateway: {
      from: options.from,
      dataDir,
      ...(options.blocks ? { limits: { outputBlockTokens } } : {}),
      env: { VENDOR_KEY: 'sk-vendor', NODE_COMPILE_CACHE: join(options.folder, 'compiled') },
      args: ['--config', config],
    },
    vendor,
    chance: createChance(options.number, options.seed),
    books: createBooks(),
    purchasers: null,
    oldKeys: [],
  }
  try {
    return await killAgainAndAgain(ground)
  } finally {
    await vendor.close()
  }
}

async function killAgainAndAgain(ground: Ground): Promise<Lane> {
  const { options, chance, books } = ground
  const kills = { answering: 0, starting: 0, stopping: 0 }
  let verified = 0
  for (let turn = 0; turn < options.kills; turn += 1) {
    const way = turn === 0 ? 'answering' : drawWay(chance)
    if (way === 'starting') await killWhileStarting(ground.gateway, chance.between(20, 500))
    else await lifeAndDeath(ground, turn, way)
    kills[way] += 1
    options.onKill()
    if (turn % killsPerVerify === killsPerVerify - 1) {
      verified += 1
      noteViolations(books, await verifyCopy(ground.gateway.dataDir))
    }
  }
  await endInPeace(ground)
  noteViolations(books, await verifyFolder(ground.gateway.dataDir))
  return { books, kills, verified: verified + 1 }
}

/** One in ten while it starts, one in ten while it stops. */
function drawWay(chance: Chance): keyof Lane['kills'] {
  const drawn = chance.between(1, 10)
  return drawn === 1 ? 'starting' : drawn === 2 ? 'stopping' : 'answering'
}

async function renew(ground: Ground, house: House, turn: number): Promise<void> {
  const { purchasers, keys } = await renewPurchasers({ books: ground.books, house, oldKeys: ground.oldKeys, blocks: ground.options.blocks }, turn)
  ground.purchasers = purchasers
  ground.oldKeys = keys
}

async function lifeAndDeath(ground: Ground, turn: number, way: 'answering' | 'stopping'): Promise<void> {
  const { chance, books, vendor, options } = ground
  const gateway = await startGateway(ground.gateway)
  const house = visit(gateway)
  await checkRestart(books, house)
  if (ground.purchasers === null || turn % killsPerGeneration === 0) await renew(ground, house, turn)
  if (ground.purchasers === null) throw new Error('nobody can call')
  const load = startLoad({ origin: gateway.origin, prefix: `${options.number}.${turn}`, purchasers: ground.purchasers, chance, books })
  // After so many answers rather than so many milliseconds: the same mix on a fast and on a busy machine.
  await load.answered(chance.between(0, answersMax))
  await pause(chance.between(0, 25))
  load.expectDeath()
  await die(gateway, way === 'stopping' ? chance.between(1, 60) : null)
  await load.over
  while (vendor.running > 0) await pause(2)
  readVendorBook(books, vendor)
}

/** stopMs: it was asked to stop so long before. */
async function die(gateway: GatewayProcess, stopMs: number | null): Promise<void> {
  if (stopMs !== null) {
    process.kill(gateway.pid, 'SIGTERM')
    await pause(stopMs)
  }
  await gateway.kill9()
}

/** The last start: everything ever acknowledged is still there, and the stop is a clean one. */
async function endInPeace({ gateway, books }: Ground): Promise<void> {
  const last = await startGateway(gateway)
  const house = visit(last)
  await checkRestart(books, house)
  const ids = new Set((await rowsSince(house, 0)).map((row) => row.requestId))
  const lost = [...books.everAcknowledged].filter((id) => !ids.has(id))
  books.tally.missing += lost.length
  for (const id of lost) trouble(books.tally, `${id} was acknowledged long ago and is gone`)
  const code = await last.stop()
  if (code !== 0) trouble(books.tally, `the last stop ended with ${code}: ${last.output().slice(-500)}`)
}

function noteViolations(books: Books, found: readonly Violation[]): void {
  books.tally.violations += found.length
  for (const violation of found) trouble(books.tally, `verify: ${JSON.stringify(violation)}`)
}

const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
