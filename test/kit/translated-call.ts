// A call that is translated for a provider, without a gateway around it: its request, its deployment, the exchange between the two.
// Promises: the wires are the real ones. Leaves alone: dialling, money.

import { deploymentId, requestId } from '../../gateway/contract/ids.ts'
import type { JsonObject } from '../../gateway/contract/json.ts'
import type { Deployment, Provider } from '../../gateway/contract/provider.ts'
import { asGuarded, type GuardedRequest, type InferenceRequest } from '../../gateway/contract/request.ts'
import { content } from '../../gateway/contract/sealed.ts'
import { createExchange, type Exchange } from '../../gateway/rooms/call/exchange.ts'
import { wires } from '../../gateway/translate/index.ts'
import { plainBound } from './plain-bound.ts'

export function requestOf(json: JsonObject, more: Partial<InferenceRequest> = {}): GuardedRequest {
  return asGuarded({
    id: requestId('req_1'),
    surface: 'openai',
    operation: 'chat',
    wire: 'openai-chat',
    model: 'm',
    stream: false,
    body: content(Buffer.from(JSON.stringify(json))),
    json: content(json),
    bodyBytes: 100,
    receivedAtMs: 0,
    trace: { traceId: null, sessionId: null, endUser: null, userAgent: null, clientIp: null, tags: [] },
    ...more,
  })
}

export const deploymentOf = (provider: Provider, upstreamModel: string): Deployment => ({
  id: deploymentId('d'),
  modelName: 'm',
  provider,
  upstreamModel,
  baseUrl: 'http://vendor.example/v1beta',
  credential: null,
  secrets: {},
  place: {},
  weight: 1,
  timeoutMs: null,
  streamTimeoutMs: null,
  dropParams: true,
  extraHeaders: {},
  settings: {},
  price: null,
  origin: 'ledger',
  modelInfo: {},
  facts: { contextTokensMax: null, outputTokensMax: 100, imageTokensMax: null, fileTokensMax: null, capabilities: [] },
})

export const exchangeBetween = (request: GuardedRequest, deployment: Deployment): Exchange =>
  createExchange({ request, deployment, bound: plainBound, outputTokensMax: null }, wires)
