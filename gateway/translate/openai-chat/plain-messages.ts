// A conversation of a richer dialect in the form that every server of Chat Completions takes.
// Promises: what a system prompt, an assistant or a result says is one string, whatever it was made of; no message is empty of everything; ids are short
// enough. Leaves alone: what a user says, which may be in parts everywhere; conversations of this dialect's own callers, who know their server.
// Sources: "('messages.0.content' : value must be a string)", which Groq answers to a system message in parts (github.com/OpenHands/OpenHands/issues/4643);
// "Expected a string with maximum length 40", OpenAI of a call's id (github.com/BerriAI/litellm/issues/17343), as known 2026-11-21.

import type { ChatMessage, ContentPart } from '../../contract/chat.ts'
import type { Quirks } from '../../contract/provider.ts'
import { shortenCallId } from '../call-id.ts'
import { lateSystems } from './late-systems.ts'
import { plainResults } from './plain-results.ts'

export function plainMessages(messages: readonly ChatMessage[], quirks: Quirks): readonly ChatMessage[] {
  const plain = plainResults(messages)
  return (quirks.systemAnywhere === true ? plain : lateSystems(plain)).map(toPlain)
}

const idLengthMax = 40

function toPlain(message: ChatMessage): ChatMessage {
  if (message.role === 'tool') return { ...message, callId: shortenCallId(message.callId, idLengthMax) }
  if (message.role === 'user') return message
  // An assistant's pieces of text follow one another; those of a system prompt are paragraphs.
  if (message.role === 'system') return { ...message, parts: joined(message.parts, '\n\n') }
  const silent = message.parts.length === 0 && message.toolCalls.length === 0 && message.refusal === undefined
  return {
    ...message,
    // Without any text and without calls, `content` may not be null.
    parts: silent ? [{ type: 'text', text: '' }] : joined(message.parts, ''),
    toolCalls: message.toolCalls.map((call) => ({ ...call, id: shortenCallId(call.id, idLengthMax) })),
  }
}

/** What is not only text stays in parts. */
function joined(parts: readonly ContentPart[], between: string): readonly ContentPart[] {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return parts.length > 1 && texts.length === parts.length ? [{ type: 'text', text: texts.join(between) }] : parts
}
