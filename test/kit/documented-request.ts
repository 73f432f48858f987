// A provider's documented example request, and what the gateway sends for the same one: real deployment, wire, call room and egress.
// Promises: what is compared arrived over HTTP; only the vendor's host is replaced by one on loopback. Leaves alone: what is right.

import { createAuthorize } from '../../gateway/authorize/index.ts'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { defaultLimits } from '../../gateway/config.ts'
import type { Authorizer } from '../../gateway/contract/authorize.ts'
import type { Egress } from '../../gateway/contract/egress.ts'
import { deploymentId, requestId } from '../../gateway/contract/ids.ts'
import type { Outcome } from '../../gateway/contract/itinerary.ts'
import type { JsonObject } from '../../gateway/contract/json.ts'
import { nanoUsd } from '../../gateway/contract/money.ts'
import type { Deployment, Provider } from '../../gateway/contract/provider.ts'
import { asGuarded, type GuardedRequest, type WireId } from '../../gateway/contract/request.ts'
import { content, secret } from '../../gateway/contract/sealed.ts'
import { createEgress } from '../../gateway/egress/egress.ts'
import { toDeployment } from '../../gateway/intake/to-deployment.ts'
import { systemClock } from '../../gateway/kit/clock.ts'
import type { Providers } from '../../gateway/providers/index.ts'
import { createCall } from '../../gateway/rooms/call/call.ts'
import { createDrains } from '../../gateway/rooms/call/drains.ts'
import { wires } from '../../gateway/translate/index.ts'

export const documentedKey = 'sk-of-the-documented-example'

export interface Documented {
  /** The provider. */
  readonly id: string
  /** Which of its examples, where there are several: `vertex_ai.claude`. */
  readonly name: string
  /** The page it was transcribed from, and when. */
  readonly source: string
  readonly checked: string
  /** curl · openai-sdk: OpenAI's client with the vendor's base URL · vendor-sdk: the vendor's own client, whose source names the path. */
  readonly form: 'curl' | 'openai-sdk' | 'vendor-sdk'
  /** Where the address is each customer's own: the one the example uses. */
  readonly apiBase?: string
  /** Where the path holds it instead of the body. */
  readonly model?: string
  /** The provider's own parameters. */
  readonly params?: JsonObject
  /** What a caller sends, in OpenAI's words, where no caller speaks the vendor's. */
  readonly asked?: JsonObject
  /** What the example shows that is not part of the comparison. */
  readonly note?: string
  /** Header names are lower case; `<key>` stands where the secret goes. */
  readonly request: { readonly method: string; readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: JsonObject }
}
export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

const folder = path.join(import.meta.dirname, '../fixtures/providers')

export function readDocumented(): readonly Documented[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      ...(JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Omit<Documented, 'id' | 'name'>),
      name: name.slice(0, -'.json'.length),
    }))
    .map((one) => ({ ...one, id: one.name.split('.')[0] ?? '' }))
}

/** What leaves for the vendor when a caller sends the documented body to a deployment written `provider/model`, as LiteLLM's files write it. */
export async function sendDocumented(documented: Documented, providers: Providers): Promise<Sent> {
  const deployment = deploymentOf(documented, providers)
  const listener = await listen(documented.request.body['stream'] === true)
  const egress = createEgress({ limits: defaultLimits })
  try {
    const { origin, pathname } = new URL(deployment.baseUrl)
    const outcome = await callOnce(
      { ...deployment, baseUrl: `${listener.origin}${pathname === '/' ? '' : pathname}` },
      requestOf(documented, deployment.provider),
      egress,
    )
    const [sent] = listener.received
    if (sent === undefined) throw new Error(`${documented.id}: nothing was sent`, { cause: outcome.failure })
    return { ...sent, url: `${origin}${sent.url}` }
  } finally {
    await egress.close()
    await listener.close()
  }
}

function deploymentOf({ id, apiBase, model = '', params = {}, request }: Documented, providers: Providers): Deployment {
  const named = model === '' ? String(request.body['model']) : model
  const entry = {
    id: deploymentId('d'),
    modelName: 'public-name',
    params: { ...params, model: `${id}/${named}`, ...(apiBase === undefined ? {} : { api_base: apiBase }) },
  }
  const provider = providers.find(id)
  // A token that is fetched, or a signature, stands otherwise than a key.
  const keyed = Object.entries(request.headers).some(
    ([header, value]) => value.includes('<key>') && (provider?.authorizer === undefined || provider.headers('<key>')[header] === value),
  )
  return toDeployment(
    { ...entry, modelInfo: {}, credential: keyed ? 'os.environ/DOCUMENTED_KEY' : null },
    {
      findProvider: providers.find,
      readVariable: () => undefined,
      prices: {
        cardFor: () => null,
        factsFor: () => ({ contextTokensMax: null, outputTokensMax: 4096, imageTokensMax: null, fileTokensMax: null, capabilities: [] }),
      },
      credentials: new Map(),
      defaults: { timeoutMs: null, streamTimeoutMs: null, dropParams: false },
      origin: 'ledger',
    },
  )
}

function requestOf(documented: Documented, provider: Provider): GuardedRequest {
  const pathname = decodeURIComponent(new URL(documented.request.url).pathname)
  const spoken = wireIdsOf(provider).find((id) => pathname.endsWith((provider.wires[id] ?? '?').replace('{model}', documented.model ?? '')))
  if (spoken === undefined) throw new Error(`${documented.id}: no wire of ${provider.title} ends ${pathname}`)
  const wire = callersWire(spoken)
  const body = asCaller(documented.asked ?? documented.request.body, wire)
  const bytes = Buffer.from(JSON.stringify(body))
  return asGuarded({
    id: requestId('req_documented'),
    surface: 'openai',
    operation: wires[wire].operation,
    wire,
    model: 'public-name',
    stream: documented.request.body['stream'] === true,
    body: content<Uint8Array>(bytes),
    json: content<JsonObject>(body),
    bodyBytes: bytes.length,
    receivedAtMs: 0,
    trace: { traceId: null, sessionId: null, endUser: null, userAgent: null, clientIp: null, tags: [] },
  })
}

/** What a caller of the dialect sends. Google's has the model in the path; a reseller's version of another's is the vendor's own affair. */
function asCaller({ anthropic_version: _version, ...body }: JsonObject, wire: WireId): JsonObject {
  return wire.startsWith('gemini') ? body : { ...body, model: 'public-name' }
}

/** A wire that callers do not speak is reached from OpenAI's. */
function callersWire(spoken: WireId): WireId {
  if (wires[spoken].inbound !== undefined) return spoken
  return wires[spoken].operation === 'embedding' ? 'openai-embeddings' : 'openai-chat'
}

/** The longest path first: `/chat/completions` ends in `/completions` too. */
function wireIdsOf(provider: Provider): readonly WireId[] {
  return Object.values(wires)
    .map((wire) => wire.id)
    .filter((id) => provider.wires[id] !== undefined)
    .sort((a, b) => (provider.wires[b] ?? '').length - (provider.wires[a] ?? '').length)
}

/** In the place of a token that is fetched. */
const given: Authorizer = async () => ({ headers: () => ({ authorization: `Bearer ${documentedKey}` }), secrets: [documentedKey] })
/** In the place of a signature, which is another one each second; what is signed is held against AWS's own signer elsewhere. */
const signed: Authorizer = async () => ({ headers: () => ({ authorization: `AWS4-HMAC-SHA256 ${documentedKey}` }), secrets: [documentedKey] })

async function callOnce(deployment: Deployment, request: GuardedRequest, egress: Egress): Promise<Outcome> {
  const call = createCall({
    ledger: { openAttempt: async () => ({ kind: 'opened' }), extend: async () => ({ kind: 'lost' }) },
    egress,
    wires,
    scopesOf: () => ({ scopeIds: [] }),
    authorize: createAuthorize({ readSecret: async () => secret(documentedKey), authorizers: { google: given, entra: given, aws: signed } }),
    costOf: () => nanoUsd(0),
    inputTokensMost: () => 0,
    drains: createDrains(1),
    onUsage: () => undefined,
    clock: systemClock,
    random: () => 0,
    limits: defaultLimits,
  })
  return await call({
    request,
    itinerary: { attempts: [{ deployment, reason: 'first' }] },
    hold: {
      requestId: request.id,
      money: Promise.resolve({ nanoUsd: nanoUsd(0), outputTokensMax: null, outputTokensHeld: null }),
      outputTokensExpected: null,
      bound: { mediaBytes: 0, images: 0, files: 0, outputTokensMax: undefined, choices: 1, unbounded: [] },
      groups: [{ name: 'public-name', deployments: [deployment], fallbacks: [] }],
      release: () => undefined,
    },
    reply: {
      gone: new AbortController().signal,
      started: false,
      start: () => undefined,
      write: async () => undefined,
      end: () => undefined,
      cut: () => undefined,
    },
    arrivedUs: systemClock.monotonicUs(),
  })
}

interface Listener {
  readonly origin: string
  readonly received: Sent[]
  close(): Promise<void>
}
/** Answers anything; what it was sent is the point. */
async function listen(stream: boolean): Promise<Listener> {
  const received: Sent[] = []
  const server = createServer((message, response) => {
    const pieces: Buffer[] = []
    message.on('data', (piece: Buffer) => void pieces.push(piece))
    message.on('end', () => {
      const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]))
      received.push({ method: message.method ?? '', url: message.url ?? '', headers, body: JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown })
      response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
      response.end(stream ? 'data: [DONE]\n\n' : '{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, received, close: () => new Promise((resolve) => server.close(() => resolve())) }
}
