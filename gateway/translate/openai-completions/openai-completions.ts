// OpenAI's legacy text completions as a wire.
// Promises: passes byte for byte where the provider has it, becomes a chat with one user message where it has not.
// Leaves alone: paths and headers (providers/). Source: https://platform.openai.com/docs/api-reference/completions, as known 2026-11-21.

import type { Wire } from '../../contract/wire.ts'
import { editBody } from '../openai-edit.ts'
import { createOpenaiTap, readOpenaiFacts } from '../openai-tap.ts'
import { failOpenai, readVendorError } from '../vendor-error.ts'
import { createCompletionReader, createCompletionWriter, readCompletionWhole, writeCompletionWhole } from './reply.ts'
import { boundCompletion, readCompletion, writeCompletion } from './request.ts'

export const openaiCompletions: Wire = {
  id: 'openai-completions',
  operation: 'completion',
  streamType: 'text/event-stream',
  inbound: { bound: boundCompletion, read: readCompletion, createWriter: createCompletionWriter, writeWhole: writeCompletionWhole },
  outbound: { write: writeCompletion, createReader: createCompletionReader, readWhole: readCompletionWhole, readError: readVendorError },
  pass: {
    edit: (raw, body, edits) => editBody(raw, body, { ...edits, capFields: ['max_tokens'], capField: 'max_tokens' }),
    createTap: createOpenaiTap,
    readFacts: readOpenaiFacts,
    fail: failOpenai,
  },
}
