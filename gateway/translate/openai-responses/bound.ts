// What bounds the cost of a Responses request before any model sees it.
// Promises: whatever could cost more than its bytes show is counted or named; never throws, whatever the body holds.
// Leaves alone: prices; whether the vendor will accept the request.

import { listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { RequestBound } from '../../contract/wire.ts'
import { boundOutput, nameFields, payloadBytes } from '../openai-chat/bound.ts'
import type { HostedTally } from '../tally.ts'

export function boundResponses(body: JsonObject): RequestBound {
  const tally: HostedTally = { mediaBytes: 0, images: 0, files: 0, unbounded: [], tools: [] }
  listOf(body['input']).forEach((item, index) => countItem(objectOf(item) ?? {}, `input[${index}]`, tally))
  listOf(body['tools']).forEach((tool, index) => nameTool(objectOf(tool) ?? {}, `tools[${index}]`, tally))
  nameFields(body, tally)
  for (const name of stored) if (body[name] !== undefined && body[name] !== null && body[name] !== false) tally.unbounded.push(name)
  const { tools, ...counted } = tally
  return { ...counted, hosted: { wire: 'openai-responses', names: tools }, outputTokensMax: boundOutput(body, ['max_output_tokens']), choices: 1 }
}

/** What a vendor keeps, adds or goes on with, none of which the request shows. */
const stored = ['previous_response_id', 'conversation', 'prompt', 'background', 'context_management']

/** Items that are all text, in both senses: they cost what their bytes show. */
const textual = new Set([
  'message',
  'reasoning',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'local_shell_call',
  'local_shell_call_output',
  'shell_call',
  'shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
])

function countItem(item: JsonObject, at: string, tally: HostedTally): void {
  const type = textOf(item['type']) ?? 'message'
  if (!textual.has(type)) tally.unbounded.push(`${at} (${type})`)
  for (const name of ['content', 'output'])
    if (type !== 'reasoning' && !type.includes('shell'))
      listOf(item[name]).forEach((part, index) => countPart(objectOf(part) ?? {}, `${at}.${name}[${index}]`, tally))
}

const texts = new Set(['input_text', 'output_text', 'text', 'refusal', 'summary_text'])

function countPart(part: JsonObject, at: string, tally: HostedTally): void {
  const type = textOf(part['type']) ?? 'no type'
  if (texts.has(type)) return
  // What lies elsewhere cannot be measured, whatever stands beside it.
  const [elsewhere] = ['file_id', 'file_url'].filter((name) => part[name] !== undefined && part[name] !== null)
  const url = textOf(part['image_url'])
  const data = textOf(part['file_data'])
  if (elsewhere === undefined && type === 'input_image' && url !== undefined) {
    tally.images += 1
    tally.mediaBytes += payloadBytes(url, 'data:image/')
  } else if (elsewhere === undefined && type === 'input_file' && data !== undefined) {
    tally.files += 1
    tally.mediaBytes += payloadBytes(data, 'data:')
  } else tally.unbounded.push(`${at} (${elsewhere ?? type})`)
}

/** Tools that the caller runs itself. All others run at the vendor, for fees and tokens of their own. */
const ownTools = new Set(['function', 'custom', 'local_shell', 'apply_patch'])

function nameTool(tool: JsonObject, at: string, tally: HostedTally): void {
  const type = textOf(tool['type']) ?? 'no type'
  if (type === 'namespace') listOf(tool['tools']).forEach((inner, index) => nameTool(objectOf(inner) ?? {}, `${at}.tools[${index}]`, tally))
  else if (!ownTools.has(type)) tally.tools.push(`${at} (${type})`)
}
