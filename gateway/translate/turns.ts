// Messages to turns of user and assistant, for vendors that want them to alternate and results first in their turn.
// Promises: turns alternate and begin with the user; nothing of a conversation changes its place but results, within their turn.
// Leaves alone: what a block looks like (the wire's writer); calls without a result and results without a call: the vendor's own refusal says it best.

import type { ChatMessage } from '../contract/chat.ts'
import type { JsonObject } from '../contract/json.ts'
import { addAll } from '../kit/add-all.ts'

type Of<Role extends ChatMessage['role']> = Extract<ChatMessage, { readonly role: Role }>

/**
 * False of an assistant's message with neither words nor calls, as a reply leaves behind that was broken off or all thought. Not every vendor takes one
 * ("Assistant message must have either content or tool_calls, but not none", Mistral in github.com/OpenHands/OpenHands/issues/8685, as known 2026-11-22).
 */
export function saysSomething(message: ChatMessage): boolean {
  if (message.role !== 'assistant' || message.toolCalls.length > 0 || (message.refusal ?? '') !== '') return true
  return message.parts.some((part) => part.type !== 'text' || part.text !== '')
}

/** How one wire writes what is said. `at` names the message for refusals. */
export interface BlockWriter {
  said(message: Of<'user'> | Of<'system'>, at: string): readonly JsonObject[]
  answered(message: Of<'assistant'>, at: string): readonly JsonObject[]
  result(message: Of<'tool'>, at: string): JsonObject
}
export type WrittenTurn = { readonly role: 'user' | 'assistant'; content: JsonObject[] }
/** One that more messages may still add to. */
export interface OpenTurn<Role, Result> {
  readonly role: Role
  /** Tool results: they must stand before anything else the user says. */
  readonly results: Result[]
  readonly rest: JsonObject[]
}
type Turn = OpenTurn<WrittenTurn['role'], JsonObject>

/** System messages before the conversation, and its turns. `opening` stands where the vendor wants a user's message and the caller sent none. */
export function writeTurnsWith(
  writer: BlockWriter,
  messages: readonly ChatMessage[],
  opening: (text: string) => JsonObject,
): { readonly system: readonly JsonObject[]; readonly turns: readonly WrittenTurn[] } {
  const start = messages.findIndex((message) => message.role !== 'system')
  const leading = messages.slice(0, start < 0 ? messages.length : start)
  const system = leading.flatMap((message, index) => (message.role === 'system' ? writer.said(message, `messages[${index}]`) : []))
  const turns: Turn[] = []
  messages.slice(leading.length).forEach((message, index) => addMessage(turns, message, { writer, at: `messages[${leading.length + index}]` }))
  const written = turns.map((turn) => ({ role: turn.role, content: [...turn.results, ...turn.rest] })).filter((turn) => turn.content.length > 0)
  const merged = mergeNeighbours(written)
  trimLastAssistant(merged)
  return { system, turns: merged[0]?.role === 'user' ? merged : [{ role: 'user', content: [opening('(start of conversation)')] }, ...merged] }
}

/** Dropping an empty turn can bring two of one role together. */
function mergeNeighbours(turns: readonly WrittenTurn[]): WrittenTurn[] {
  const merged: WrittenTurn[] = []
  for (const turn of turns) {
    const last = merged.at(-1)
    if (last?.role === turn.role) addAll(last.content, turn.content)
    else merged.push(turn)
  }
  return merged
}

function addMessage(turns: Turn[], message: ChatMessage, { writer, at }: { readonly writer: BlockWriter; readonly at: string }): void {
  const turn = turnFor(turns, message.role === 'assistant' ? 'assistant' : 'user')
  switch (message.role) {
    case 'user':
      addAll(turn.rest, writer.said(message, at))
      return
    case 'tool':
      turn.results.push(writer.result(message, at))
      return
    case 'system':
      // Hoisting it would reorder the conversation and change the prefix that caches and thinking signatures are bound to; a `system` role inside
      // `messages` is only known to newer API versions. Wrapped, every model reads it where it was said.
      addAll(turn.rest, writer.said(message, at).map(wrapSystem))
      return
    case 'assistant':
      addAll(turn.rest, writer.answered(message, at))
  }
}

function wrapSystem(block: JsonObject): JsonObject {
  return typeof block['text'] === 'string' ? { ...block, text: `<system>\n${block['text']}\n</system>` } : block
}

/** The last one where it is of this role, else a new one. */
export function turnFor<Role, Result>(turns: OpenTurn<Role, Result>[], role: Role): OpenTurn<Role, Result> {
  const last = turns.at(-1)
  if (last?.role === role) return last
  const turn: OpenTurn<Role, Result> = { role, results: [], rest: [] }
  turns.push(turn)
  return turn
}

/** A last assistant turn is a beginning to continue from, and may not end in white space. */
function trimLastAssistant(turns: readonly WrittenTurn[]): void {
  const last = turns.at(-1)
  const block = last?.content.at(-1)
  if (last?.role === 'assistant' && typeof block?.['text'] === 'string')
    last.content = [...last.content.slice(0, -1), { ...block, text: block['text'].trimEnd() }]
}
