// Anthropic Messages as a provider's wire.
// Promises: a chat request keeps its meaning on the way there, its reply on the way back; what cannot be carried is named.
// Leaves alone: paths and headers (providers/). Source: https://platform.claude.com/docs/en/api/messages, as known 2026-11-21.

import type { Wire } from '../../contract/wire.ts'
import { readVendorError } from '../vendor-error.ts'
import { createMessagesReader } from './read-stream.ts'
import { readMessagesWhole } from './read-whole.ts'
import { writeMessages } from './write-request.ts'

export const anthropicMessages: Wire = {
  id: 'anthropic-messages',
  operation: 'chat',
  streamType: 'text/event-stream',
  // Its error envelope `{type:"error",error:{type,message}}` is OpenAI's with one member more.
  outbound: { write: writeMessages, createReader: createMessagesReader, readWhole: readMessagesWhole, readError: readVendorError },
}
