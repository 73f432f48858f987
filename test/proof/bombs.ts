// Proof that compressed bodies cannot grow inside the gateway: bombs of four codecs and a thousand layers, from callers and from vendors.
// Promises: a real gateway over real HTTP; its memory is read from the system while the bombs arrive; a plain gzip body in either direction still works,
// so that a gateway that refuses everything does not pass. Leaves alone: bodies that are merely large.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { startHouse, type House } from '../kit/house.ts'
import { readMemoryMb } from '../load/processes.ts'
import type { ProofLine } from './line.ts'

const grownMbMax = 64
const answerMsMax = 1000
const mib = 1024 * 1024
/** Compiled and grown to its working size: what comes after is the bombs' doing. */
const warmUps = 100
const warmUpsAtOnce = 8

interface Bomb {
  readonly name: string
  readonly encoding: string
  readonly bytes: Uint8Array
}

export async function proveBombs(options: { readonly log: (line: string) => void; readonly short?: boolean }): Promise<ProofLine> {
  const rounds = options.short === true ? 2 : 20
  const bombs = makeBombs(options.short === true ? 10 : 100)
  let loaded = plain
  const vendor = createServer((request, response) => {
    const { encoding, bytes } = loaded
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(bytes))
  })
  vendor.listen(0, '127.0.0.1')
  await once(vendor, 'listening')
  const house = await startHouse({ config: configFor(vendor), env: { VENDOR_KEY: 'sk-vendor' } })
  try {
    const { key } = await house.key({})
    const wrong: string[] = []
    const works = async (): Promise<boolean> => (loaded = plain) === plain && (await ask(house, key, caller)).status === 200
    for (let turn = 0; turn < warmUps; turn += 1)
      if ((await Promise.all(Array.from({ length: warmUpsAtOnce }, works))).includes(false)) wrong.push('a plain gzip body does not arrive')
    const memory = watchMemory(house.gateway.pid)
    let slowestMs = 0
    for (const bomb of Array.from({ length: rounds }, () => bombs).flat())
      for (const direction of ['caller', 'vendor'] as const) {
        loaded = direction === 'vendor' ? bomb : plain
        const { status, ms } = await ask(house, key, direction === 'vendor' ? caller : bomb)
        slowestMs = Math.max(slowestMs, ms)
        if (status < 400) wrong.push(`${bomb.name} of a ${direction} was answered with ${status}`)
        if (ms > answerMsMax) wrong.push(`${bomb.name} of a ${direction} was refused after ${ms.toFixed(0)} ms`)
      }
    const grownMb = memory.end()
    if (!(await works())) wrong.push('afterwards a plain gzip body does not arrive')
    options.log(`${bombs.length} kinds of bombs, ${rounds} rounds, both directions`)
    return {
      name: 'compressed bombs, both directions',
      figure: `${grownMb?.toFixed(1) ?? 'unknown'} MB more at most, slowest refusal ${slowestMs.toFixed(0)} ms, ${wrong.length} wrong answers (${rounds * bombs.length * 2} bombs)`,
      target: `at most ${grownMbMax} MB, ${answerMsMax} ms, 0`,
      ok: (grownMb === null || grownMb <= grownMbMax) && wrong.length === 0,
      seed: null,
      detail: [...new Set(wrong)],
    }
  } finally {
    await house.stop()
    vendor.closeAllConnections()
    vendor.close()
  }
}

/** How much more than now it was at most; null where the system does not tell. */
function watchMemory(pid: number): { end(): number | null } {
  const before = readMemoryMb(pid)
  let most = before ?? 0
  const look = (): void => void (most = Math.max(most, readMemoryMb(pid) ?? 0))
  const timer = setInterval(look, 20)
  return {
    end() {
      clearInterval(timer)
      look()
      return before === null ? null : most - before
    },
  }
}

const configFor = (vendor: Server): string => `
model_list:
  - model_name: m
    litellm_params: { model: openai/m, api_base: "http://127.0.0.1:${(vendor.address() as AddressInfo).port}/v1", api_key: os.environ/VENDOR_KEY }
router_settings: { num_retries: 0 }
`
const reply = {
  ...{ id: 'chat-1', object: 'chat.completion', created: 1, model: 'm' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
}
const plain: Bomb = { name: 'a plain body', encoding: 'gzip', bytes: gzipSync(JSON.stringify(reply)) }
const caller: Bomb = { ...plain, bytes: gzipSync(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello' }] })) }

/** Members of a gzip body follow one another: a hundred of 100 MB are 10 MB that become 10 GB. */
function makeBombs(members: number): readonly Bomb[] {
  const blanks = Buffer.alloc(100 * mib, ' ')
  const member = gzipSync(blanks, { level: 9 })
  let layered: Uint8Array = gzipSync('{}')
  for (let layer = 1; layer < 1000; layer += 1) layered = gzipSync(layered, { level: 1 })
  return [
    { name: 'gzip', encoding: 'gzip', bytes: Buffer.concat(Array.from({ length: members }, () => member)) },
    { name: 'brotli', encoding: 'br', bytes: brotliCompressSync(blanks, { params: { 1: 5 } }) },
    { name: 'zstd', encoding: 'zstd', bytes: zstdCompressSync(blanks) },
    { name: 'deflate', encoding: 'deflate', bytes: deflateSync(blanks) },
    { name: 'a thousand layers, named', encoding: Array.from({ length: 1000 }, () => 'gzip').join(', '), bytes: layered },
    { name: 'a thousand layers, one named', encoding: 'gzip', bytes: layered },
  ]
}

async function ask(house: House, key: string, body: Bomb): Promise<{ readonly status: number; readonly ms: number }> {
  const startedMs = performance.now()
  const response = await fetch(`${house.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-encoding': body.encoding },
    body: body.bytes,
  }).catch(() => null)
  await response?.arrayBuffer()
  // A gateway that closes the connection on a body it will not read has refused it as well; the plain bodies show that it goes on.
  return { status: response?.status ?? 499, ms: performance.now() - startedMs }
}
