// A caller's body in Ollama's dialect to the pivot: a chat, or a prompt as one user message.
// Promises: results find their call by id, else by the tool's name, else in order; images say what they are by their first bytes.
// Leaves alone: templates and raw prompts, which only an engine can apply (they are kept in `other` and named).

import type { ChatMessage, ChatRequest, ContentPart, ToolCall, ToolDefinition } from '../../contract/chat.ts'
import { isJsonObject, type JsonObject } from '../../contract/json.ts'
import { makeCallId } from '../call-id.ts'
import { invalid, optionalList, optionalObject, optionalText, optionalTexts, present, requiredText } from '../fields.ts'
import { imageTypeOf } from '../image-type.ts'
import { createWaitingCalls, type WaitingCalls } from '../waiting-calls.ts'
import { readBeside } from './read-options.ts'

/** @throws GatewayError invalid_request naming the field */
export function readOllamaChat(body: JsonObject): ChatRequest {
  return {
    operation: 'chat',
    dialect: 'ollama',
    messages: readMessages(body['messages']),
    tools: optionalList(body['tools'], 'tools').map(readTool),
    ...readBeside(body, ['messages', 'tools']),
  }
}

/** @throws GatewayError invalid_request naming the field */
export function readOllamaGenerate(body: JsonObject): ChatRequest {
  const system = optionalText(body['system'], 'system') ?? ''
  const prompt = optionalText(body['prompt'], 'prompt') ?? ''
  return {
    operation: 'completion',
    dialect: 'ollama',
    messages: [
      ...(system === '' ? [] : [{ role: 'system' as const, parts: [{ type: 'text' as const, text: system }] }]),
      { role: 'user', parts: readParts(prompt, { value: body['images'], at: 'images' }) },
    ],
    tools: [],
    ...readBeside(body, ['prompt', 'system', 'images']),
  }
}

const roles = ['system', 'user', 'assistant', 'tool']

function readMessages(value: unknown): readonly ChatMessage[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid('messages', 'must be a list with at least one message')
  const waiting = createWaitingCalls()
  return value.map((item: unknown, index) => readMessage(item, { at: `messages[${index}]`, index, waiting }))
}

function readMessage(value: unknown, context: { readonly at: string; readonly index: number; readonly waiting: WaitingCalls }): ChatMessage {
  const { at, waiting } = context
  const message = optionalObject(value, at)
  if (message === undefined) throw invalid(at, 'must be an object')
  const role = requiredText(message['role'], `${at}.role`)
  const parts = readParts(optionalText(message['content'], `${at}.content`) ?? '', { value: message['images'], at: `${at}.images` })
  if (role === 'system' || role === 'user') return { role, parts }
  if (role === 'tool') return { role, callId: takeCall(message, at, waiting), parts }
  if (role !== 'assistant') throw invalid(`${at}.role`, `must be one of ${roles.join(', ')}`)
  const toolCalls = optionalList(message['tool_calls'], `${at}.tool_calls`).map((call, place) =>
    readCall(call, `${at}.tool_calls[${place}]`, [context.index, place]),
  )
  toolCalls.forEach((call) => waiting.add(call))
  const thinking = optionalText(message['thinking'], `${at}.thinking`) ?? ''
  return { role, parts, thinking: thinking === '' ? [] : [{ text: thinking }], toolCalls }
}

function readCall(value: unknown, at: string, [message, place]: readonly [number, number]): ToolCall {
  const call = optionalObject(value, at) ?? {}
  const named = optionalObject(call['function'], `${at}.function`) ?? {}
  const given = named['arguments'] ?? {}
  if (typeof given !== 'string' && !isJsonObject(given)) throw invalid(`${at}.function.arguments`, 'must be an object')
  return {
    id: optionalText(call['id'], `${at}.id`) ?? makeCallId(`message ${message}`, place),
    name: requiredText(named['name'], `${at}.function.name`),
    argumentsText: typeof given === 'string' ? given : JSON.stringify(given),
  }
}

/** Older clients give the tool's name only, the oldest nothing: then results come in the order of their calls. */
function takeCall(message: JsonObject, at: string, waiting: WaitingCalls): string {
  const id = optionalText(message['tool_call_id'], `${at}.tool_call_id`)
  const name = optionalText(message['tool_name'], `${at}.tool_name`) ?? optionalText(message['name'], `${at}.name`)
  const found = waiting.take({ id, name })
  const called = id ?? found?.id
  if (called === undefined) throw invalid(at, 'is the result of a tool that nobody called before')
  return called
}

function readTool(value: unknown, index: number): ToolDefinition {
  const at = `tools[${index}].function`
  const tool = optionalObject(optionalObject(value, `tools[${index}]`)?.['function'], at) ?? {}
  return {
    name: requiredText(tool['name'], `${at}.name`),
    parameters: optionalObject(tool['parameters'], `${at}.parameters`) ?? { type: 'object', properties: {} },
    ...present({ description: optionalText(tool['description'], `${at}.description`) }),
  }
}

function readParts(text: string, images: { readonly value: unknown; readonly at: string }): readonly ContentPart[] {
  const pictures = optionalTexts(images.value, images.at).map((data): ContentPart => ({
    type: 'image',
    source: { kind: 'base64', mediaType: imageTypeOf(data) ?? 'image/jpeg', data },
  }))
  return text === '' && pictures.length > 0 ? pictures : [{ type: 'text', text }, ...pictures]
}
