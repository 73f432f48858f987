// The messages of a Chat Completions body to the pivot.
// Promises: roles and parts are checked and named by position; reasoning blocks a caller brings back keep their signatures.
// Leaves alone: order and merging (each provider's wire has its own rules).

import type { ChatMessage, ContentPart, MediaSource, Thinking, ToolCall } from '../../contract/chat.ts'
import { objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import { invalid, optionalList, optionalObject, optionalText, present, requiredText } from '../fields.ts'
import { asImage } from '../image-type.ts'

const roles = ['developer', 'system', 'user', 'assistant', 'tool']

export function readMessages(value: unknown): readonly ChatMessage[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid('messages', 'must be a list with at least one message')
  return value.map((item: unknown, index) => readMessage(item, `messages[${index}]`))
}

function readMessage(value: unknown, at: string): ChatMessage {
  const message = optionalObject(value, at)
  if (message === undefined) throw invalid(at, 'must be an object')
  switch (message['role']) {
    case 'developer':
    case 'system':
      return { role: 'system', parts: readContent(message['content'], `${at}.content`) }
    case 'user':
      return { role: 'user', parts: readContent(message['content'], `${at}.content`), ...present({ name: optionalText(message['name'], `${at}.name`) }) }
    case 'assistant':
      return readAssistant(message, at)
    case 'tool':
      return { role: 'tool', callId: requiredText(message['tool_call_id'], `${at}.tool_call_id`), parts: readContent(message['content'], `${at}.content`) }
    default:
      throw invalid(`${at}.role`, `must be one of ${roles.join(', ')}`)
  }
}

function readAssistant(message: JsonObject, at: string): ChatMessage {
  if (message['function_call'] !== undefined && message['function_call'] !== null)
    throw invalid(`${at}.function_call`, 'cannot be translated; send tool_calls instead')
  const content = message['content']
  const parts = content === null || content === undefined ? [] : readContent(content, `${at}.content`)
  return {
    role: 'assistant',
    parts,
    thinking: readThinking(message, at),
    toolCalls: optionalList(message['tool_calls'], `${at}.tool_calls`).map((call, index) => readCall(call, `${at}.tool_calls[${index}]`)),
    ...present({ refusal: optionalText(message['refusal'], `${at}.refusal`) }),
  }
}

function readCall(value: unknown, at: string): ToolCall {
  const call = optionalObject(value, at) ?? {}
  const named = optionalObject(call['function'], `${at}.function`)
  if (named === undefined) throw invalid(`${at}.function`, 'is missing: only function calls can be translated')
  return {
    id: requiredText(call['id'], `${at}.id`),
    name: requiredText(named['name'], `${at}.function.name`),
    argumentsText: optionalText(named['arguments'], `${at}.function.arguments`) ?? '',
    ...present({ thoughtSignature: textOf(objectOf(objectOf(call['extra_content'])?.['google'])?.['thought_signature']) }),
  }
}

/** `thinking_blocks` is how LiteLLM's callers carry signed reasoning (https://docs.litellm.ai/docs/reasoning_content, as known 2026-11-21); without them, plain text. */
function readThinking(message: JsonObject, at: string): readonly Thinking[] {
  const blocks = optionalList(message['thinking_blocks'], `${at}.thinking_blocks`)
  if (blocks.length > 0) return blocks.map((block, index) => readThinkingBlock(optionalObject(block, `${at}.thinking_blocks[${index}]`) ?? {}))
  const text = textOf(message['reasoning_content']) ?? textOf(message['reasoning'])
  return text === undefined || text === '' ? [] : [{ text }]
}

function readThinkingBlock(block: JsonObject): Thinking {
  return { text: textOf(block['thinking']) ?? '', ...present({ signature: textOf(block['signature']), redacted: textOf(block['data']) }) }
}

const readContent = (value: unknown, at: string): readonly ContentPart[] => readParts(value, at, readPart)

/** Content as any of OpenAI's bodies has it: a text, or parts of its own kinds. */
export function readParts(value: unknown, at: string, readOne: (part: unknown, at: string) => ContentPart): readonly ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }]
  if (!Array.isArray(value)) throw invalid(at, 'must be a string or a list of parts')
  return value.map((part: unknown, index) => readOne(part, `${at}[${index}]`))
}

function readPart(value: unknown, at: string): ContentPart {
  const part = optionalObject(value, at)
  if (part === undefined) throw invalid(at, 'must be an object')
  const cacheControl = present({ cacheControl: optionalObject(part['cache_control'], `${at}.cache_control`) })
  switch (part['type']) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: optionalText(part[part['type']], `${at}.${part['type']}`) ?? '', ...cacheControl }
    case 'image_url':
      return { ...readImage(part['image_url'], `${at}.image_url`), ...cacheControl }
    case 'file':
      return { type: 'file', ...readFile(optionalObject(part['file'], `${at}.file`) ?? {}, `${at}.file`), ...cacheControl }
    case 'input_audio':
      return readAudio(part['input_audio'], `${at}.input_audio`)
    default:
      throw invalid(`${at}.type`, 'must be one of text, image_url, file, input_audio, refusal')
  }
}

export function readAudio(value: unknown, at: string): ContentPart {
  const audio = optionalObject(value, at) ?? {}
  return { type: 'audio', data: requiredText(audio['data'], `${at}.data`), format: requiredText(audio['format'], `${at}.format`) }
}

/** Some clients send the URL bare instead of in an object, and some send documents this way. */
function readImage(value: unknown, at: string): ContentPart {
  if (typeof value === 'string') return toImage(readSource(value, at))
  const image = optionalObject(value, at) ?? {}
  return toImage(readSource(requiredText(image['url'], `${at}.url`), `${at}.url`), optionalText(image['detail'], `${at}.detail`))
}

function toImage(given: MediaSource, detail?: string): ContentPart {
  const source = asImage(given)
  const isOther = source.kind === 'base64' && !source.mediaType.startsWith('image/')
  return isOther ? { type: 'file', source } : { type: 'image', source, ...present({ detail }) }
}

function readFile(file: JsonObject, at: string): { source: MediaSource; name?: string } {
  if (file['file_data'] === undefined) throw invalid(`${at}.file_id`, 'refers to a file stored at one vendor and cannot be translated; send file_data')
  return {
    source: readSource(requiredText(file['file_data'], `${at}.file_data`), `${at}.file_data`),
    ...present({ name: optionalText(file['filename'], `${at}.filename`) }),
  }
}

const dataUrl = /^data:([^;,]+)(?:;[^;,]+)*;base64,/i
export function readSource(url: string, at: string): MediaSource {
  const found = dataUrl.exec(url.slice(0, 300))
  if (found !== null) return { kind: 'base64', mediaType: (found[1] ?? '').toLowerCase(), data: url.slice(found[0].length) }
  if (/^https?:\/\//i.test(url)) return { kind: 'url', url }
  throw invalid(at, 'must be an http(s) URL or a base64 data URL')
}
