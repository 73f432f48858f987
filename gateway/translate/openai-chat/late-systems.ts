// One system message at the beginning, for servers whose templates take no other.
// Promises: those a conversation begins with are one; each later one stays where it was said, as text of the user's in `<system>` tags; nobody speaks
// twice in a row because of it. Leaves alone: what they say.
// Source: "System message must be at the beginning", raised by the chat templates of Qwen3.5 and others, as known 2026-11-21.

import type { ChatMessage, ContentPart } from '../../contract/chat.ts'

export function lateSystems(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const first = messages.findIndex((message) => message.role !== 'system')
  const written: ChatMessage[] = []
  messages.forEach((message, index) => {
    const said: ChatMessage = message.role === 'system' && first >= 0 && index > first ? { role: 'user', parts: message.parts.map(wrap) } : message
    const last = written.at(-1)
    if (said.role === 'user' && last?.role === 'user') written[written.length - 1] = { ...last, parts: [...last.parts, ...said.parts] }
    else if (said.role === 'system' && last?.role === 'system') written[written.length - 1] = { role: 'system', parts: joined(last.parts, said.parts) }
    else written.push(said)
  })
  return written
}

/** One text where both are texts: not every template reads a list. */
function joined(before: readonly ContentPart[], after: readonly ContentPart[]): readonly ContentPart[] {
  const parts = [...before, ...after]
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return texts.length === parts.length ? [{ type: 'text', text: texts.join('\n\n') }] : parts
}

function wrap(part: ContentPart): ContentPart {
  return part.type === 'text' ? { ...part, text: `<system>\n${part.text}\n</system>` } : part
}
