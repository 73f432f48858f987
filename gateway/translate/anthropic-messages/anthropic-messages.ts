// Anthropic Messages as a wire: callers speak it, a provider speaks it, and between the two it passes byte for byte.
// Promises: the parts below put together; nothing of its own. Leaves alone: paths and headers (providers/).
// Source: https://platform.claude.com/docs/en/api/messages, as known 2026-11-21.

import type { Wire } from '../../contract/wire.ts'
import { readVendorError } from '../vendor-error.ts'
import { anthropicNames, withToolNames } from '../tool-names.ts'
import { boundMessages } from './bound.ts'
import { editMessages } from './edit.ts'
import { failMessages } from './fail.ts'
import { invokeEnvelope } from './invoke-envelope.ts'
import { readMessagesRequest } from './read-request.ts'
import { createMessagesReader } from './read-stream.ts'
import { readMessagesWhole } from './read-whole.ts'
import { createMessagesTap, readMessagesFacts } from './tap.ts'
import { createMessagesWriter, writeMessagesWhole } from './write-reply.ts'
import { writeMessages } from './write-request.ts'

export const anthropicMessages: Wire = {
  id: 'anthropic-messages',
  operation: 'chat',
  streamType: 'text/event-stream',
  envelopes: [invokeEnvelope],
  inbound: { bound: boundMessages, read: readMessagesRequest, createWriter: createMessagesWriter, writeWhole: writeMessagesWhole },
  // Its error envelope `{type:"error",error:{type,message}}` is OpenAI's with one member more.
  outbound: {
    write: withToolNames(anthropicNames, writeMessages),
    createReader: createMessagesReader,
    readWhole: readMessagesWhole,
    readError: readVendorError,
  },
  pass: { edit: editMessages, createTap: createMessagesTap, readFacts: readMessagesFacts, fail: failMessages },
}
