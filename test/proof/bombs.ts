// Proof that compressed bodies cannot grow inside the gateway: bombs of four codecs and a thousand layers, from callers and from vendors of two dialects,
// streamed and whole, one after another and several at once.
// Promises: a real gateway over real HTTP; its memory is read from the system while the bombs arrive; a plain gzip body in either direction still works,
// so that a gateway that refuses everything does not pass; who gets no answer in time is a fault, not a wait. Leaves alone: bodies that are merely large.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startHouse, type House } from '../kit/house.ts'
import { readMemoryMb } from '../load/processes.ts'
import { makeBombs, packPlain, type Bomb } from './bombs-made.ts'
import type { ProofLine } from './line.ts'

const grownMbMax = 64
const answerMsMax = 1000
/** Whoever has no answer by then is not waited for. */
const silenceMs = 20_000
/** Compiled and grown to its working size: what comes after is the bombs' doing. */
const warmUps = 100
const together = 8

/** A whole call of each dialect of a vendor, and a streamed one. */
const forms = [
  { model: 'plain', stream: false },
  { model: 'plain', stream: true },
  { model: 'claude', stream: false },
  { model: 'claude', stream: true },
] as const
type CallForm = (typeof forms)[number]
const said = ({ model, stream }: CallForm): string => `${model}, ${stream ? 'streamed' : 'whole'}`

interface Tally {
  readonly wrong: string[]
  slowestMs: number
  asked: number
}

export async function proveBombs(options: { readonly log: (line: string) => void; readonly short?: boolean }): Promise<ProofLine> {
  const { short = false, log } = options
  const bombs = makeBombs(short ? 10 : 100)
  const vendor = await startBomber()
  const house = await startHouse({ config: configFor(vendor.server), env: { VENDOR_KEY: 'sk-vendor' }, from: short ? 'source' : 'dist' })
  const tally: Tally = { wrong: [], slowestMs: 0, asked: 0 }
  try {
    const { key } = await house.key({})
    const send = async (body: Bomb): Promise<Told> => await ask(house, key, body)
    const works = async (): Promise<boolean> => {
      vendor.load(plainReply)
      return (await send(plainCall(forms[0]))).status === 200
    }
    for (let turn = 0; turn < warmUps; turn += 1) {
      if ((await Promise.all(Array.from({ length: together }, works))).includes(false)) tally.wrong.push('a plain gzip body does not arrive')
      await Promise.all(forms.map(async (form) => await send(plainCall(form))))
    }
    // One after another from the size of small calls; then several at once, from the size that this left.
    const grown: (number | null)[] = []
    for (const throwBomb of [throwOne, throwSeveral]) {
      const memory = watchMemory(house.gateway.pid)
      for (let round = 0; round < (short ? 1 : 10); round += 1)
        for (const bomb of bombs) {
          await throwBomb(bomb, { vendor, send, tally })
          if (tally.wrong.length > 0) log(`bombs: ${tally.wrong.at(-1) ?? ''}`)
        }
      grown.push(memory.end())
    }
    const known = grown.filter((mb) => mb !== null)
    log(`bombs: ${grown.map((mb) => mb?.toFixed(1) ?? 'unknown').join(' MB more one after another, ')} MB more ${together} at once`)
    const grownMb = known.length === 0 ? null : Math.max(...known)
    if (!(await works())) tally.wrong.push('afterwards a plain gzip body does not arrive')
    log(`${bombs.length} kinds of bombs, ${tally.asked} of them, both directions`)
    return toLine(tally, grownMb)
  } finally {
    await house.stop()
    vendor.server.closeAllConnections()
    vendor.server.close()
  }
}

interface Scene {
  readonly vendor: Bomber
  readonly send: (body: Bomb) => Promise<Told>
  readonly tally: Tally
}

/** From the vendor in every form, and from a caller. */
async function throwOne(bomb: Bomb, { vendor, send, tally }: Scene): Promise<void> {
  vendor.load(bomb)
  for (const form of forms) judge(await send(plainCall(form)), { bomb, from: `a vendor (${said(form)})`, tally })
  vendor.load(plainReply)
  judge(await send(bomb), { bomb, from: 'a caller', tally })
}

async function throwSeveral(bomb: Bomb, { vendor, send, tally }: Scene): Promise<void> {
  vendor.load(bomb)
  const all = async (body: Bomb): Promise<readonly Told[]> => await Promise.all(Array.from({ length: together }, async () => await send(body)))
  for (const told of await all(plainCall(forms[0]))) judge(told, { bomb, from: `${together} vendors`, tally })
  vendor.load(plainReply)
  for (const told of await all(bomb)) judge(told, { bomb, from: `${together} callers`, tally })
}

function judge({ status, ms }: Told, { bomb, from, tally }: { readonly bomb: Bomb; readonly from: string; readonly tally: Tally }): void {
  tally.asked += 1
  tally.slowestMs = Math.max(tally.slowestMs, ms)
  if (status < 400 || status === 500) tally.wrong.push(`${bomb.name} of ${from} was answered with ${status}`)
  if (status === silent) tally.wrong.push(`${bomb.name} of ${from} was not answered within ${silenceMs / 1000} s`)
  else if (ms > answerMsMax) tally.wrong.push(`${bomb.name} of ${from} was refused after ${ms.toFixed(0)} ms`)
}

function toLine({ wrong, slowestMs, asked }: Tally, grownMb: number | null): ProofLine {
  return {
    name: 'compressed bombs, both directions',
    figure: `${grownMb?.toFixed(1) ?? 'unknown'} MB more at most, slowest refusal ${slowestMs.toFixed(0)} ms, ${wrong.length} wrong answers (${asked} bombs, up to ${together} at once)`,
    target: `at most ${grownMbMax} MB, ${answerMsMax} ms, 0`,
    ok: (grownMb === null || grownMb <= grownMbMax) && wrong.length === 0,
    seed: null,
    detail: [...new Set(wrong)],
  }
}

interface Bomber {
  readonly server: Server
  /** What it answers from now on. */
  load(bomb: Bomb): void
}

async function startBomber(): Promise<Bomber> {
  let loaded = plainReply
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString('latin1')))
    request.on('end', () => {
      const type = /"stream":\s*true/.test(body) ? 'text/event-stream' : 'application/json'
      response.writeHead(200, { 'content-type': type, 'content-encoding': loaded.encoding }).end(loaded.bytes)
    })
    response.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, load: (bomb) => void (loaded = bomb) }
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

const configFor = (vendor: Server): string => {
  const origin = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
  return `
model_list:
  - model_name: plain
    litellm_params: { model: openai/plain, api_base: "${origin}/v1", api_key: os.environ/VENDOR_KEY }
  - model_name: claude
    litellm_params: { model: anthropic/claude-x, api_base: "${origin}", api_key: os.environ/VENDOR_KEY }
router_settings: { num_retries: 0 }
`
}
const plainReply = packPlain({
  ...{ id: 'chat-1', object: 'chat.completion', created: 1, model: 'plain' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
})
const plainCall = ({ model, stream }: CallForm, content = 'Hello'): Bomb => packPlain({ model, stream, messages: [{ role: 'user', content }] })

interface Told {
  readonly status: number
  readonly ms: number
}
/** Instead of a status: an error as an event. */
const refusedInStream = 498
/** A gateway that closes the connection on a body it will not read has refused it as well; the plain bodies show that it goes on. */
const closed = 499
const silent = 599

async function ask(house: House, key: string, body: Bomb): Promise<Told> {
  const startedMs = performance.now()
  const signal = AbortSignal.timeout(silenceMs)
  const status = await fetch(`${house.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-encoding': body.encoding },
    body: body.bytes,
    signal,
  })
    .then(async (response) => {
      const text = await response.text()
      // A stream that had begun ends with an error as an event.
      return text.includes('"error"') ? Math.max(response.status, refusedInStream) : response.status
    })
    .catch(() => (signal.aborted ? silent : closed))
  return { status, ms: performance.now() - startedMs }
}
