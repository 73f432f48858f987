// One system message at the beginning, for servers whose templates take no other.
// Promises: those a conversation begins with are one; each later one stays where it was said, as text of the user's in `<system>` tags; nobody speaks
// twice in a row because of it. Leaves alone: what they say.
// Source: "System message must be at the beginning", raised by the chat templates of Qwen3.5 and others, as known 2026-11-21.

import type { ChatMessage, ContentPart } from '../../contract/chat.ts'

type Run = [ChatMessage, ...ChatMessage[]]

export function lateSystems(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const first = messages.findIndex((message) => message.role !== 'system')
  const runs: Run[] = []
  messages.forEach((message, index) => {
    const said: ChatMessage = message.role === 'system' && first >= 0 && index > first ? { role: 'user', parts: message.parts.map(wrap) } : message
    const last = runs.at(-1)
    if ((said.role === 'user' || said.role === 'system') && last?.[0].role === said.role) last.push(said)
    else runs.push([said])
  })
  return runs.map(joinRun)
}

function joinRun(run: Run): ChatMessage {
  const [message] = run
  if (run.length === 1) return message
  const parts = run.flatMap((one) => one.parts)
  return message.role === 'system' ? { role: 'system', parts: joined(parts) } : { ...message, parts }
}

/** One text where all are texts: not every template reads a list. */
function joined(parts: readonly ContentPart[]): readonly ContentPart[] {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return texts.length === parts.length ? [{ type: 'text', text: texts.join('\n\n') }] : parts
}

function wrap(part: ContentPart): ContentPart {
  return part.type === 'text' ? { ...part, text: `<system>\n${part.text}\n</system>` } : part
}
