// A call the gateway makes to itself: the panel's test button, through the same corridor as everybody's traffic.
// Promises: at most a few output tokens; recorded and priced like any request, under the system key `panel`.
// Leaves alone: when to call (an explicit act of an administrator).

import type { Caller } from '../contract/caller.ts'
import type { Clock } from '../contract/clock.ts'
import type { RequestId } from '../contract/ids.ts'
import type { JsonObject } from '../contract/json.ts'
import type { Deployment } from '../contract/provider.ts'
import type { Reply } from '../contract/reply.ts'
import type { InferenceRequest } from '../contract/request.ts'
import { content } from '../contract/sealed.ts'
import type { Flow } from '../flow.ts'
import { toGatewayError } from './fail.ts'

export interface HouseCallTools {
  readonly flow: Flow
  readonly caller: () => Caller
  readonly newRequestId: () => RequestId
  readonly clock: Clock
}
export interface HouseCallResult {
  readonly ok: boolean
  readonly status: number
  readonly requestId: string
  readonly message: string
  readonly durationMs: number
}

// Some reasoning models refuse a cap below 16.
const testTokensMax = 16

export function createHouseCall(tools: HouseCallTools): (deployment: Deployment, gone: AbortSignal) => Promise<HouseCallResult> {
  return async (deployment, gone) => {
    const arrivedUs = tools.clock.monotonicUs()
    const question = questionFor(deployment)
    if (question === null) return { ok: false, status: 400, requestId: '', message: untested, durationMs: 0 }
    const request = toRequest(deployment, question, tools)
    const reply = collectReply(gone)
    const answer = (facts: { ok: boolean; status: number; message: string }): HouseCallResult => ({
      ...facts,
      requestId: request.id,
      durationMs: (tools.clock.monotonicUs() - arrivedUs) / 1000,
    })
    try {
      await tools.flow({ request, credential: null, vouched: tools.caller(), arrivedUs }, reply)
      return answer({ ok: true, status: reply.status, message: `${deployment.provider.title} answered.` })
    } catch (error) {
      const failure = toGatewayError(error)
      return answer({ ok: false, status: failure.status, message: failure.message })
    }
  }
}

function toRequest(deployment: Deployment, { operation, wire, asked }: Question, tools: HouseCallTools): InferenceRequest {
  const json: JsonObject = { model: deployment.modelName, ...asked }
  const body = Buffer.from(JSON.stringify(json))
  return {
    id: tools.newRequestId(),
    surface: 'openai',
    operation,
    wire,
    model: deployment.modelName,
    stream: false,
    body: content(body),
    json: content(json),
    bodyBytes: body.length,
    receivedAtMs: tools.clock.nowMs(),
    pinned: deployment.id,
    trace: { traceId: null, sessionId: null, endUser: null, userAgent: 'Tollgate panel', clientIp: null, tags: [] },
  }
}

type Question = Pick<InferenceRequest, 'operation' | 'wire'> & { readonly asked: JsonObject }

const untested = 'A model of this kind is not tested: it would have to be sold a picture or sent a recording. Call it once with a key.'

/** By LiteLLM's words for modes (model_prices_and_context_window.json, as known 2026-11-21). null: no question is cheap enough. */
function questionFor({ modelInfo, provider }: Deployment): Question | null {
  if (modelInfo['mode'] === 'image_generation' || modelInfo['mode'] === 'image_edit' || modelInfo['mode'] === 'audio_transcription') return null
  if (modelInfo['mode'] === 'audio_speech') return { operation: 'speech', wire: 'openai-speech', asked: { input: 'ping', voice: 'alloy' } }
  if (modelInfo['mode'] === 'moderation') return { operation: 'moderation', wire: 'openai-moderations', asked: { input: 'ping' } }
  if (modelInfo['mode'] === 'embedding') return { operation: 'embedding', wire: 'openai-embeddings', asked: { input: 'ping' } }
  if (modelInfo['mode'] === 'rerank') return { operation: 'rerank', wire: 'cohere-rerank', asked: { query: 'ping', documents: ['pong'] } }
  const capField = provider.quirks.outputCapField ?? 'max_tokens'
  return { operation: 'chat', wire: 'openai-chat', asked: { messages: [{ role: 'user', content: 'ping' }], [capField]: testTokensMax } }
}

function collectReply(gone: AbortSignal): Reply & { status: number } {
  return {
    gone,
    started: false,
    status: 0,
    start(status) {
      this.status = status
    },
    write: async () => undefined,
    end: () => undefined,
    cut: () => undefined,
  }
}
