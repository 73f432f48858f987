// Ollama's native chat as a provider's wire: unlike its OpenAI-compatible endpoint it takes a context size and keeps a model's own sampling defaults.
// Promises: the parts below put together. Leaves alone: paths and headers (providers/).
// Source: https://docs.ollama.com/api/chat, as known 2026-11-21.

import type { Wire } from '../../contract/wire.ts'
import { readVendorError } from '../vendor-error.ts'
import { createOllamaReader, readOllamaWhole } from './read-reply.ts'
import { writeOllama } from './write-request.ts'

export const ollamaChat: Wire = {
  id: 'ollama-chat',
  operation: 'chat',
  streamType: 'application/x-ndjson',
  outbound: { write: writeOllama, createReader: createOllamaReader, readWhole: readOllamaWhole, readError: readVendorError },
}
