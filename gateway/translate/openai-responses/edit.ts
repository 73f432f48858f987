// The declared changes to a Responses body that otherwise passes byte for byte.
// Promises: only the members named in the edits change, and reasoning that was written here for another vendor is left out; with nothing to change
// the very same bytes come back. Leaves alone: usage in streams (it is always there).

import { listOf, objectOf, numberOf, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { PassEdits, PassedRequest } from '../../contract/wire.ts'
import { editObject } from '../../kit/json-scan.ts'
import { rest } from '../fields.ts'
import { editBody } from '../openai-edit.ts'
import { refuseBackground } from './read-request.ts'
import { isSealed } from './reasoning-seal.ts'

/** @throws GatewayError invalid_request for a reply in the background */
export function editResponses(raw: Uint8Array, body: JsonObject, edits: PassEdits): PassedRequest {
  refuseBackground(body)
  const passed = editBody(raw, body, {
    ...edits,
    askUsage: false,
    defaults: toDefaults(edits.defaults),
    capFields: ['max_output_tokens'],
    capField: 'max_output_tokens',
  })
  const input = listOf(body['input'])
  const kept = input.filter((item) => !isOurs(objectOf(item)))
  const told = { ...passed, pictures: passed.pictures === true || isRepeatedLong(raw, body) }
  return kept.length === input.length ? told : { ...told, body: editObject(passed.body, [{ key: 'input', json: JSON.stringify(kept) }]) }
}

/** Written otherwise (letters as their numbers, say) it may be some times as long. */
const repeatedBytesMax = 256 * 1024
const spared = new Set(['input'])

/** Three events of a stream repeat what was asked, instructions and tools above all, in one line each. */
function isRepeatedLong(raw: Uint8Array, body: JsonObject): boolean {
  return raw.length > repeatedBytesMax && Buffer.byteLength(JSON.stringify(rest(body, spared))) > repeatedBytesMax
}

/** After a change of models in mid-conversation: the vendor could not open it and would refuse the request. */
function isOurs(item: JsonObject | undefined): boolean {
  return item?.['type'] === 'reasoning' && (isSealed(textOf(item['encrypted_content']) ?? '') || ownReasoning.test(textOf(item['id']) ?? ''))
}
/** Of reasoning that nobody signed; OpenAI looks for the item and does not find it. */
const ownReasoning = /^rs_[0-9A-HJKMNP-TV-Z]{26}_\d+$/

const chatOnly = new Set([
  ...['max_tokens', 'max_completion_tokens', 'reasoning_effort', 'response_format', 'n', 'seed', 'stop', 'logit_bias', 'logprobs'],
  ...['frequency_penalty', 'presence_penalty', 'top_k', 'verbosity'],
])

/** A deployment's settings are written in the words of Chat Completions; the vendor refuses fields it does not know. */
function toDefaults(settings: JsonObject): JsonObject {
  const cap = numberOf(settings['max_tokens']) ?? numberOf(settings['max_completion_tokens'])
  const effort = textOf(settings['reasoning_effort'])
  const verbosity = textOf(settings['verbosity'])
  const translated: Record<string, Json | undefined> = {
    max_output_tokens: cap,
    reasoning: effort === undefined ? undefined : { effort },
    text: verbosity === undefined ? undefined : { verbosity },
  }
  const same = Object.entries(settings).filter(([name]) => !chatOnly.has(name))
  return { ...Object.fromEntries(Object.entries(translated).filter(([, value]) => value !== undefined)), ...Object.fromEntries(same) }
}
