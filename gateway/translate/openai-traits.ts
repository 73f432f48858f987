// What a model of OpenAI's takes of sampling, by the generation in its name. Callers of other dialects send it as a matter of course, and do not know.
// Promises: nothing is sent that the model answers 400 to, and what is lost is named; a name that is none of OpenAI's keeps all of it.
// Leaves alone: passing requests, logprobs. Source: https://platform.openai.com/docs/guides/latest-model#gpt-54-parameter-compatibility; "Unsupported
// parameter: 'top_p' is not supported with this model" (github.com/chatboxai/chatbox/issues/2627), as known 2026-11-22.

import type { ChatRequest } from '../contract/chat.ts'
import type { JsonObject } from '../contract/json.ts'
import { namesOf } from './defaults.ts'

/** never: it always reasons · unreasoned: as long as it does not reason, which newer ones do only when asked · always: it is an older one, or nobody knows. */
function samples(model: string): 'never' | 'unreasoned' | 'always' {
  const name = model.toLowerCase().replace(/^ft:/, '')
  if (/^(?:o\d|gpt-5(?!-chat|\.\d)|gpt-[\d.]+-(?:codex|pro))(?:$|-)/.test(name)) return 'never'
  return /^gpt-(?:5\.\d|[6-9]|\d\d)/.test(name) && !name.includes('-chat') ? 'unreasoned' : 'always'
}

/** The request without what the model refuses. `effort`: as it will be asked for. */
export function withTakenSampling(
  request: ChatRequest,
  model: string,
  effort: string | undefined,
): { readonly kept: ChatRequest; readonly dropped: readonly string[] } {
  const takes = samples(model)
  if (takes === 'always' || (takes === 'unreasoned' && (effort === undefined || effort === 'none'))) return { kept: request, dropped: [] }
  const { temperature, topP, frequencyPenalty, presencePenalty, ...kept } = request
  const lost: JsonObject = {
    temperature: temperature === 1 ? undefined : temperature,
    top_p: topP === 1 ? undefined : topP,
    frequency_penalty: frequencyPenalty,
    presence_penalty: presencePenalty,
    stop: takes === 'never' ? request.stop : undefined,
  }
  return { kept: takes === 'never' ? { ...kept, stop: [] } : kept, dropped: namesOf(lost) }
}
