// Sampling by the names that OpenAI gave it, which Ollama and the older completions share.
// Promises: what is read is checked, and what was not said is not written. Leaves alone: which of it a vendor takes, and its limits.

import type { ChatRequest } from '../contract/chat.ts'
import type { JsonObject } from '../contract/json.ts'
import { optionalNumber, present } from './fields.ts'

export const samplingFields = ['temperature', 'top_p', 'top_k', 'seed', 'frequency_penalty', 'presence_penalty'] as const

type Sampling = Pick<ChatRequest, 'temperature' | 'topP' | 'topK' | 'seed' | 'frequencyPenalty' | 'presencePenalty'>

/** @throws GatewayError invalid_request naming the field */
export function readSampling(body: JsonObject): Sampling {
  return present({
    temperature: optionalNumber(body['temperature'], 'temperature'),
    topP: optionalNumber(body['top_p'], 'top_p'),
    topK: optionalNumber(body['top_k'], 'top_k'),
    seed: optionalNumber(body['seed'], 'seed'),
    frequencyPenalty: optionalNumber(body['frequency_penalty'], 'frequency_penalty'),
    presencePenalty: optionalNumber(body['presence_penalty'], 'presence_penalty'),
  })
}

export function writeSampling(request: Sampling): Readonly<Record<(typeof samplingFields)[number], number | undefined>> {
  return {
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
  }
}
