// Inside the namespace: bad addresses as base URLs, in callers' bodies, as redirects and behind a name server that flips, and who arrived at the sink.
// Promises: the gateway's own source, with a defect put into it when one is asked for; prints one line of JSON.
// Leaves alone: making the namespace, and judging (ssrf.ts).

import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Egress } from '../../gateway/contract/egress.ts'
import { startHouse, type House } from '../kit/house.ts'
import { createChance } from '../kit/random.ts'
import { drawNeighbours, drawTargets, spell } from './ssrf-corpus.ts'
import { openNameServer, openSink, openVendor, vendorAddress, type NameServer } from './ssrf-ground.ts'
import type { SsrfFound, SsrfOrder } from './ssrf.ts'

const order = JSON.parse(process.argv[2] ?? '{}') as SsrfOrder
if (order.defect !== null) plant(order.defect)
const { createEgress } = await import('../../gateway/egress/egress.ts')
const { parseBaseUrl } = await import('../../gateway/intake/base-url.ts')
const { defaultLimits } = await import('../../gateway/config.ts')

const speech = {
  ...{ id: 'chat-1', object: 'chat.completion', created: 1, model: 'm' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
}
const chance = createChance(0, order.seed)
const targets = drawTargets(chance, order.addresses)
const neighbours = drawNeighbours(chance, Math.ceil(order.addresses / 10))
const sink = await openSink([80, 443])
const stray: string[] = []
let replies: { status: number; headers: Record<string, string>; body: string } | null = null
let heard = 0
const port = await openVendor((request, response) => {
  heard += 1
  const said = replies ?? { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(speech) }
  request.resume().on('end', () => response.writeHead(said.status, { connection: 'close', ...said.headers }).end(said.body))
}, stray)
const marks: string[] = []
const arrived = (): number => sink.arrived.length + stray.length
const counted = async (name: string, work: () => Promise<number>): Promise<void> => {
  const before = arrived()
  const tried = await work()
  await new Promise((resolve) => setTimeout(resolve, 50))
  marks.push(`${name}: ${tried} tried, ${arrived() - before} packets at the sink`)
}
const nameServer = await openNameServer()
const egress = createEgress({ limits: { ...defaultLimits, upstreamConnectTimeoutMs: 500 }, lookup: nameServer.lookup })

await counted('base URLs', async () => await tryBaseUrls(egress))
await counted('a name server that flips', async () => await tryNames(egress, nameServer))
const house = await startHouse({ config: configFor(port), env: { VENDOR_KEY: 'sk-vendor' } })
await counted('image and file URLs in bodies', async () => await tryBodies(house))
await counted('redirects', async () => await tryRedirects(house))
await house.stop()
const first = [...sink.arrived, ...stray].slice(0, 5)
const found: SsrfFound = { packets: arrived(), first, spellings: targets.length * 12, names: nameServer.asked, vendorCalls: heard, marks }
process.stdout.write(`${JSON.stringify(found)}\n`)
process.exit(0)

async function send(by: Egress, baseUrl: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(2000)
    const reply = await by.send({
      ...{ title: 'Vendor', baseUrl, path: '/', method: 'GET', headers: {}, body: null, signal },
      ...{ headersTimeoutMs: 1000, idleTimeoutMs: 1000, bodyBytesMax: 1000 },
    })
    for await (const _piece of reply.body) break
    return true
  } catch {
    // Refused, or nothing to connect to: what counts is who arrived.
    return false
  }
}

/** As an administrator's entry is read, and as something that got past that would be. */
async function tryBaseUrls(by: Egress): Promise<number> {
  let tried = 0
  for (const url of targets.flatMap(spell)) {
    await send(by, url)
    try {
      await send(by, parseBaseUrl(url))
    } catch {
      // Not an address at all.
    }
    tried += 1
  }
  return tried
}

async function tryNames(by: Egress, names: NameServer): Promise<number> {
  let reached = 0
  for (const [index, { address }] of targets.entries()) {
    const name = `n${index}.example`
    names.say(name, [[vendorAddress], [address], [vendorAddress, address], [address, vendorAddress]])
    for (let turn = 0; turn < 4; turn += 1) if ((await send(by, `http://${name}:${port}/`)) && turn === 0) reached += 1
  }
  for (const [index, { address }] of neighbours.entries()) {
    if (!address.startsWith('127.')) continue
    const name = `here${index}.example`
    names.say(name, [[vendorAddress], [address]])
    for (let turn = 0; turn < 2; turn += 1) await send(by, `http://${name}:${port}/`)
  }
  // A name server that is never believed proves nothing.
  if (reached !== targets.length) throw new Error(`the vendor was reached for ${reached} of ${targets.length} names before they flipped`)
  return targets.length * 4
}

/** Many in one request; each dialect has a place for them. */
async function tryBodies({ gateway }: House): Promise<number> {
  const urls = [...targets, ...neighbours].flatMap(spell)
  const headers = { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' }
  const post = async (path: string, body: unknown): Promise<void> =>
    void (await (await fetch(`${gateway.origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).arrayBuffer())
  for (let index = 0; index < urls.length; index += 40)
    for (const model of ['openai-m', 'anthropic-m', 'gemini-m', 'ollama-m']) {
      const some = urls.slice(index, index + 40)
      await post('/v1/chat/completions', { model, messages: [{ role: 'user', content: some.map((url) => ({ type: 'image_url', image_url: { url } })) }] })
      await post('/v1/messages', {
        ...{ model, max_tokens: 5 },
        messages: [{ role: 'user', content: some.flatMap((url) => ['image', 'document'].map((type) => ({ type, source: { type: 'url', url } }))) }],
      })
      const parts = some.map((url) => ({ fileData: { fileUri: url, mimeType: 'image/png' } }))
      await post(`/v1beta/models/${model}:generateContent`, { contents: [{ role: 'user', parts }] })
      const content = some.flatMap((url) => [
        { type: 'input_image', image_url: url },
        { type: 'input_file', file_url: url },
      ])
      await post('/v1/responses', { model, input: [{ role: 'user', content }] })
      await post('/api/chat', { model, messages: [{ role: 'user', content: 'x', images: some }] })
    }
  return urls.length
}

async function tryRedirects({ gateway }: House): Promise<number> {
  const urls = [...targets, ...neighbours].flatMap(spell)
  const headers = { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' }
  for (const [index, url] of urls.entries()) {
    const location = encodeURI(url).replace(/%25/g, '%')
    const status = [301, 302, 303, 307, 308, 200, 200][index % 7] ?? 302
    const page = `<meta http-equiv="refresh" content="0;url=${url}">`
    replies = { status, headers: status === 200 && index % 7 === 5 ? { refresh: `0;url=${location}` } : { location, 'content-type': 'text/html' }, body: page }
    const body = JSON.stringify({ model: 'openai-m', messages: [{ role: 'user', content: 'hi' }] })
    await (await fetch(`${gateway.origin}/v1/chat/completions`, { method: 'POST', headers, body })).arrayBuffer()
  }
  replies = null
  return urls.length
}

function configFor(vendorPort: number): string {
  const models = [
    ['openai-m', 'openai/m', '/v1'],
    ['anthropic-m', 'anthropic/m', ''],
    ['gemini-m', 'gemini/m', '/v1beta'],
    ['ollama-m', 'ollama/m', ''],
  ]
  const entries = models.map(
    ([name, model, path]) =>
      `  - { model_name: ${name}, litellm_params: { model: ${model}, api_base: "http://127.0.0.1:${vendorPort}${path}", api_key: os.environ/VENDOR_KEY } }`,
  )
  return `model_list:\n${entries.join('\n')}\nrouter_settings: { num_retries: 0 }\n`
}

function plant(defect: NonNullable<SsrfOrder['defect']>): void {
  const place = new URL(`../../gateway/egress/${defect.file}`, import.meta.url).href
  if (!readFileSync(fileURLToPath(place), 'utf8').includes(defect.find)) throw new Error(`the place of the defect "${defect.name}" is gone`)
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      if (url !== place) return loaded
      return { ...loaded, source: String(loaded.source).replace(defect.find, defect.put) }
    },
  })
}
