// Gemini's generateContent as a wire.
// Promises: the parts below put together; nothing of its own. Leaves alone: paths and headers (providers/), which hold the model and streaming.
// Source: https://ai.google.dev/api/generate-content, as known 2026-11-21.

import type { Wire } from '../../contract/wire.ts'
import { readGeminiError } from '../gemini-error.ts'
import { createGeminiReader, readGeminiWhole } from './read-reply.ts'
import { writeGemini } from './write-request.ts'

export const geminiGenerate: Wire = {
  id: 'gemini-generate',
  operation: 'chat',
  streamType: 'text/event-stream',
  outbound: { write: writeGemini, createReader: createGeminiReader, readWhole: readGeminiWhole, readError: readGeminiError },
}
