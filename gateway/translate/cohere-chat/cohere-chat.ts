// Cohere's chat of version 2 as a wire towards a provider. Callers speak it by Cohere's own path, and then it passes.
// Promises: the parts below put together; nothing of its own. Leaves alone: paths and headers (providers/).
// Source: https://docs.cohere.com/reference/chat, https://docs.cohere.com/v2/docs/streaming, as known 2026-11-21.

import type { Wire } from '../../contract/wire.ts'
import { editBody } from '../openai-edit.ts'
import { sseData } from '../sse.ts'
import { factsOf } from '../reader-tap.ts'
import { readVendorError } from '../vendor-error.ts'
import { cohereNames, withToolNames } from '../tool-names.ts'
import { boundCohere } from './bound.ts'
import { createCohereReader, createCohereTap } from './read-stream.ts'
import { readCohereWhole } from './read-whole.ts'
import { writeCohere } from './write-request.ts'

export const cohereChat: Wire = {
  id: 'cohere-chat',
  operation: 'chat',
  streamType: 'text/event-stream',
  outbound: { write: withToolNames(cohereNames, writeCohere), createReader: createCohereReader, readWhole: readCohereWhole, readError: readVendorError },
  pass: {
    bound: boundCohere,
    edit: (raw, body, edits) => editBody(raw, body, { ...edits, askUsage: false, capFields: ['max_tokens'], capField: 'max_tokens' }),
    createTap: createCohereTap,
    readFacts: (body, text) => factsOf(readCohereWhole(body), text),
    // The last event of a stream says what went wrong (`delta.error`).
    fail: ({ message }) => sseData(JSON.stringify({ type: 'message-end', delta: { finish_reason: 'ERROR', error: message } })),
  },
}
