// System messages in mid-conversation, for servers whose templates take them at the beginning only.
// Promises: each stays where it was said, as text of the user's in `<system>` tags; nobody speaks twice in a row because of it.
// Leaves alone: the system messages a conversation begins with.
// Source: "System message must be at the beginning", raised by the chat templates of Qwen3.5 and others, as known 2026-11-21.

import type { ChatMessage, ContentPart } from '../../contract/chat.ts'

export function lateSystems(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const first = messages.findIndex((message) => message.role !== 'system')
  const written: ChatMessage[] = []
  messages.forEach((message, index) => {
    const said: ChatMessage = message.role === 'system' && first >= 0 && index > first ? { role: 'user', parts: message.parts.map(wrap) } : message
    const last = written.at(-1)
    if (said.role === 'user' && last?.role === 'user') written[written.length - 1] = { ...last, parts: [...last.parts, ...said.parts] }
    else written.push(said)
  })
  return written
}

function wrap(part: ContentPart): ContentPart {
  return part.type === 'text' ? { ...part, text: `<system>\n${part.text}\n</system>` } : part
}
