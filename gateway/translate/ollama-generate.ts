// A prompt in Ollama's dialect, with the parts of its chat.
// Promises: prompts pass to engines with their templates, suffixes and raw forms; nobody else's request is ever put into this form.
// Leaves alone: paths and headers (providers/). Source: https://docs.ollama.com/api/generate, as known 2026-11-21.

import type { Wire } from '../contract/wire.ts'
import { boundOllama } from './ollama-chat/bound.ts'
import { ollamaChat } from './ollama-chat/ollama-chat.ts'
import { readOllamaGenerate } from './ollama-chat/read-request.ts'
import { atTop, createOllamaWriter, writeOllamaIdle, writeOllamaWhole } from './ollama-chat/write-reply.ts'

const { createReader, readWhole, readError } = ollamaChat.outbound

export const ollamaGenerate: Wire = {
  ...ollamaChat,
  id: 'ollama-generate',
  operation: 'completion',
  inbound: {
    bound: boundOllama,
    read: readOllamaGenerate,
    createWriter: createOllamaWriter(atTop),
    writeWhole: writeOllamaWhole(atTop),
    answerIdle: writeOllamaIdle(atTop, ({ prompt }) => prompt === undefined || prompt === null || prompt === ''),
  },
  outbound: { createReader, readWhole, readError },
}
