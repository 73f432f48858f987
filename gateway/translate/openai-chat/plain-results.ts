// Tool results of richer dialects in the form Chat Completions has for them: text.
// Promises: results follow their calls at once, whatever was said between; images and files are shown by the user right after the results they came with; a
// failure says that it is one.
// Leaves alone: results that are text already.
// Source: https://platform.openai.com/docs/api-reference/chat/create ("Tool message": text parts only), as known 2026-11-21.

import type { ChatMessage, ContentPart } from '../../contract/chat.ts'
import { addAll } from '../../kit/add-all.ts'

type Result = Extract<ChatMessage, { role: 'tool' }>

export function plainResults(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const written: ChatMessage[] = []
  let shown: ContentPart[] = []
  for (const message of resultsFirst(messages)) {
    if (message.role === 'tool') {
      written.push(toPlain(message))
      addAll(
        shown,
        message.parts.filter((part) => part.type !== 'text'),
      )
      continue
    }
    // All results of a turn must follow its calls without anything in between.
    if (shown.length > 0 && message.role === 'user') written.push({ ...message, parts: [...shown, ...message.parts] })
    else written.push(...showing(shown), message)
    shown = []
  }
  return [...written, ...showing(shown)]
}

/** Between what an assistant says and what it says next: a caller's own word in between is refused by OpenAI ("must be followed by tool messages"). */
function resultsFirst(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const ordered: ChatMessage[] = []
  let others: ChatMessage[] = []
  for (const message of messages) {
    if (message.role === 'tool') ordered.push(message)
    else if (message.role === 'assistant') {
      addAll(ordered, [...others, message])
      others = []
    } else others.push(message)
  }
  return [...ordered, ...others]
}

const showing = (parts: readonly ContentPart[]): readonly ChatMessage[] => (parts.length === 0 ? [] : [{ role: 'user', parts }])

function toPlain({ isError, parts, ...result }: Result): Result {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  if (texts.length < parts.length) texts.push('(shown in the next message)')
  return { ...result, parts: [{ type: 'text', text: `${isError === true ? 'Error: ' : ''}${texts.join('\n')}` }] }
}
