// Ollama's native chat: unlike its OpenAI-compatible endpoint it takes a context size and keeps a model's own sampling defaults.
// Promises: the parts below put together. Leaves alone: paths and headers (providers/).
// Source: https://docs.ollama.com/api/chat, as known 2026-11-21.

import type { Wire } from '../../contract/wire.ts'
import { readVendorError } from '../vendor-error.ts'
import { boundOllama } from './bound.ts'
import { editOllama } from './edit.ts'
import { createOllamaReader, readOllamaWhole } from './read-reply.ts'
import { readOllamaChat } from './read-request.ts'
import { createOllamaTap, failOllama, readOllamaFacts } from './tap.ts'
import { createOllamaWriter, inMessage, writeOllamaIdle, writeOllamaWhole } from './write-reply.ts'
import { writeOllama } from './write-request.ts'

export const ollamaChat: Wire = {
  id: 'ollama-chat',
  operation: 'chat',
  streamType: 'application/x-ndjson',
  inbound: {
    bound: boundOllama,
    read: readOllamaChat,
    createWriter: createOllamaWriter(inMessage),
    writeWhole: writeOllamaWhole(inMessage),
    answerIdle: writeOllamaIdle(inMessage, ({ messages }) => messages === undefined || messages === null || (Array.isArray(messages) && messages.length === 0)),
  },
  outbound: { write: writeOllama, createReader: createOllamaReader, readWhole: readOllamaWhole, readError: readVendorError },
  pass: { edit: editOllama, createTap: createOllamaTap, readFacts: readOllamaFacts, fail: failOllama },
}
