// Reads what passing Converse replies show (usage, errors, how much text) without touching their bytes.
// Promises: bytes out = bytes in; what it sees is what a translation would see, by the same reader; `metadata`, which comes last, is kept for `end`.
// Leaves alone: translation (read-reply.ts).

import type { TextTally } from '../../contract/usage.ts'
import type { StreamFacts, Tap } from '../../contract/wire.ts'
import { createMessageSplitter } from '../event-stream.ts'
import { createReaderTap, factsOf } from '../reader-tap.ts'
import { createConverseMessages, readConverseWhole } from './read-reply.ts'

export function createConverseTap({ text }: { readonly text: TextTally }): Tap {
  const messages = createConverseMessages()
  return createReaderTap({ splitter: createMessageSplitter(), text, rawOf: ({ raw }) => raw, read: ({ message }) => messages.read(message) })
}

export const readConverseFacts = (body: unknown, text: TextTally): StreamFacts => factsOf(readConverseWhole(body), text)
