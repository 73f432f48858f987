// Legacy completion bodies: their bound, their reading as a chat, and their writing.
// Promises: what a chat cannot do (several prompts, echo, suffix, logprobs, best_of) is refused by name.
// Leaves alone: same-dialect traffic.

import type { ChatRequest, PivotRequest } from '../../contract/chat.ts'
import { listOf, numberOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { RequestBound, WriteTarget, WrittenRequest } from '../../contract/wire.ts'
import { asChat, namesOf, outputCap, withDefaults } from '../defaults.ts'
import { invalid, optionalBoolean, optionalCount, optionalNumber, optionalText, optionalTexts, present, rest } from '../fields.ts'
import { boundChoices, boundOutput, nameFields } from '../openai-chat/bound.ts'
import { readSampling, samplingFields } from '../sampling.ts'

/**
 * Without `max_tokens` OpenAI stops after 16 tokens, but local engines go on to the model's maximum, so the cap stays undefined. `best_of` candidates
 * are all generated and billed, and every prompt of a list gets its own choices.
 */
export function boundCompletion(body: JsonObject): RequestBound {
  const unbounded: string[] = []
  nameFields(body, { unbounded })
  const choices = boundChoices(body, ['n', 'best_of'], unbounded) * countPrompts(body['prompt'])
  return { mediaBytes: 0, images: 0, files: 0, outputTokensMax: boundOutput(body, ['max_tokens']), choices, unbounded }
}

/** A list of numbers is one prompt in tokens; a list of strings or of such lists is many. */
function countPrompts(prompt: Json | undefined): number {
  const prompts = listOf(prompt)
  return typeof prompts[0] === 'number' ? 1 : Math.max(1, prompts.length)
}

const taken = new Set<string>([
  'model',
  'prompt',
  'stream',
  'stream_options',
  'max_tokens',
  'n',
  'best_of',
  'echo',
  'suffix',
  'logprobs',
  ...samplingFields,
  'stop',
  'user',
])

/** @throws GatewayError invalid_request naming the field */
export function readCompletion(body: JsonObject): ChatRequest {
  refuseExtras(body)
  return {
    operation: 'completion',
    dialect: 'openai',
    messages: [{ role: 'user', parts: [{ type: 'text', text: readPrompt(body['prompt']) }] }],
    tools: [],
    choices: optionalCount(body['n'], 'n') ?? 1,
    stop: optionalTexts(body['stop'], 'stop'),
    other: rest(body, taken),
    ...present({ outputTokensMax: optionalCount(body['max_tokens'], 'max_tokens'), user: optionalText(body['user'], 'user') }),
    ...readSampling(body),
  }
}

const asChatOnly = "cannot be translated: this model's provider only offers chat"

function readPrompt(value: unknown): string {
  const prompts: readonly unknown[] = Array.isArray(value) ? value : [value]
  const [only] = prompts
  if (prompts.length !== 1) throw invalid('prompt', `with several prompts ${asChatOnly}`)
  if (typeof only !== 'string') throw invalid('prompt', 'must be a string: tokens cannot be translated for this provider')
  return only
}

function refuseExtras(body: JsonObject): void {
  if (optionalBoolean(body['echo'], 'echo') === true) throw invalid('echo', asChatOnly)
  const suffix = optionalText(body['suffix'], 'suffix')
  if (suffix !== undefined && suffix !== '') throw invalid('suffix', asChatOnly)
  if (optionalNumber(body['logprobs'], 'logprobs') !== undefined) throw invalid('logprobs', asChatOnly)
  if ((optionalNumber(body['best_of'], 'best_of') ?? 1) > 1) throw invalid('best_of', asChatOnly)
}

/** The way back, for a provider with nothing but completions: one user text, no tools. */
export function writeCompletion(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = withDefaults(asChat(pivot), target.settings)
  const [message] = request.messages
  const [part] = message?.parts ?? []
  if (request.messages.length !== 1 || message?.role !== 'user' || message.parts.length !== 1 || part?.type !== 'text') {
    throw invalid('messages', "must be one user message of plain text: this model's provider only completes text")
  }
  const body: JsonObject = {
    model: target.model,
    prompt: part.text,
    ...(target.stream ? { stream: true, ...(target.quirks.noStreamUsage === true ? {} : { stream_options: { include_usage: true } }) } : {}),
    max_tokens: outputCap(request, target),
    temperature: request.temperature,
    top_p: request.topP,
    seed: numberOf(request.seed),
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    stop: request.stop.length === 0 ? undefined : request.stop,
    user: request.user,
  }
  const lost = {
    tools: request.tools.length === 0 ? undefined : true,
    response_format: request.responseFormat?.kind,
    reasoning_effort: request.reasoningEffort === 'none' ? undefined : request.reasoningEffort,
  }
  return { body, dropped: [...namesOf(lost), ...namesOf(request.other)] }
}
