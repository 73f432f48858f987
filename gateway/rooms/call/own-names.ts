// A vendor's calls under the names their caller gave its tools.
// Promises: what was written under another name comes back under its own; where nothing was, the events are the very same.
// Leaves alone: which names a vendor takes (translate/).

import type { ReplyEvent } from '../../contract/chat.ts'

export function withOwnNames(events: readonly ReplyEvent[], toolNames: ReadonlyMap<string, string> | null): readonly ReplyEvent[] {
  if (toolNames === null) return events
  return events.map((event) => (event.type === 'tool-start' ? { ...event, name: toolNames.get(event.name) ?? event.name } : event))
}
