// Bombs: replies and requests that are small on the wire and gigabytes when unpacked, one after another, each with the memory it costs the gateway.
// Promises: measured in the gateway's own process while the bomb is there, with the limits that users have; each is answered, by a refusal.
// Leaves alone: systems that do not tell a process's memory; there the line says so.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { startHouse, type House } from '../kit/house.ts'
import { readMemoryMb } from '../load/processes.ts'
import type { ProofLine } from './line.ts'

export interface BombOptions {
  readonly seed: number
  readonly short: boolean
  readonly log: (line: string) => void
}
interface Bomb {
  readonly name: string
  readonly encoding: string
  readonly bytes: Uint8Array
}

const mib = 1024 * 1024
const blockBytes = 64 * mib
const growthMaxMb = 64
const sampleMs = 10
/** At once, where many small ones are meant to add up. */
const togetherCount = 8

/** One block many times over: gzip allows any number of members behind each other (RFC 1952, section 2.2). */
function gzipOf(times: number): Uint8Array {
  const member = gzipSync(Buffer.alloc(blockBytes, 0x20))
  return Buffer.concat(Array.from({ length: times }, () => member))
}

/** short: a gigabyte or less; else ten megabytes that become ten gigabytes. */
function makeBombs(short: boolean): readonly Bomb[] {
  const block = Buffer.alloc(blockBytes, 0x20)
  const large = gzipOf(short ? 16 : 160)
  return [
    { name: 'gzip', encoding: 'gzip', bytes: large },
    { name: 'gzip in gzip', encoding: 'gzip', bytes: gzipSync(large) },
    { name: 'gzip, gzip', encoding: 'gzip, gzip', bytes: gzipSync(large) },
    { name: 'brotli', encoding: 'br', bytes: brotliCompressSync(block) },
    { name: 'zstd', encoding: 'zstd', bytes: zstdCompressSync(block) },
    { name: 'deflate', encoding: 'deflate', bytes: deflateSync(block) },
  ]
}

export async function proveBombs({ seed, short, log }: BombOptions): Promise<readonly ProofLine[]> {
  const bombs = makeBombs(short)
  const vendor = await startBomber(bombs)
  const { port } = vendor.address() as AddressInfo
  const config = `model_list:
  - model_name: plain
    litellm_params: { model: openai/vendor-chat, api_base: "http://127.0.0.1:${port}/v1", api_key: sk-vendor }
  - model_name: claude
    litellm_params: { model: anthropic/vendor-claude, api_base: "http://127.0.0.1:${port}", api_key: sk-vendor }
router_settings: { num_retries: 0 }
`
  const house = await startHouse({ config, from: short ? 'source' : 'dist' })
  try {
    const { key } = await house.key()
    const found: Felt[] = []
    await warmUp(house, key)
    for (const bomb of bombs) {
      for (const model of ['plain', 'claude'])
        for (const stream of [false, true])
          found.push(
            await feel(house, `${bomb.name} from ${model}, ${stream ? 'streamed' : 'whole'}`, async () => [
              await ask(house, key, { bomb: bombs.indexOf(bomb), model, stream }),
            ]),
          )
    }
    const requests = bombs.filter(({ encoding }) => encoding.startsWith('gzip'))
    for (const bomb of requests) found.push(await feel(house, `${bomb.name} in a request`, async () => [await send(house, key, bomb)]))
    const [first] = requests
    if (first !== undefined)
      found.push(
        await feel(house, `${togetherCount} requests of gzip at once`, async () =>
          Promise.all(Array.from({ length: togetherCount }, async () => send(house, key, first))),
        ),
      )
    for (const { name, growthMb, statuses } of found) log(`bomb: ${name}: ${growthMb?.toFixed(0) ?? '?'} MB, ${statuses.join(' ')}`)
    return [toLine(found, seed)]
  } finally {
    await house.stop()
    vendor.closeAllConnections()
    vendor.close()
  }
}

async function startBomber(bombs: readonly Bomb[]): Promise<Server> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString('latin1')))
    request.on('end', () => {
      const bomb = bombs[Number(/\[\[bomb (\d+)\]\]/.exec(body)?.[1] ?? Number.NaN)]
      const contentType = /"stream":\s*true/.test(body) ? 'text/event-stream' : 'application/json'
      // Not a bomb: nothing that a client could use.
      if (bomb === undefined) return response.writeHead(200, { 'content-type': contentType }).end('{}')
      response.writeHead(200, { 'content-type': contentType, 'content-encoding': bomb.encoding }).end(bomb.bytes)
    })
    response.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

interface Asked {
  /** Its place in the list; null for none. */
  readonly bomb: number | null
  readonly model: string
  readonly stream: boolean
}

async function ask(house: House, key: string, { bomb, model, stream }: Asked): Promise<number> {
  const content = bomb === null ? 'hello' : `[[bomb ${bomb}]] hello`
  return (await house.chat(key, { model, stream, messages: [{ role: 'user', content }] })).status
}

async function send(house: House, key: string, bomb: Bomb): Promise<number> {
  const response = await fetch(`${house.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', authorization: `Bearer ${key}` },
    body: bomb.bytes,
  }).catch(() => null)
  await response?.text().catch(() => '')
  return response?.status ?? 0
}

interface Felt {
  readonly name: string
  /** null: this system does not tell. */
  readonly growthMb: number | null
  readonly statuses: readonly number[]
}

/** What has been compiled and allocated by then does not count for a bomb. */
async function warmUp(house: House, key: string): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1)
    for (const model of ['plain', 'claude']) for (const stream of [false, true]) await ask(house, key, { bomb: null, model, stream })
}

async function feel(house: House, name: string, work: () => Promise<readonly number[]>): Promise<Felt> {
  const { pid } = house.gateway
  const before = readMemoryMb(pid)
  let most = before
  const timer = setInterval(() => {
    const now = readMemoryMb(pid)
    if (now !== null && most !== null) most = Math.max(most, now)
  }, sampleMs)
  const statuses = await work()
  clearInterval(timer)
  const after = readMemoryMb(pid)
  return { name, statuses, growthMb: before === null || most === null || after === null ? null : Math.max(most, after) - before }
}

function toLine(found: readonly Felt[], seed: number): ProofLine {
  const worst = found.reduce<Felt | null>((most, one) => ((one.growthMb ?? 0) > (most?.growthMb ?? -1) ? one : most), null)
  const unmeasured = found.some(({ growthMb }) => growthMb === null)
  // A request may be answered by nothing when its bytes are still coming; a reply's caller never.
  const wrong = found.filter(({ statuses }) => statuses.some((status) => status !== 0 && (status < 400 || status === 500)))
  return {
    name: 'Hostile replies: bombs',
    figure: unmeasured
      ? 'this system does not tell what a process holds'
      : `at most ${worst?.growthMb?.toFixed(0) ?? '?'} MB more (${worst?.name ?? ''}) over ${found.length} bombs; ${wrong.length} were swallowed`,
    target: `at most ${growthMaxMb} MB, each refused`,
    ok: wrong.length === 0 && (unmeasured || (worst?.growthMb ?? Number.NaN) <= growthMaxMb),
    seed: String(seed),
    detail: found.map(({ name, growthMb, statuses }) => `${name}: ${growthMb?.toFixed(1) ?? '?'} MB, answered ${statuses.join(' ')}`),
  }
}
