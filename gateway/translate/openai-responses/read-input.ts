// The input items of a Responses body to the pivot's messages.
// Promises: what an assistant said, thought and called in one turn becomes one message; results keep their call's id; refusals name the item.
// Leaves alone: items that only exist at the vendor (they are refused; those kept here were put in place before: rooms/converse).

import type { ChatMessage, ContentPart, Thinking, ToolCall } from '../../contract/chat.ts'
import { listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import { addAll } from '../../kit/add-all.ts'
import { invalid, optionalList, optionalObject, optionalText, present, requiredText } from '../fields.ts'
import { asImage } from '../image-type.ts'
import { readAudio, readParts, readSource } from '../openai-chat/read-messages.ts'
import { openReasoning } from './reasoning-seal.ts'
import { flatten } from './tool-names.ts'

type Assistant = Extract<ChatMessage, { role: 'assistant' }>
/** One that more items may still add to. */
interface Draft extends Assistant {
  readonly parts: ContentPart[]
  readonly thinking: Thinking[]
  readonly toolCalls: ToolCall[]
  refusal?: string
}
type Drafts = (Exclude<ChatMessage, Assistant> | Draft)[]

/** @throws GatewayError invalid_request naming the item */
export function readInput(value: unknown): readonly ChatMessage[] {
  if (typeof value === 'string') return [{ role: 'user', parts: [{ type: 'text', text: value }] }]
  if (!Array.isArray(value)) throw invalid('input', 'must be a string or a list of items')
  const messages: Drafts = []
  value.forEach((item: unknown, index) => addItem(messages, item, `input[${index}]`))
  return messages
}

function addItem(messages: Drafts, value: unknown, at: string): void {
  const item = optionalObject(value, at)
  if (item === undefined) throw invalid(at, 'must be an object')
  switch (item['type'] ?? 'message') {
    case 'message':
      return addMessage(messages, item, at)
    case 'reasoning':
      return extend(messages, { thinking: readReasoning(item, at) })
    case 'function_call':
      return extend(messages, { toolCalls: [readCall(item, at, textOf(item['arguments']) ?? '')] })
    case 'custom_tool_call':
      return extend(messages, { toolCalls: [readCall(item, at, JSON.stringify({ input: textOf(item['input']) ?? '' }))] })
    case 'function_call_output':
    case 'custom_tool_call_output':
      return void messages.push({ role: 'tool', callId: requiredText(item['call_id'], `${at}.call_id`), parts: readContent(item['output'], `${at}.output`) })
    case 'item_reference':
      throw invalid(`${at}.id`, 'refers to an item that one vendor keeps; send the item itself (SDKs do with store: false)')
    default:
      if (!hosted.has(textOf(item['type']) ?? '')) throw invalid(`${at}.type`, `is of a kind that cannot be translated for this model's provider`)
  }
}

/** Runs of OpenAI's own tools: what came of them is told by the text that followed, and nobody else can take them up. */
const hosted = new Set([
  ...['web_search_call', 'file_search_call', 'code_interpreter_call', 'image_generation_call'],
  ...['mcp_call', 'mcp_list_tools', 'mcp_approval_request', 'mcp_approval_response'],
])

/** Those of them that are left out, by position and kind. */
export function hostedRuns(value: unknown): readonly string[] {
  return listOf(value).flatMap((item, index) => {
    const type = textOf(objectOf(item)?.['type']) ?? ''
    return hosted.has(type) ? [`input[${index}] (${type})`] : []
  })
}

function addMessage(messages: Drafts, item: JsonObject, at: string): void {
  const content = `${at}.content`
  switch (item['role']) {
    case 'system':
    case 'developer':
      return void messages.push({ role: 'system', parts: readContent(item['content'], content) })
    case 'user':
      return void messages.push({ role: 'user', parts: readContent(item['content'], content) })
    case 'assistant':
      return extend(messages, readSaid(item['content'], content))
    default:
      throw invalid(`${at}.role`, 'must be one of system, developer, user, assistant')
  }
}

/** Thoughts after words begin a turn of their own, so that their order survives; after calls they join, because results must follow their calls. */
function extend(messages: Drafts, more: Partial<Omit<Assistant, 'role'>>): void {
  const last = messages.at(-1)
  const startsAnew = last?.role !== 'assistant' || (more.thinking !== undefined && last.parts.length > 0 && last.toolCalls.length === 0)
  const open: Draft = startsAnew ? { role: 'assistant', parts: [], thinking: [], toolCalls: [] } : last
  const refusal = `${open.refusal ?? ''}${more.refusal ?? ''}`
  addAll(open.parts, more.parts ?? [])
  addAll(open.thinking, more.thinking ?? [])
  addAll(open.toolCalls, more.toolCalls ?? [])
  if (refusal !== '') open.refusal = refusal
  if (startsAnew) messages.push(open)
}

function readSaid(value: unknown, at: string): { parts: readonly ContentPart[]; refusal?: string } {
  if (typeof value === 'string') return { parts: readContent(value, at) }
  const list = optionalList(value, at)
  const refusals = list.flatMap((part) => (objectOf(part)?.['type'] === 'refusal' ? [textOf(objectOf(part)?.['refusal']) ?? ''] : []))
  const parts = list.flatMap((part, index) => (objectOf(part)?.['type'] === 'refusal' ? [] : [readPart(part, `${at}[${index}]`)]))
  return { parts, ...(refusals.length === 0 ? {} : { refusal: refusals.join('') }) }
}

function readCall(item: JsonObject, at: string, argumentsText: string): ToolCall {
  const name = flatten(requiredText(item['name'], `${at}.name`), textOf(item['namespace']) ?? null)
  return { id: requiredText(item['call_id'], `${at}.call_id`), name, argumentsText }
}

/** What another vendor encrypted means nothing here; its readable part is kept. */
function readReasoning(item: JsonObject, at: string): readonly Thinking[] {
  const texts = (name: string): readonly string[] => optionalList(item[name], `${at}.${name}`).flatMap((part) => textOf(objectOf(part)?.['text']) ?? [])
  const summary = texts('summary')
  const text = (summary.length > 0 ? summary : texts('content')).join('\n\n')
  const sealed = openReasoning(textOf(item['encrypted_content']))
  return text === '' && sealed === null ? [] : [{ text, ...sealed }]
}

const readContent = (value: unknown, at: string): readonly ContentPart[] => readParts(value, at, readPart)

function readPart(value: unknown, at: string): ContentPart {
  const part = optionalObject(value, at)
  if (part === undefined) throw invalid(at, 'must be an object')
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: optionalText(part['text'], `${at}.text`) ?? '' }
    case 'input_image':
      return readImage(part, at)
    case 'input_file':
      return readFile(part, at)
    case 'input_audio':
      return readAudio(part['input_audio'], `${at}.input_audio`)
    default:
      throw invalid(`${at}.type`, 'must be one of input_text, input_image, input_file, input_audio, output_text, refusal')
  }
}

const storedFile = 'refers to a file stored at one vendor and cannot be translated; send its data'

function readImage(part: JsonObject, at: string): ContentPart {
  const url = optionalText(part['image_url'], `${at}.image_url`)
  if (url === undefined) throw invalid(`${at}.file_id`, storedFile)
  return { type: 'image', source: asImage(readSource(url, `${at}.image_url`)), ...present({ detail: optionalText(part['detail'], `${at}.detail`) }) }
}

function readFile(part: JsonObject, at: string): ContentPart {
  const [name] = ['file_data', 'file_url'].filter((field) => typeof part[field] === 'string')
  if (name === undefined) throw invalid(`${at}.file_id`, storedFile)
  const source = readSource(requiredText(part[name], `${at}.${name}`), `${at}.${name}`)
  return { type: 'file', source, ...present({ name: optionalText(part['filename'], `${at}.filename`) }) }
}
