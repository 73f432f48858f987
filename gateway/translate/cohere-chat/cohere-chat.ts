// Cohere's chat of version 2 as a wire towards a provider. Callers do not speak it here: Cohere's own clients ask for rankings, or OpenAI's form.
// Promises: the parts below put together; nothing of its own. Leaves alone: paths and headers (providers/).
// Source: https://docs.cohere.com/reference/chat, https://docs.cohere.com/v2/docs/streaming, as known 2026-11-21.

import type { Wire } from '../../contract/wire.ts'
import { readVendorError } from '../vendor-error.ts'
import { createCohereReader } from './read-stream.ts'
import { readCohereWhole } from './read-whole.ts'
import { writeCohere } from './write-request.ts'

export const cohereChat: Wire = {
  id: 'cohere-chat',
  operation: 'chat',
  streamType: 'text/event-stream',
  outbound: { write: writeCohere, createReader: createCohereReader, readWhole: readCohereWhole, readError: readVendorError },
}
