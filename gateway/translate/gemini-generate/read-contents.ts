// The contents of a generateContent body to the pivot's messages.
// Promises: parts are checked and named by position; calls and results get the same ids on both sides, also where a client sends none.
// Leaves alone: order and merging (each provider's wire has its own rules). Source: https://ai.google.dev/api/caching#Part, as known 2026-11-21.

import type { ChatMessage, ContentPart, Thinking, ToolCall } from '../../contract/chat.ts'
import { isJsonObject, textOf, type JsonObject } from '../../contract/json.ts'
import { makeCallId } from '../call-id.ts'
import { invalid, optionalObject, optionalText, present, requiredText } from '../fields.ts'
import { asImage } from '../image-type.ts'
import { createWaitingCalls, type WaitingCalls } from '../waiting-calls.ts'
import { memberOf } from './members.ts'
import { openThought } from './thought-seal.ts'

export function readSystem(value: unknown): readonly ChatMessage[] {
  const content = typeof value === 'string' ? { parts: [{ text: value }] } : optionalObject(value, 'systemInstruction')
  if (content === undefined) return []
  const parts = readParts(content, 'systemInstruction').map(({ part, at }) => readContentPart(part, at))
  return parts.length === 0 ? [] : [{ role: 'system', parts }]
}

export function readContents(value: unknown): readonly ChatMessage[] {
  const contents: readonly unknown[] = isJsonObject(value) ? [value] : Array.isArray(value) ? value : []
  if (contents.length === 0) throw invalid('contents', 'must be a list with at least one content')
  const waiting = createWaitingCalls()
  return contents.flatMap((item, index) => {
    const at = `contents[${index}]`
    const content = optionalObject(item, at)
    if (content === undefined) throw invalid(at, 'must be an object')
    const role = optionalText(content['role'], `${at}.role`) ?? 'user'
    if (role === 'model') return [readModel(content, { at, waiting })]
    // `function` is what the role of results was called at first.
    if (role !== 'user' && role !== 'function') throw invalid(`${at}.role`, 'must be "user" or "model"')
    return readUser(content, { at, waiting })
  })
}

interface Place {
  readonly at: string
  readonly waiting: WaitingCalls
}

function readParts(content: JsonObject, at: string): readonly { readonly part: JsonObject; readonly at: string }[] {
  const given = content['parts']
  const parts: readonly unknown[] = isJsonObject(given) ? [given] : Array.isArray(given) ? given : []
  return parts.map((part, index) => {
    const place = `${at}.parts[${index}]`
    const object = typeof part === 'string' ? { text: part } : optionalObject(part, place)
    if (object === undefined) throw invalid(place, 'must be an object')
    return { part: object, at: place }
  })
}

/** What else is said in a turn of results comes after them, as in the other dialects. */
function readUser(content: JsonObject, { at, waiting }: Place): readonly ChatMessage[] {
  const results: ChatMessage[] = []
  const rest: ContentPart[] = []
  for (const { part, at: place } of readParts(content, at)) {
    const response = optionalObject(memberOf(part, 'functionResponse'), `${place}.functionResponse`)
    if (response === undefined) rest.push(readContentPart(part, place))
    else results.push(readResult(response, { at: place, waiting }))
  }
  return rest.length === 0 && results.length > 0 ? results : [...results, { role: 'user', parts: rest }]
}

function readResult(response: JsonObject, { at, waiting }: Place): ChatMessage {
  const name = requiredText(response['name'], `${at}.functionResponse.name`)
  const id = optionalText(response['id'], `${at}.functionResponse.id`)
  // Without ids, the results of a function come in the order of its calls.
  const known = waiting.take({ id, name })
  const result = optionalObject(response['response'], `${at}.functionResponse.response`) ?? {}
  const media = readParts(response, `${at}.functionResponse`).map((found) => readContentPart(found.part, found.at))
  const isError = Object.keys(result).length === 1 && result['error'] !== undefined
  return {
    role: 'tool',
    callId: id ?? known?.id ?? makeCallId(`${at} ${name}`, 0),
    parts: [{ type: 'text', text: resultText(result) }, ...media],
    ...(isError ? { isError } : {}),
  }
}

/** `output` and `error` are the names Google gives to a result that is no object of its own. */
function resultText(result: JsonObject): string {
  const [only, ...more] = Object.entries(result)
  const value = only !== undefined && more.length === 0 && ['output', 'error', 'result'].includes(only[0]) ? only[1] : result
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function readModel(content: JsonObject, { at, waiting }: Place): ChatMessage {
  const parts: ContentPart[] = []
  const thinking: Thinking[] = []
  const toolCalls: ToolCall[] = []
  let thought = ''
  for (const { part, at: place } of readParts(content, at)) {
    const call = optionalObject(memberOf(part, 'functionCall'), `${place}.functionCall`)
    const signature = textOf(memberOf(part, 'thoughtSignature'))
    if (call !== undefined) toolCalls.push(readCall(call, { place: { at: place, waiting }, index: toolCalls.length, signature }))
    else if (part['thought'] === true) {
      thought += textOf(part['text']) ?? ''
      // Text may come in many parts, of which the last is signed.
      if (signature === undefined || signature === '') continue
      thinking.push(toThinking(thought, signature))
      thought = ''
    } else if (!saysNothing(part)) parts.push(readContentPart(part, place))
  }
  if (thought !== '') thinking.push({ text: thought })
  return { role: 'assistant', parts, thinking, toolCalls }
}

/** What Gemini itself signed means nothing to others. */
function toThinking(text: string, signature: string): Thinking {
  return { text, ...openThought(signature) }
}

/** The last part of a stream is an empty one; runs of the vendor's own tools mean nothing to another. */
function saysNothing(part: JsonObject): boolean {
  return part['text'] === '' || memberOf(part, 'executableCode') !== undefined || memberOf(part, 'codeExecutionResult') !== undefined
}

function readCall(call: JsonObject, { place, index, signature }: { place: Place; index: number; signature: string | undefined }): ToolCall {
  const name = requiredText(call['name'], `${place.at}.functionCall.name`)
  const id = optionalText(call['id'], `${place.at}.functionCall.id`) ?? makeCallId(`${place.at} ${name}`, index)
  place.waiting.add({ id, name })
  const args = optionalObject(call['args'], `${place.at}.functionCall.args`) ?? {}
  return { id, name, argumentsText: JSON.stringify(args), ...present({ thoughtSignature: signature }) }
}

function readContentPart(part: JsonObject, at: string): ContentPart {
  const inline = optionalObject(memberOf(part, 'inlineData'), `${at}.inlineData`)
  if (inline !== undefined) return readInline(inline, `${at}.inlineData`)
  const file = optionalObject(memberOf(part, 'fileData'), `${at}.fileData`)
  if (file !== undefined) return readFile(file, `${at}.fileData`)
  const text = optionalText(part['text'], `${at}.text`)
  if (text === undefined) throw invalid(at, "has nothing in it that can be translated for this model's provider: text, inlineData, fileData")
  return { type: 'text', text }
}

function readInline(inline: JsonObject, at: string): ContentPart {
  const mediaType = requiredText(memberOf(inline, 'mimeType'), `${at}.mimeType`).toLowerCase()
  const data = requiredText(inline['data'], `${at}.data`)
  const format = /^audio\/(?:x-)?([a-z0-9]+)/.exec(mediaType)?.[1]
  if (format !== undefined) return { type: 'audio', data, format: format === 'mpeg' ? 'mp3' : format }
  const name = textOf(memberOf(inline, 'displayName'))
  const source = { kind: 'base64', mediaType, data } as const
  return mediaType.startsWith('image/') ? { type: 'image', source: asImage(source) } : { type: 'file', source, ...present({ name }) }
}

/** An uploaded file has an address too, but only its vendor may read it. */
function readFile(file: JsonObject, at: string): ContentPart {
  const url = requiredText(memberOf(file, 'fileUri'), `${at}.fileUri`)
  if (!/^https?:\/\//i.test(url) || /^https?:\/\/generativelanguage\.googleapis\.com\//i.test(url))
    throw invalid(`${at}.fileUri`, 'refers to a file stored at one vendor and cannot be translated; send inlineData')
  const mediaType = textOf(memberOf(file, 'mimeType'))?.toLowerCase() ?? 'image/'
  return { type: mediaType.startsWith('image/') ? 'image' : 'file', source: { kind: 'url', url } }
}
