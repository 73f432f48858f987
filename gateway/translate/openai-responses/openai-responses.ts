// OpenAI Responses as a wire: callers speak it, some models speak nothing else, and between the two it passes byte for byte.
// Promises: the parts below put together; nothing of its own. Leaves alone: paths and headers (providers/), replies kept for later (rooms/converse).
// Source: https://platform.openai.com/docs/api-reference/responses, as known 2026-11-21.

import type { Wire } from '../../contract/wire.ts'
import { readVendorError } from '../vendor-error.ts'
import { openaiNames, withToolNames } from '../tool-names.ts'
import { boundResponses } from './bound.ts'
import { editResponses } from './edit.ts'
import { createResponsesReader, readResponsesWhole } from './read-reply.ts'
import { readResponses } from './read-request.ts'
import { createResponsesTap, readResponsesFacts } from './tap.ts'
import { createResponsesWriter, writeResponsesWhole } from './write-reply.ts'
import { writeResponses } from './write-request.ts'
import { failResponses } from './write-stream-event.ts'

export const openaiResponses: Wire = {
  id: 'openai-responses',
  operation: 'chat',
  streamType: 'text/event-stream',
  inbound: { bound: boundResponses, read: readResponses, createWriter: createResponsesWriter, writeWhole: writeResponsesWhole },
  outbound: {
    write: withToolNames(openaiNames, writeResponses),
    createReader: createResponsesReader,
    readWhole: readResponsesWhole,
    readError: readVendorError,
  },
  pass: { edit: editResponses, createTap: createResponsesTap, readFacts: readResponsesFacts, fail: failResponses },
}
