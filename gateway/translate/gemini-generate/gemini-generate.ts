// Gemini's generateContent as a wire: callers speak it, providers speak it, and between the two it passes byte for byte.
// Promises: the parts below put together; nothing of its own. Leaves alone: paths and headers (providers/), which hold the model and streaming.
// Source: https://ai.google.dev/api/generate-content, as known 2026-11-21.

import type { Wire } from '../../contract/wire.ts'
import { geminiFailure, readGeminiError } from '../gemini-error.ts'
import { sseData } from '../sse.ts'
import { geminiNames, withToolNames } from '../tool-names.ts'
import { boundGemini } from './bound.ts'
import { editGemini } from './edit.ts'
import { createGeminiReader, readGeminiWhole } from './read-reply.ts'
import { readGemini } from './read-request.ts'
import { createGeminiTap, readGeminiFacts } from './tap.ts'
import { createGeminiWriter, writeGeminiWhole } from './write-reply.ts'
import { writeGemini } from './write-request.ts'

export const geminiGenerate: Wire = {
  id: 'gemini-generate',
  operation: 'chat',
  streamType: 'text/event-stream',
  inbound: { bound: boundGemini, read: readGemini, createWriter: createGeminiWriter, writeWhole: writeGeminiWhole },
  outbound: { write: withToolNames(geminiNames, writeGemini), createReader: createGeminiReader, readWhole: readGeminiWhole, readError: readGeminiError },
  pass: {
    edit: editGemini,
    createTap: createGeminiTap,
    readFacts: readGeminiFacts,
    fail: (error) => sseData(JSON.stringify(geminiFailure(error))),
  },
}
